"""Is an instrument in tune, and is a harder stroke louder? What consistency alone does not tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trichord.errors import InputError
from trichord.metrics.arrays import rows_of

IN_TUNE_CENTS = 10.0
"""A trained ear hears more than this between two notes of one after the other."""


@dataclass(frozen=True)
class VelocityOrder:
    """Does loudness follow velocity?

    Attributes:
        pairs: share of all pairs of velocities of one key of which the harder is the louder; a tie
            counts half. Chance is 0.5.
        keys: share of keys of which every velocity is louder than the one before. Chance is
            1 / V! for V velocities.
        range_db: median over keys from the softest to the hardest.
    """

    pairs: float
    keys: float
    range_db: float


def pitch_accuracy(
    cents: ArrayLike, octave_errors: ArrayLike, tolerance: float = IN_TUNE_CENTS
) -> float:
    """Share of notes that sound the key that was asked for.

    Args:
        cents: deviation of each note from the nearest octave of its key `[N]`.
        octave_errors: true where the nearest octave is not the key's own `[N]`.
        tolerance: cents up to which a note is in tune.

    Raises:
        InputError: not as many of both, or none.
    """
    deviation = np.asarray(cents, dtype=np.float64)
    wrong = np.asarray(octave_errors, dtype=bool)
    if deviation.ndim != 1 or deviation.shape != wrong.shape or not deviation.size:
        raise InputError(f"{deviation.shape} cents, {wrong.shape} octave errors: one each per note")
    return float(np.mean(~wrong & (np.abs(deviation) <= tolerance)))


def velocity_order(levels: ArrayLike) -> VelocityOrder:
    """Whether loudness rises with velocity.

    Args:
        levels: loudness in dB `[keys, V]`, velocities from soft to hard, V of two or more.

    Raises:
        InputError: another shape, or fewer than two velocities.
    """
    rows = rows_of(levels, least=1)
    if rows.shape[1] < 2:
        raise InputError("one velocity has no order: give [keys, velocities] with two or more")
    soft, hard = np.triu_indices(rows.shape[1], k=1)
    steps = rows[:, hard] - rows[:, soft]
    return VelocityOrder(
        pairs=float(np.mean((steps > 0) + 0.5 * (steps == 0))),
        keys=float(np.mean((np.diff(rows, axis=1) > 0).all(axis=1))),
        range_db=float(np.median(rows[:, -1] - rows[:, 0])),
    )
