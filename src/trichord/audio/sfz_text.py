"""The text of SFZ files: comments taken out, macros replaced, includes followed within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trichord.errors import InputError

MOST_BYTES = 16_000_000
"""Of all files together."""

MOST_INCLUDES = 500

MOST_DEPTH = 10

MOST_MACROS = 2_000

MOST_MACRO_LINE = 20_000
"""Characters of a line that has macros, before and after they are replaced."""

MOST_MACRO_VALUE = 1_000
"""Characters that one macro stands for."""


@dataclass(frozen=True)
class SfzLine:
    """A line after macros and includes, with the place that an error names."""

    place: str
    text: str


_MACRO = re.compile(r"\$\w{1,100}")


class SfzReader:
    """Turns files into lines: comments gone, macros replaced, includes followed."""

    def __init__(self, main: Path) -> None:
        self._root = main.resolve().parent
        self._folder = main.parent
        self._macros: dict[str, str] = {}
        self._bytes = 0
        self._includes = 0

    def lines(self, path: Path, depth: int = 0) -> Iterator[SfzLine]:
        """The lines of a file and of what it includes.

        Raises:
            InputError: a file is missing or no text, or a bound is passed.
        """
        text = _without_comments(self._load(path))
        for number, raw in enumerate(text.split("\n"), start=1):
            place = f"{path}, line {number}"
            line = self._replace_macros(raw.strip(), place)
            if line.startswith("#define"):
                self._define(line, raw.strip(), place)
            elif line.startswith("#include"):
                yield from self.lines(self._included(line, place, depth), depth + 1)
            elif line:
                yield SfzLine(place, line)

    def _load(self, path: Path) -> str:
        try:
            self._bytes += path.stat().st_size
            if self._bytes > MOST_BYTES:
                raise InputError(f"{path}: SFZ text of more than {MOST_BYTES} bytes; split it")
            data = path.read_bytes()
        except OSError as error:
            reason = (error.strerror or "unreadable").lower()
            raise InputError(f"{path}: {reason}; give the path of an .sfz file") from error
        if b"\0" in data:
            raise InputError(f"{path}: not a text file; give an .sfz file")
        return data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")

    def _define(self, line: str, raw: str, place: str) -> None:
        # The name is taken from the text before replacement: a macro may be defined again.
        names = re.match(r"#define\s+(\$\w+)\s+(\S*)", raw)
        if names is None:
            raise InputError(f"{place}: cannot read {line[:80]!r}; write #define $NAME value")
        value = self._replace_macros(names[2], place)
        if len(value) > MOST_MACRO_VALUE:
            raise InputError(f"{place}: {names[1]} is longer than {MOST_MACRO_VALUE} characters")
        self._macros[names[1]] = value
        if len(self._macros) > MOST_MACROS:
            raise InputError(f"{place}: more than {MOST_MACROS} macros; split the file")

    def _replace_macros(self, line: str, place: str) -> str:
        if "$" not in line:
            return line
        # Checked before as well: a long line of long macros would fill the memory.
        if len(line) <= MOST_MACRO_LINE:
            replaced = _MACRO.sub(lambda found: self._value(found[0]), line)
            if len(replaced) <= MOST_MACRO_LINE:
                return replaced
        raise InputError(
            f"{place}: longer than {MOST_MACRO_LINE} characters with its macros; divide the line"
        )

    def _value(self, name: str) -> str:
        """The value of the longest macro that `name` begins with: $KEY60 may mean $KEY and 60."""
        for end in range(len(name), 1, -1):
            if name[:end] in self._macros:
                return self._macros[name[:end]] + name[end:]
        return name

    def _included(self, line: str, place: str, depth: int) -> Path:
        found = re.match(r'#include\s*"([^"]+)"', line)
        if found is None:
            raise InputError(f'{place}: cannot read {line[:80]!r}; write #include "file"')
        self._includes += 1
        if depth >= MOST_DEPTH or self._includes > MOST_INCLUDES:
            raise InputError(f"{place}: includes go too deep or in a circle; remove {found[1]!r}")
        target = self._folder / found[1].replace("\\", "/")
        if not target.resolve().is_relative_to(self._root):
            raise InputError(f"{place}: includes {found[1]!r} outside the instrument's folder")
        return target


_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|//[^\n]*", re.DOTALL)


def _without_comments(text: str) -> str:
    """Comments become nothing but their line breaks, so that line numbers stay right."""
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
