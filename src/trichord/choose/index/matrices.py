"""Matrices that a search maps into memory, complete before anybody is told of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.choose.axes import axes

PREFIX = "matrices-"
Row = tuple[int, bytes, bytes]
"""Number of an entry, its vector and its axes as little-endian float32."""


@dataclass(frozen=True)
class Matrices:
    """What a search reads, row by row: mapped into memory, not loaded.

    Attributes:
        ids: numbers of the entries, int64 `[N]`.
        vectors: unit float32 `[N, D]`. Half of the bytes would take ten times as long to multiply.
        axes: float32 `[N, A]` in the order of the table.
    """

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    axes: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ids)


def write_matrices(place: Path, rows: Iterable[Row], count: int, dim: int) -> str:
    """Writes the matrices of `count` rows into a new folder in `place`; returns its name."""
    folder = place / f"{PREFIX}{os.urandom(8).hex()}"
    folder.mkdir()
    ids = _new(folder / "ids.npy", (count,), "<i8")
    vectors = _new(folder / "vectors.npy", (count, dim), "<f4")
    values = _new(folder / "axes.npy", (count, len(axes())), "<f4")
    for at, (number, vector, seen) in enumerate(rows):
        ids[at] = number
        vectors[at] = np.frombuffer(vector, "<f4")
        values[at] = np.frombuffer(seen, "<f4")
    return folder.name


def map_matrices(folder: Path) -> Matrices:
    """Maps what `write_matrices` has written."""
    names = ("ids", "vectors", "axes")
    ids, vectors, values = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in names)
    return Matrices(ids, vectors, values)


def remove_others(place: Path, *kept: str) -> None:
    """Removes all matrices but those named; a search that has mapped some keeps them in memory."""
    for folder in place.glob(f"{PREFIX}*"):
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _new(path: Path, shape: tuple[int, ...], kind: str) -> NDArray[Any]:
    """An array in a file of its own, written through the map; an empty one cannot be mapped."""
    if shape[0]:
        return np.lib.format.open_memmap(path, "w+", kind, shape)
    np.save(path, np.empty(shape, kind))
    return np.empty(shape, kind)
