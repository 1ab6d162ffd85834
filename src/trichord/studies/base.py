"""What every study is asked with, and what all that are under way have in common."""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, cast

import numpy as np

from trichord.progress import Progress


class BookOptions(Protocol):
    """What every study is asked with."""

    @property
    def out(self) -> Path:
        """Folder of the tables."""
        ...

    @property
    def only(self) -> str:
        """Names of tables, separated by commas; all where empty."""
        ...

    @property
    def page(self) -> Path | None:
        """Where the page is to be published as well."""
        ...

    @property
    def seed(self) -> int:
        """Of everything that is drawn."""
        ...


Options = TypeVar("Options", bound=BookOptions)


class StudyInProgress(ABC, Generic[Options]):
    """What the functions of a book's entries are given.

    Attributes:
        options: as asked.
        progress: told of every table.
    """

    def __init__(self, options: Options, progress: Progress) -> None:
        self.options, self.progress = options, progress

    @property
    @abstractmethod
    def flags(self) -> str:
        """The words of the command line that decide every table, such as "--seed 0"."""

    @abstractmethod
    def inputs(self, rooms: Sequence[str], options: Sequence[str] = ()) -> dict[str, Any]:
        """What decides the figures of a table; a kept table with other inputs is made again."""

    def asked(self, names: Iterable[str]) -> dict[str, Any]:
        """Options by name as they are kept: tuples and paths as text."""
        return {name: _plain(getattr(self.options, name)) for name in names}

    def rng(self, name: str) -> np.random.Generator:
        """A stream of its own for each purpose."""
        return np.random.default_rng([self.options.seed, zlib.crc32(name.encode())])


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return " ".join(map(str, cast("tuple[object, ...]", value)))
    return str(value) if isinstance(value, Path) else value
