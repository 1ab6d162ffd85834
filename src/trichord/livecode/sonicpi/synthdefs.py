"""Compiled synth definitions: what parameters a synth has, and which unit generators it needs.

Source: "Synth Definition File Format" in SuperCollider's reference (SCgf, versions 1 and 2).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trichord.errors import InputError
from trichord.score import shortest

ENDING = ".scsyndef"


@dataclass(frozen=True)
class SynthDef:
    """One definition.

    Attributes:
        name: As `/s_new` names it.
        defaults: Parameters in the order of the file, each with its value when nothing is said.
        units: Names of the unit generators in it.
    """

    name: str
    defaults: Mapping[str, float]
    units: frozenset[str]


class SynthDefs:
    """The definitions in some folders and below them, read when they are asked for.

    Where two have one name, the one in the earlier folder counts.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._known: dict[str, SynthDef | None] = {}
        self._contents: dict[str, bytes | None] = {}
        self._paths: dict[str, Path] = {}
        for folder in folders:
            for path in sorted(folder.rglob(f"*{ENDING}")):
                self._paths.setdefault(path.stem, path)

    def path(self, name: str) -> Path | None:
        """The compiled file of a definition."""
        return self._paths.get(name)

    def get(self, name: str) -> SynthDef | None:
        """A definition by its name; None where no folder has it."""
        if name not in self._known:
            path = self.path(name)
            self._known[name] = read(path) if path else None
        return self._known[name]

    def content(self, name: str) -> bytes | None:
        """The bytes of a definition's file; None where no folder has it."""
        if name not in self._contents:
            path = self.path(name)
            self._contents[name] = path.read_bytes() if path else None
        return self._contents[name]

    def files(self) -> list[Path]:
        """The compiled files of all definitions, in a fixed order."""
        return list(self._paths.values())

    def units(self) -> frozenset[str]:
        """The unit generators that all these definitions use."""
        return frozenset(unit for path in self.files() for unit in read(path).units)


def read(path: Path) -> SynthDef:
    """The first definition in a compiled file (Sonic Pi's files hold one each).

    Raises:
        InputError: the file cannot be read or is no compiled synth definition.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    try:
        return parse(content)
    except (ValueError, struct.error, IndexError) as error:
        raise InputError(f"{path}: no compiled synth definition ({error})") from None


def parse(content: bytes) -> SynthDef:
    """The first definition in the content of a compiled file.

    Raises:
        ValueError, struct.error, IndexError: it is not of this format or broken off.
    """
    reader = _Reader(content)
    name = reader.text()
    reader.numbers(reader.count())  # constants
    values = reader.numbers(reader.count())
    names = {reader.text(): reader.count() for _ in range(reader.count())}
    units = frozenset(reader.unit() for _ in range(reader.count()))
    defaults = {key: shortest(values[index]) for key, index in names.items()}
    return SynthDef(name, defaults, units)


class _Reader:
    """Walks through the bytes; the version decides how wide a count is."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        if content[:4] != b"SCgf":
            raise ValueError("it does not begin with SCgf")
        version, definitions = struct.unpack_from(">ih", content, 4)
        if version not in (1, 2) or definitions < 1:
            raise ValueError(f"version {version} with {definitions} definitions")
        self._count = struct.Struct(">i" if version == 2 else ">h")
        self._at = 10

    def count(self) -> int:
        (value,) = self._count.unpack_from(self._content, self._at)
        self._at += self._count.size
        return value

    def numbers(self, count: int) -> tuple[float, ...]:
        values = struct.unpack_from(f">{count}f", self._content, self._at)
        self._at += 4 * count
        return values

    def text(self) -> str:
        start = self._at + 1
        self._at = start + self._content[start - 1]
        if self._at > len(self._content):
            raise ValueError("it is broken off")
        return self._content[start : self._at].decode("latin-1")

    def unit(self) -> str:
        """The name of the next unit generator; its rates and wires are passed over."""
        name = self.text()
        self._at += 1
        inputs, outputs = self.count(), self.count()
        self._at += 2 + inputs * 2 * self._count.size + outputs
        if self._at > len(self._content):
            raise ValueError("it is broken off")
        return name
