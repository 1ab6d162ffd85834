"""The best of an index: exact, over matrices in memory that nobody had to load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trichord.choose.axes import axes
from trichord.choose.differences import words_of_steps
from trichord.choose.wish import Wish, score

if TYPE_CHECKING:
    from trichord.choose.index.matrices import Matrices

Shortlist = Callable[[NDArray[np.float32], int], NDArray[np.int64]]
"""From a vector `[D]` and a number to rows of the matrices that are about the nearest."""

LONG_LIST = 50
"""How many times more rows than wanted a shortlist has: what directions move is among them."""


@dataclass(frozen=True)
class Hit:
    """One result.

    Attributes:
        number: of its entry.
        score: higher is better; see `wish.score`.
        parts: by what was asked.
        differs: up to three words on how it differs from all that the folder holds.
        values: its measured axes.
    """

    number: int
    score: float
    parts: Mapping[str, float]
    differs: tuple[str, ...]
    values: Mapping[str, float]


def best(
    wish: Wish, matrices: Matrices, count: int, shortlist: Shortlist | None = None
) -> list[Hit]:
    """The `count` best rows, the best first.

    Args:
        wish: what is asked for.
        matrices: of the index.
        count: how many; fewer come where the index holds fewer.
        shortlist: an approximate index to ask first; None searches everything, exactly.
    """
    rows = None
    if shortlist is not None and wish.vector is not None:
        rows = shortlist(wish.vector, LONG_LIST * count)
    vectors = matrices.vectors if rows is None else matrices.vectors[rows]
    seen = matrices.axes if rows is None else matrices.axes[rows]
    if not len(vectors):
        return []
    columns = {axis.name: seen[:, i] for i, axis in enumerate(axes())}
    scored = score(wish, vectors, columns)
    order = top(scored.total, count)
    steps = _steps(seen, order)
    return [
        Hit(
            int(matrices.ids[at if rows is None else rows[at]]),
            float(scored.total[at]),
            {name: float(part[at]) for name, part in scored.parts.items()},
            words_of_steps(steps[place]),
            {axis.name: float(seen[at, i]) for i, axis in enumerate(axes())},
        )
        for place, at in enumerate(order)
    ]


def top(scores: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Places of the `count` highest scores, highest first; ties go to the first."""
    if 0 < count < len(scores):
        # The lowest score that is in: all above it are in, and of its ties the first ones.
        bound = np.partition(scores, len(scores) - count)[len(scores) - count]
        above = np.flatnonzero(scores > bound)
        ties = np.flatnonzero(scores == bound)[: count - len(above)]
        places = np.sort(np.concatenate([above, ties]))
    else:
        places = np.arange(len(scores) if count else 0)
    return places[np.argsort(-scores[places], kind="stable")]


def _steps(seen: NDArray[np.float32], order: NDArray[np.int64]) -> NDArray[np.float64]:
    """How far some rows lie above the mean of all on each axis, in spreads."""
    spreads = np.array([axis.spread for axis in axes()])
    return (seen[order] - seen.mean(axis=0, dtype=np.float64)) / spreads
