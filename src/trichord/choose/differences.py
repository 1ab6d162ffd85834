"""How each of several sounds differs from the rest, in up to three words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from trichord.choose.axes import Axis, axes

Table = NDArray[np.float64]

WORDS = 3
LEAST = 0.35
"""Spreads by which a sound must lie off the mean of the others for a word to be said."""
FARTHEST = 2.0
"""Spreads from which a difference is as large as any: among such, the table's order decides."""
ALIKE = "like the rest"


def common_axes(
    shown: Sequence[Mapping[str, float]], played: Sequence[Mapping[str, float]]
) -> list[dict[str, float]]:
    """Every item's values, measured for all in one way.

    What events tell is taken where all items have events with it; else all are read off pictures.
    """
    both = set[str]().union(*played)
    told = {name for name in both if all(name in each for each in played)}
    return [
        {name: (events if name in told else seen)[name] for name in seen}
        for seen, events in zip(shown, played, strict=True)
    ]


def steps(values: Sequence[Mapping[str, float]]) -> Table:
    """How far each item lies above the mean of the others on each axis, in spreads `[N, A]`."""
    table = np.array([[each[axis.name] for axis in axes()] for each in values], np.float64)
    count = len(table)
    if count < 2:
        return np.zeros_like(table)
    others = (table.sum(axis=0) - table) / (count - 1)
    return (table - others) / np.array([axis.spread for axis in axes()])


def differences(values: Sequence[Mapping[str, float]]) -> list[tuple[str, ...]]:
    """For each item the words for its largest differences, largest first; at least one word."""
    return [words_of_steps(row) for row in steps(values)]


def words_of_steps(row: NDArray[np.float64]) -> tuple[str, ...]:
    """The words for the largest of some steps `[A]`, largest first; at least one word."""
    order = np.argsort(-np.minimum(np.abs(row), FARTHEST), kind="stable")[:WORDS]
    said = [_word(axes()[i], float(row[i])) for i in order if abs(row[i]) >= LEAST]
    return tuple(said) or (ALIKE,)


def _word(axis: Axis, step: float) -> str:
    return axis.more if step > 0 else axis.less
