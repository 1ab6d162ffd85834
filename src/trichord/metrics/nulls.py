"""What a metric says where there is nothing to say: the same figures with the pairs shuffled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trichord.metrics.arrays import Matrix, paired, square
from trichord.metrics.cka import rows_by_group

Statistic = Callable[[Matrix, Matrix], float]
"""Takes x and y, or two distance matrices."""


@dataclass(frozen=True)
class Null:
    """A figure beside what it is where pairs are shuffled.

    Attributes:
        value: of the pairs as they are.
        mean, sd: over the shuffles.
        high: the shuffles' 95th percentile.
        p: share of shuffles (with the pairs as they are counted in) with at least this value.
        count: how many shuffles.
    """

    value: float
    mean: float
    sd: float
    high: float
    p: float
    count: int


def permuted_pairs(
    statistic: Statistic,
    x: ArrayLike,
    y: ArrayLike,
    rng: np.random.Generator,
    count: int = 200,
    groups: Sequence[object] | None = None,
) -> Null:
    """A metric of paired vectors beside the same with y's rows shuffled.

    Args:
        statistic: takes x and y.
        x: vectors `[N, D1]`.
        y: vectors `[N, D2]`.
        rng: shuffles.
        count: how often.
        groups: shuffle within these alone: what is left is what the groups themselves explain.
    """
    first, second = paired(x, y)
    value = statistic(first, second)
    orders = _orders(len(second), groups, rng, count)
    return _null(value, [statistic(first, second[order]) for order in orders])


def permuted_items(
    statistic: Statistic,
    first: ArrayLike,
    second: ArrayLike,
    rng: np.random.Generator,
    count: int = 200,
) -> Null:
    """A metric of two distance matrices beside the same with one's items shuffled (Mantel, 1967).

    Rows and columns are shuffled together: what is left is a distance matrix.
    """
    a, b = square(first), square(second)
    value = statistic(a, b)
    orders = _orders(len(b), None, rng, count)
    return _null(value, [statistic(a, b[np.ix_(order, order)]) for order in orders])


def _orders(
    size: int, groups: Sequence[object] | None, rng: np.random.Generator, count: int
) -> Iterator[NDArray[np.intp]]:
    members = [np.arange(size)]
    if groups is not None:
        members = [np.array(rows) for rows in rows_by_group(groups, size).values()]
    for _ in range(count):
        order = np.arange(size)
        for rows in members:
            order[rows] = rng.permutation(rows)
        yield order


def _null(value: float, shuffled: list[float]) -> Null:
    values = np.array(shuffled)
    # Shuffles that change nothing come out equal but for rounding; they count as reached.
    reached = int((values >= value - 1e-12 * max(1.0, abs(value))).sum())
    return Null(
        value,
        float(values.mean()),
        float(values.std()),
        float(np.percentile(values, 95)),
        (reached + 1) / (len(values) + 1),
        len(values),
    )
