"""What can be ranked and found: a program, a sample or an instrument, by its file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trichord.errors import InputError

Kind = Literal["program", "sample", "instrument"]

PROGRAMS = (".rb",)
INSTRUMENTS = (".sfz",)
SAMPLES = (
    *(".wav", ".wave", ".flac", ".aif", ".aiff", ".aifc", ".ogg", ".oga", ".opus", ".mp3"),
    *(".caf", ".w64", ".rf64", ".au", ".snd"),
)
"""File names that are taken for samples in a folder; a file that is named may have any other."""


@dataclass(frozen=True)
class Item:
    """One thing that sounds.

    Attributes:
        path: as the user named it.
        file: what is read: the path, or the .sfz in the folder that it names.
    """

    path: Path
    kind: Kind
    file: Path


@dataclass(frozen=True)
class LeftOut:
    """A file that could not be taken, and why, in one line with the mend."""

    path: Path
    why: str

    def __str__(self) -> str:
        return self.why if self.why.startswith(str(self.path)) else f"{self.path}: {self.why}"


def visible(text: str) -> str:
    """The name of a file, or a line with one, as text that any terminal and any file takes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def kind_of(name: str) -> Kind | None:
    """What a file is by the end of its name; None for anything that is not known to sound."""
    lower = name.lower()
    if lower.endswith(PROGRAMS):
        return "program"
    if lower.endswith(INSTRUMENTS):
        return "instrument"
    return "sample" if lower.endswith(SAMPLES) else None


def item_of(path: Path) -> Item:
    """The item that a path names: a file, or a folder with one instrument.

    Raises:
        InputError: there is no such file, or the folder does not hold exactly one .sfz.
    """
    try:
        if path.is_dir():
            return Item(path, "instrument", _instrument_in(path))
        if not path.exists():
            raise InputError(f"{path}: no such file: check the path")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): check the path") from None
    # What has no known name may still be a sound file: reading it will tell.
    return Item(path, kind_of(path.name) or "sample", path)


def _instrument_in(folder: Path) -> Path:
    found = sorted(file for file in folder.iterdir() if file.name.lower().endswith(INSTRUMENTS))
    if not found:
        raise InputError(
            f"{folder}: a folder without an .sfz: name its files, or use trichord search"
        )
    if len(found) > 1:
        raise InputError(f"{folder}: holds {len(found)} .sfz files: name one of them")
    return found[0]
