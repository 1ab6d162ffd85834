"""Transposition: a shift by rows of semitones, between rows in proportion."""

from __future__ import annotations

import numpy as np

from trichord.audio.bands import Floats


def transposed(power: Floats, semitones: float) -> Floats:
    """Band power `[n, bands]` moved up; what leaves the bands is lost."""
    whole = int(np.floor(semitones))
    part = np.float32(semitones - whole)
    moved = _rolled(power, whole)
    if part < 1e-3:
        return moved
    return np.asarray((1 - part) * moved + part * _rolled(power, whole + 1), np.float32)


def transposed_over(power: Floats, semitones: Floats) -> Floats:
    """The same with a shift of its own for each frame: `[n, bands]` by `[n]`."""
    bands = power.shape[1]
    source = np.arange(bands, dtype=np.float32)[None] - semitones[:, None].astype(np.float32)
    low = np.floor(source).astype(np.int64)
    part = source - low
    rows = np.arange(len(power))[:, None]

    def taken(index: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Floats:
        inside = (index >= 0) & (index < bands)
        return np.where(inside, power[rows, np.clip(index, 0, bands - 1)], 0).astype(np.float32)

    return np.asarray((1 - part) * taken(low) + part * taken(low + 1), np.float32)


def _rolled(power: Floats, rows: int) -> Floats:
    bands = power.shape[1]
    if rows == 0:
        return power
    moved = np.zeros_like(power)
    if 0 < rows < bands:
        moved[:, rows:] = power[:, :-rows]
    elif -bands < rows < 0:
        moved[:, :rows] = power[:, -rows:]
    return moved
