"""How sure is a mean over sets? Bootstrap intervals, over whole clusters where sets depend.

Sets of one template share what is hard about it, so templates are drawn, not sets (cluster
bootstrap: Davison and Hinkley, 1997, section 3.8). The intervals are scipy's: percentile, and BCa
(Efron, 1987), which corrects for bias and for a spread that changes with the value.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trichord.errors import InputError
from trichord.metrics.cka import rows_by_group

Method = Literal["percentile", "BCa"]


@dataclass(frozen=True)
class Interval:
    """A figure and where it may lie.

    Attributes:
        value: of the whole sample.
        low, high: ends of the interval.
        level: of confidence, 0.95 say.
        count: clusters that were drawn from.
    """

    value: float
    low: float
    high: float
    level: float
    count: int


def mean_interval(
    values: ArrayLike,
    rng: np.random.Generator,
    *,
    clusters: Sequence[Hashable] | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    method: Method = "BCa",
) -> Interval:
    """The mean of one figure per set, with its interval; NaN among the values are left out.

    Args:
        values: `[N]`.
        rng: draws the resamples.
        clusters: which sets belong together (their template); each set for itself if None.
        level: of confidence.
        resamples: how many are drawn.
        method: "percentile" or "BCa".

    Raises:
        InputError: no finite value, or clusters of another number.
    """
    figures = np.asarray(values, dtype=np.float64)
    names = list(clusters) if clusters is not None else list(range(figures.size))
    if figures.ndim != 1 or len(names) != figures.size:
        raise InputError(f"values {figures.shape}, {len(names)} clusters: give one for each")
    kept = np.flatnonzero(np.isfinite(figures))
    if kept.size == 0:
        raise InputError("no finite value: a mean needs one")
    members = rows_by_group([names[at] for at in kept], int(kept.size))
    sums = np.array([figures[kept[rows]].sum() for rows in members.values()])
    sizes = np.array([len(rows) for rows in members.values()], dtype=np.float64)

    def mean(drawn: NDArray[np.intp]) -> float:
        return float(sums[drawn].sum() / sizes[drawn].sum())

    return interval(mean, len(sums), rng, level=level, resamples=resamples, method=method)


def interval(
    statistic: Callable[[NDArray[np.intp]], float],
    count: int,
    rng: np.random.Generator,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    method: Method = "BCa",
) -> Interval:
    """The interval of any statistic of `count` clusters.

    Args:
        statistic: takes the indices of the clusters that were drawn (some twice, some never).
        count: how many clusters there are.
        rng: draws the resamples.
        level: of confidence.
        resamples: how many are drawn.
        method: "percentile" or "BCa"; BCa falls back to percentile where it is not defined (all
            values equal, say).
    """
    from scipy.stats import bootstrap

    value = statistic(np.arange(count))
    if count < 2:
        return Interval(value, value, value, level, count)

    def one(drawn: NDArray[np.int_]) -> float:
        return statistic(drawn.astype(np.intp))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns of the degenerate case that is mended below
        done = bootstrap(
            (np.arange(count),), one, vectorized=False, n_resamples=resamples,
            confidence_level=level, method=method, rng=rng,
        )  # fmt: skip
    low, high = done.confidence_interval
    if not (np.isfinite(low) and np.isfinite(high)):
        tail = 50.0 * (1.0 - level)
        low, high = np.percentile(done.bootstrap_distribution, [tail, 100.0 - tail])
    return Interval(value, float(low), float(high), level, count)
