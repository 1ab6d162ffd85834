"""What a folder and all below it holds: programs, samples, instruments, and what is passed over."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from trichord.choose.items import Kind, kind_of


@dataclass(frozen=True)
class Found:
    """One file that may sound.

    Attributes:
        name: its path below the folder, as the system's bytes: a name may be no text at all.
        size: bytes.
        changed: time of its last change, ns.
    """

    name: bytes
    kind: Kind
    size: int
    changed: int

    def path(self, folder: Path) -> Path:
        """The whole path."""
        return folder / os.fsdecode(self.name)


@dataclass
class Scan:
    """What was found, in order of the names.

    Attributes:
        passed: how many of what were passed over: "other files", "hidden", "links to a folder that
            is there already", "no permission", "broken links".
    """

    found: list[Found] = field(default_factory=list[Found])
    passed: Counter[str] = field(default_factory=Counter[str])


def scan(folder: Path) -> Scan:
    """Looks through a folder; links are followed, each folder is entered once.

    Hidden files and folders (whose names begin with a dot) are passed over.
    """
    result = Scan()
    entered: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        if not _enter(place, entered, result.passed):
            continue
        for entry in _entries(place, result.passed):
            if entry.name.startswith("."):
                result.passed["hidden"] += 1
            elif _is_folder(entry):
                waiting.append(Path(entry.path))
            else:
                _take(entry, folder, result)
    result.found.sort(key=lambda each: each.name)
    return result


def _enter(place: Path, entered: set[tuple[int, int]], passed: Counter[str]) -> bool:
    try:
        facts = place.stat()
    except OSError:
        passed["no permission"] += 1
        return False
    key = (facts.st_dev, facts.st_ino)
    if key in entered:
        passed["links to a folder that is there already"] += 1
        return False
    entered.add(key)
    return True


def _entries(place: Path, passed: Counter[str]) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(place) as entries:
            yield from entries
    except OSError:
        passed["no permission"] += 1


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _take(entry: os.DirEntry[str], folder: Path, result: Scan) -> None:
    kind = kind_of(entry.name)
    if kind is None:
        result.passed["other files"] += 1
        return
    try:
        if not entry.is_file():
            result.passed["broken links" if entry.is_symlink() else "other files"] += 1
            return
        facts = entry.stat()
    except OSError:
        result.passed["broken links" if entry.is_symlink() else "no permission"] += 1
        return
    name = os.fsencode(os.path.relpath(entry.path, folder))
    result.found.append(Found(name, kind, facts.st_size, facts.st_mtime_ns))
