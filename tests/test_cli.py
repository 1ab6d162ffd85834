"""The command line: quick help, exit codes, and one line on stderr for every wrong input."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from trichord import cli, packages
from trichord.cli import VERBS, Verb, main
from trichord.errors import InputError, MissingProgramError


def call(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "trichord", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def add_verb(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """A verb `fall` that ends with the error."""

    def fall(words: Sequence[str], prog: str) -> int:
        raise error

    monkeypatch.setitem(cli.VERBS, "fall", Verb("falls", fall))


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from trichord.cli import main; main(['--help'])\n"
        "heavy = {'torch', 'transformers', 'scipy', 'numpy', 'tyro', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in VERBS:
        assert name in done.stdout


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([*name.split(), "--help"])
    assert not stop.value.code
    assert f"usage: trichord {name}" in capsys.readouterr().out


DAILY = [name for name in VERBS if not name.startswith(("train", "study"))]


@pytest.mark.parametrize("name", DAILY)
def test_help_of_daily_verbs_imports_no_torch(name: str) -> None:
    code = (
        "import sys; from trichord.cli import main\n"
        f"words = {[*name.split(), '--help']!r}\n"
        "try:\n    main(words)\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "sys.exit('imported torch' if 'torch' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["maek"], "maek: no such command"),
        (["doctor", "--jsn"], "--jsn"),
        (["doctor", "stray"], "stray"),
        (["data", "soundfnt"], "data soundfnt: no such command; known are data "),
        (["data", "soundfont", "--out", "x"], "no SoundFont given"),
        (["data", "soundfont", __file__, "--out", "x"], "not a SoundFont 2 file"),
        (["data", "nsynth", "absent", "--out", "x"], "absent"),
        (["data", "sfz", "absent.sfz", "--out", "x", "--family", "bass"], "absent.sfz"),
        (["make", "--out", "x"], "the prompt is empty"),
        (["make", "piano"], "--out"),
        (["make", "piano", "--out", "x", "--keys", "C9-C2"], "--keys C9-C2"),
        (["make", "piano", "--out", "x", "--layers", "0"], "--layers 0"),
        (["make", "piano", "--out", "x", "--layers", "three"], "'three'"),
        (["make", "piano", "--out", "x", "--seconds", "900"], "--seconds 900"),
        (["make", "--from", "absent.wav", "--out", "x"], "absent.wav"),
        (["make", "--from", __file__, "--out", "x"], "test_cli.py"),
        (["check", "absent"], "absent: no such file"),
        (["check", "."], "holds no .sfz"),
        (["check"], "PATH"),
        (["train", "lm", "--config", "absent.yaml"], "absent.yaml: cannot be read"),
        (["train", "lm", "--source.codec", "absent"], "absent/config.json: missing"),
    ],
)
def test_a_wrong_command_is_one_line_and_exit_2(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("trichord: ")
    assert captured.err.count("\n") == 1
    assert said in captured.err
    assert list(tmp_path.iterdir()) == []


def test_the_module_is_the_command() -> None:
    done = call("maek")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("trichord: maek: no such command; known are make, ")


def test_no_command_shows_the_help_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: trichord" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("trichord ")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("--layers 0: at least\n1"), 2, "--layers 0: at least 1"),
        (MissingProgramError("FluidSynth is missing"), 3, "FluidSynth is missing"),
        (KeyboardInterrupt(), 130, "the same command completes"),
        (OSError(errno.ENOSPC, "No space left on device", "out/a.wav"), 2, "out/a.wav: No space"),
        (PermissionError(errno.EACCES, "Permission denied", "/root"), 2, "/root: Permission"),
    ],
)
def test_errors_become_one_line_and_an_exit_code(
    error: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    add_verb(monkeypatch, error)
    assert main(["fall"]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert said in captured.err


def test_a_package_of_an_extra_is_named_with_what_brings_it(tmp_path: Path) -> None:
    """In a process of its own, where it is as if the package were not installed."""
    hidden = "import sys; sys.modules['lightning_fabric'] = None; from trichord.cli import main; "
    code = f"{hidden}sys.exit(main(['train', 'lm', '--tokens', {str(tmp_path)!r}]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    told = "trichord: lightning-fabric is not installed: pip install 'trichord[train]'\n"
    assert done.stderr == told


@pytest.mark.parametrize(
    ("module", "verb", "mend"),
    [
        ("pyarrow.parquet", "data", "pyarrow is not installed: pip install 'trichord[data]'"),
        ("pyarrow", "train", "pyarrow is not installed: pip install 'trichord[train]'"),
        ("sklearn", "study", "scikit-learn is not installed: pip install 'trichord[study]'"),
        ("tree_sitter", "rank", "tree-sitter is not installed: pip install 'trichord[livecode]'"),
        ("soxr", "make", "soxr is not installed: pip install trichord"),
    ],
)
def test_a_module_that_is_missing_leads_to_its_extra(module: str, verb: str, mend: str) -> None:
    told = packages.named(ModuleNotFoundError("No module", name=module), verb)
    assert str(told) == mend


def test_a_module_that_nobody_asks_for_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    add_verb(monkeypatch, ModuleNotFoundError("No module", name="trichord.lost"))
    with pytest.raises(ModuleNotFoundError):
        main(["fall"])


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    add_verb(monkeypatch, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        main(["fall"])


def test_a_reader_who_leaves_is_no_error() -> None:
    command = f"{sys.executable} -m trichord doctor --json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == "{"
