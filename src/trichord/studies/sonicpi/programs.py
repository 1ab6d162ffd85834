"""The programs that are compared: Sonic Pi's own examples, and ours that use every function."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from trichord.errors import InputError
from trichord.livecode.sonicpi import install

Origin = Literal["example", "ours"]


@dataclass(frozen=True)
class Program:
    """A program to compare."""

    name: str
    origin: Origin
    code: str


def programs(only: str = "") -> list[Program]:
    """The installed examples, then ours, each in the order of their names.

    Args:
        only: names, separated by commas; all where empty.

    Raises:
        InputError: a name is unknown.
        MissingProgramError: Sonic Pi is not installed.
    """
    examples = [
        Program(path.stem, "example", path.read_text(encoding="utf-8"))
        for path in install.find().examples()
    ]
    known = sorted(examples, key=lambda one: one.name) + own_programs()
    asked = [name.strip() for name in only.split(",") if name.strip()]
    for name in asked:
        if name not in {one.name for one in known}:
            raise InputError(f"--only {name}: no such program; known are those of the page")
    return [one for one in known if not asked or one.name in asked]


def own_programs() -> list[Program]:
    """Ours: between them they use what makes or times sound."""
    folder = files("trichord.studies.sonicpi").joinpath("programs")
    named = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".rb"))
    return [
        Program(name.removesuffix(".rb"), "ours", entry.read_text(encoding="utf-8"))
        for name, entry in named
    ]
