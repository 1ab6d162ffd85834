"""Options: words and YAML files into dataclasses, and one line for whatever is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from trichord.errors import InputError
from trichord.options import parse, parse_with_config


@dataclass(frozen=True)
class Inner:
    """A part."""

    rate: float = 0.1
    """How fast."""
    betas: tuple[float, ...] = (0.9, 0.99)
    """Two numbers."""
    warm: bool = True
    """Whether to start slowly."""


@dataclass(frozen=True)
class Outer:
    """The whole."""

    corpus: Path
    """Where the notes lie."""
    resume: bool = False
    """Go on."""
    layers: int | None = 3
    """How many."""
    kind: Literal["a", "b"] = "a"
    """Which."""
    inner: Inner = field(default_factory=Inner)

    def __post_init__(self) -> None:
        if self.layers == 0:
            raise InputError("--layers 0: at least 1 is needed")


CONFIG = "layers: 5\nresume: true\ninner:\n  rate: 1e-4\n  betas: [0.1, 0.2]\n  warm: false\n"


def read(tmp_path: Path, text: str, *words: str) -> Outer:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    return parse_with_config(Outer, ["--config", str(file), *words], "trichord x")


def test_a_file_gives_the_defaults(tmp_path: Path) -> None:
    got = read(tmp_path, CONFIG, "--corpus", "notes")
    assert got == Outer(Path("notes"), True, 5, "a", Inner(1e-4, (0.1, 0.2), False))


def test_words_override_the_file(tmp_path: Path) -> None:
    words = ("--corpus", "notes", "--no-resume", "--inner.rate", "3", "--inner.warm")
    got = read(tmp_path, CONFIG, *words)
    assert got == Outer(Path("notes"), False, 5, "a", Inner(3.0, (0.1, 0.2), True))


def test_a_null_is_none(tmp_path: Path) -> None:
    assert read(tmp_path, "layers: null\ncorpus: notes\n").layers is None


def test_an_unknown_field_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"config.yaml: unknown field inner.rat; perhaps you meant inner.rate"
    ):
        read(tmp_path, "inner:\n  rat: 1\n")
    with pytest.raises(InputError, match=r"unknown field colour; known are corpus, "):
        read(tmp_path, "colour: 1\n")


@pytest.mark.parametrize("text", ["- 1\n", "a: [\n", "just words\n"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"config.yaml: (must hold fields|not a YAML file)"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--corpus"),
        (["--corpus"], "--corpus"),
        (["--corpus", "x", "--layers", "many"], "'many'"),
        (["--corpus", "x", "--layers", "0"], "--layers 0: at least 1 is needed"),
        (["--corpus", "x", "--kind", "c"], "'c'"),
        (["--corpus", "x", "--knid", "a"], "--knid"),
        (["--corpus", "x", "stray"], "stray"),
    ],
)
def test_every_refusal_is_one_line_that_names_the_option(words: list[str], said: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse(Outer, words, "trichord x")
    message = str(refusal.value)
    assert said in message
    assert message.endswith("; see trichord x --help")
    assert "\n" not in message
    assert "│" not in message


def test_a_missing_config_is_named() -> None:
    with pytest.raises(InputError, match=r"absent.yaml: cannot be read"):
        parse_with_config(Outer, ["--config", "absent.yaml"], "trichord x")
    with pytest.raises(InputError, match="names no file"):
        parse_with_config(Outer, ["--config"], "trichord x")
