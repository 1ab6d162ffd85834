"""From command-line words, and a YAML file where there is one, to a typed options dataclass.

The dataclasses stand in the rooms whose verbs they describe; their attribute docstrings are the
help. Whatever tyro refuses in a drawn box becomes one line here.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import inspect
import io
import os
import re
import typing
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from trichord.errors import InputError

Options = TypeVar("Options")

FRAME = "╭╮╰╯│─ "
"""What tyro draws its boxes with."""


def parse(
    kind: type[Options],
    words: Sequence[str],
    prog: str,
    *,
    pairs: bool = False,
    hint: str = "",
) -> Options:
    """Reads the words after the verb into an instance of the dataclass `kind`.

    Args:
        kind: a dataclass; field names are option names.
        words: the command line after the verb.
        prog: what the user typed to come here, for the help and the messages.
        pairs: give every switch a `--no-…` twin, so that a file's `true` can be taken back.
        hint: said in the help after the dataclass's own docstring.

    Raises:
        InputError: one line that names the option, the value and the mend.
    """
    import tyro

    config = () if pairs else (tyro.conf.FlagCreatePairsOff,)
    box = io.StringIO()
    wants_help = any(word in ("-h", "--help") for word in words)
    # A narrow box would break messages and paths in their middle.
    wide = contextlib.nullcontext() if wants_help else _columns(4096)
    try:
        with contextlib.redirect_stderr(box), wide:
            about = " ".join([inspect.getdoc(kind) or "", hint]).strip()
            return tyro.cli(kind, prog=prog, description=about, args=list(words), config=config)
    except SystemExit as stop:
        if stop.code in (0, None):
            raise
        raise InputError(f"{one_line(box.getvalue())}; see {prog} --help") from None


def parse_with_config(kind: type[Options], words: Sequence[str], prog: str) -> Options:
    """As `parse`, with `--config FILE.yaml` for the defaults; words after it override the file."""
    words = list(words)
    from_file: list[str] = []
    while (at := next((i for i, word in enumerate(words) if _is_config(word)), None)) is not None:
        if "=" in words[at]:
            path = words.pop(at).partition("=")[2]
        elif at + 1 < len(words):
            path = words[at + 1]
            del words[at : at + 2]
        else:
            raise InputError(f"--config: names no file; see {prog} --help")
        from_file += _words_of(kind, Path(path))
    hint = "`--config FILE.yaml` gives defaults; options beside it override the file."
    return parse(kind, from_file + words, prog, pairs=True, hint=hint)


def peek(field: str, words: Sequence[str]) -> str | None:
    """What the words, or else the YAML file that they name, say of one field; None: nothing.

    For a verb whose options differ by one of them; the chosen `parse_with_config` judges them all.
    """
    import yaml

    told = _value_after(f"--{field}", words)
    path = _value_after("--config", words)
    if told is not None or path is None:
        return told
    try:
        fields: Any = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return None
    value = fields.get(field) if isinstance(fields, dict) else None
    return None if value is None else str(value)


def _value_after(option: str, words: Sequence[str]) -> str | None:
    for word, following in zip(words, [*words[1:], None], strict=True):
        if word == option:
            return following
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return None


def one_line(box: str) -> str:
    """The message inside one of tyro's boxes, without the frame and the pointers to the help."""
    sections: list[list[str]] = [[]]
    for row in box.splitlines()[1:]:
        text = row.strip(FRAME)
        if text:
            sections[-1].append(text)
        elif "──" in row:
            sections.append([])
    said = [" ".join(section) for section in sections if section]
    said = [text for text in said if not text.startswith(("Argument helptext", "For full help"))]
    line = re.sub(r"\s+", " ", "; ".join(said)).rstrip(".")
    line = re.sub(r"^Error parsing (\w+: )?", "", line)
    line = re.sub(r"no type matching (\S+) could .* from (\[.*?\])\. Got.*", r"\2 is no \1", line)
    return line.replace("Perhaps you meant:", "perhaps you meant") or "wrong options"


def _is_config(word: str) -> bool:
    return word == "--config" or word.startswith("--config=")


@contextlib.contextmanager
def _columns(width: int) -> Generator[None]:
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(width)
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def _words_of(kind: type, path: Path) -> list[str]:
    """A YAML file's fields as the words that would set them on the command line."""
    import yaml

    try:
        fields: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check --config") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: not a YAML file ({reason})") from None
    if not isinstance(fields, dict):
        raise InputError(f"{path}: must hold fields of the form name: value")
    return list(_flatten(kind, fields, path, ""))


def _nearest(name: object, known: Iterable[str], prefix: str) -> str:
    """The known fields that look like a wrong one; all of them where none does."""
    near = difflib.get_close_matches(str(name), known, n=2, cutoff=0.6)
    told = ", ".join(prefix + each for each in near or known)
    return f"perhaps you meant {told}" if near else f"known are {told}"


def _flatten(kind: type, fields: dict[str, Any], path: Path, prefix: str) -> Iterator[str]:
    known = typing.get_type_hints(kind)
    for name, value in fields.items():
        if name not in known:
            raise InputError(
                f"{path}: unknown field {prefix}{name}; {_nearest(name, known, prefix)}"
            )
        option = "--" + (prefix + name).replace("_", "-")
        if dataclasses.is_dataclass(known[name]) and isinstance(value, dict):
            yield from _flatten(typing.cast("type", known[name]), value, path, f"{prefix}{name}.")
        elif isinstance(value, bool):
            parent, _, leaf = option.removeprefix("--").rpartition(".")
            no = f"--{parent}.no-{leaf}" if parent else f"--no-{leaf}"
            yield option if value else no
        elif isinstance(value, list):
            yield option
            yield from map(str, value)
        else:
            yield option
            yield str(value)
