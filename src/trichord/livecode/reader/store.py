"""Readings of many programs in one file: arrays behind each other, and how many rows are whose."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.errors import InputError
from trichord.files import write_arrays
from trichord.livecode.reader.sounds import Reading

_FIELDS = tuple(field.name for field in fields(Reading))
_OF_EFFECTS = ("effects", "turns", "moves")
_OF_STROKES = ("strokes", "times", "powers")


def save_readings(path: Path, readings: Sequence[Reading]) -> None:
    """Writes one `.npz`, whole or not at all."""
    joined = {
        name: np.concatenate([getattr(reading, name) for reading in readings]) for name in _FIELDS
    }
    counts = [[len(r.names), len(r.effects), len(r.strokes)] for r in readings]
    write_arrays(path, {"counts": np.array(counts, np.int64), **joined})


def load_readings(path: Path) -> list[Reading]:
    """The readings that `save_readings` wrote.

    Raises:
        InputError: the file holds no readings.
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            counts: NDArray[np.int64] = kept["counts"]
            columns: dict[str, list[Any]] = {
                name: _split(kept[name], counts, name) for name in _FIELDS
            }
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: no readings of programs; delete it") from error
    return [Reading(**{name: columns[name][at] for name in _FIELDS}) for at in range(len(counts))]


def _split(rows: NDArray[Any], counts: NDArray[np.int64], name: str) -> list[NDArray[Any]]:
    of = 1 if name in _OF_EFFECTS else 2 if name in _OF_STROKES else 0
    return np.split(rows, np.cumsum(counts[:-1, of]))
