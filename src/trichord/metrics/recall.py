"""Does a query find what belongs to it among the first k? With ties and duplicates handled.

Rows are queries, columns are what is searched. Items that are duplicates (one render, one hash) are
all right answers. Items with equal scores have no order: what is reported is the expectation over
all orders of them, so that a model that gives everything the same score gets chance, not luck.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trichord.errors import InputError
from trichord.metrics.arrays import Matrix, paired, rows_of


@dataclass(frozen=True)
class Recall:
    """Of paired items, in both directions.

    Attributes:
        forward: share of x that finds its y among the first k.
        backward: share of y that finds its x.
        chance: what random scores give.
    """

    forward: float
    backward: float
    chance: float


def recall_both(
    x: ArrayLike, y: ArrayLike, k: int, same: Sequence[Hashable] | None = None
) -> Recall:
    """Recall@k of paired vectors by cosine, both ways.

    Args:
        x: vectors `[N, D]`.
        y: vectors `[N, D]`; row i belongs to x's row i.
        k: how many of the first are looked at.
        same: a name for each pair; pairs of one name are duplicates, each a right answer for all.
    """
    first, second = paired(x, y)
    scores = _units(first) @ _units(second).T
    relevant = same_items(same if same is not None else range(len(first)), len(first))
    return Recall(
        float(hits_at_k(scores, relevant, k).mean()),
        float(hits_at_k(scores.T, relevant.T, k).mean()),
        chance_recall(relevant, k),
    )


def same_items(names: Sequence[Hashable], count: int) -> NDArray[np.bool_]:
    """`[N, N]`, true where two items have one name."""
    if len(names) != count:
        raise InputError(f"{len(names)} names for {count} items: give one for each")
    numbers = {name: at for at, name in enumerate(dict.fromkeys(names))}
    codes = np.array([numbers[name] for name in names])
    return codes[:, None] == codes[None, :]


def hits_at_k(scores: ArrayLike, relevant: NDArray[np.bool_], k: int) -> Matrix:
    """For each query the chance that a right answer is among the first k, `[Q]`.

    0 or 1 unless scores tie at the k-th place: t items share a score of which r are right, and s
    places are left for them: 1 − C(t − r, s) / C(t, s).

    Args:
        scores: `[Q, C]`, higher is nearer.
        relevant: `[Q, C]`, true where an item is a right answer.
        k: in 1..C.

    Raises:
        InputError: shapes differ, k is out of range, or a query has no right answer.
    """
    values = rows_of(scores, least=1)
    _check(values.shape, relevant, k)
    best = np.where(relevant, values, -np.inf).max(axis=1, keepdims=True)  # [Q, 1]
    above, level = (values > best).sum(axis=1), values == best
    tied, right = level.sum(axis=1), (level & relevant).sum(axis=1)
    return np.array(
        [
            _one(int(t), int(r), k - int(before))
            for t, r, before in zip(tied, right, above, strict=True)
        ]
    )


def ranks_of_best(scores: ArrayLike, relevant: NDArray[np.bool_]) -> Matrix:
    """For each query the place (1 = first) of its best right answer, halfway through ties, `[Q]`.

    Among t tied items of which r are right, the first right one stands at (t + 1) / (r + 1) on
    average.
    """
    values = rows_of(scores, least=1)
    _check(values.shape, relevant, 1)
    best = np.where(relevant, values, -np.inf).max(axis=1, keepdims=True)
    level = values == best
    tied, right = level.sum(axis=1), (level & relevant).sum(axis=1)
    return (values > best).sum(axis=1) + (tied + 1.0) / (right + 1.0)


def chance_recall(relevant: NDArray[np.bool_], k: int) -> float:
    """Recall@k of random scores: the mean of 1 − C(c − r, k) / C(c, k) over the queries."""
    _check(relevant.shape, relevant, k)
    count = relevant.shape[1]
    return float(np.mean([_one(count, int(right), k) for right in relevant.sum(axis=1)]))


def _one(tied: int, right: int, places: int) -> float:
    """Chance that one of `right` among `tied` items falls on one of the first `places`."""
    if places <= 0:
        return 0.0
    if places >= tied:
        return 1.0
    return 1.0 - comb(tied - right, places) / comb(tied, places)


def _check(shape: tuple[int, ...], relevant: NDArray[np.bool_], k: int) -> None:
    if relevant.shape != shape:
        raise InputError(f"scores {shape}, right answers {relevant.shape}: give equal shapes")
    if not 1 <= k <= shape[1]:
        raise InputError(f"k = {k} of {shape[1]} items: give 1..{shape[1]}")
    if not relevant.any(axis=1).all():
        raise InputError("a query has no right answer: leave it out")


def _units(rows: Matrix) -> Matrix:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-300)
