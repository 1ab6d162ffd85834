"""Is one system better than another on the same sets? Paired tests, both sides.

Sets of one template depend on each other; give one mean per template (`cluster_means`) where whole
templates are the sample.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trichord.errors import InputError
from trichord.metrics.arrays import Matrix
from trichord.metrics.cka import rows_by_group


def permutation_test(
    first: ArrayLike, second: ArrayLike, rng: np.random.Generator, resamples: int = 10_000
) -> float:
    """How often the mean difference is as far from 0 where each pair's signs are random: p.

    Exact where 2^N is at most `resamples`, else drawn, with the observed one counted in
    (Phipson and Smyth, 2010), so that p is never 0.

    Args:
        first: one figure per set `[N]`.
        second: of the same sets `[N]`.
        rng: draws the signs.
        resamples: how many.

    Returns:
        p in (0, 1]; 1 where all differences are 0.
    """
    from scipy.stats import permutation_test as permute

    a, b = _pairs(first, second)
    if not (a != b).any():
        return 1.0

    def mean(signed: Matrix, axis: int) -> Matrix:
        return np.mean(signed, axis=axis)

    # With a single sample, `samples` flips the sign of each observation at random.
    done = permute(
        ((a - b),), mean, permutation_type="samples", n_resamples=resamples, rng=rng,
        vectorized=True,
    )  # fmt: skip
    return float(min(1.0, done.pvalue))


@dataclass(frozen=True)
class PairedT:
    """A mean difference with its interval.

    Attributes:
        mean: of first less second.
        low, high: ends of the interval.
        p: two-sided.
        count: pairs.
    """

    mean: float
    low: float
    high: float
    p: float
    count: int


def paired_t(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> PairedT:
    """Student's t of paired differences (1908): for a few runs, whose noise is taken as normal.

    With three pairs no test of ranks or signs can be below p = 0.25; this one can, at the price of
    that assumption, and its interval is as wide as three runs deserve.

    Args:
        first: one figure per run `[N]`, N ≥ 2.
        second: of the same runs `[N]`.
        level: of the interval.

    Returns:
        p is 1 and the interval a point where all differences are 0.
    """
    from scipy.stats import ttest_rel

    a, b = _pairs(first, second)
    mean = float((a - b).mean())
    if not (a != b).any():
        return PairedT(0.0, 0.0, 0.0, 1.0, len(a))
    if np.ptp(a - b) == 0.0:
        return PairedT(mean, mean, mean, 0.0, len(a))
    done: Any = ttest_rel(a, b)
    ends = done.confidence_interval(level)
    return PairedT(mean, float(ends.low), float(ends.high), float(done.pvalue), len(a))


def wilcoxon(first: ArrayLike, second: ArrayLike) -> float:
    """The p of Wilcoxon's signed-rank test (1945) without zero differences; 1 if all are zero."""
    from scipy.stats import wilcoxon as test

    a, b = _pairs(first, second)
    if not (a != b).any():
        return 1.0
    done: Any = test(a, b, zero_method="wilcox")
    return float(done.pvalue)


def cluster_means(values: ArrayLike, clusters: Sequence[Hashable]) -> Matrix:
    """The mean of each cluster, clusters in order of appearance; NaN values are left out."""
    figures = np.asarray(values, dtype=np.float64)
    members = rows_by_group(clusters, figures.size)
    means = [_mean(figures[rows]) for rows in members.values()]
    return np.array(means)


def holm(pvalues: Sequence[float]) -> list[float]:
    """p-values of several tests, corrected after Holm (1979), in their order."""
    order = np.argsort(pvalues)
    corrected = np.empty(len(pvalues))
    highest = 0.0
    for done, at in enumerate(order):
        highest = max(highest, min(1.0, (len(pvalues) - done) * float(pvalues[int(at)])))
        corrected[at] = highest
    return [float(p) for p in corrected]


def _mean(values: Matrix) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else float("nan")


def _pairs(first: ArrayLike, second: ArrayLike) -> tuple[Matrix, Matrix]:
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise InputError(f"figures of shapes {a.shape} and {b.shape}: give one per set, paired")
    kept = np.isfinite(a) & np.isfinite(b)
    if int(kept.sum()) < 2:
        raise InputError("fewer than two pairs of finite figures: a paired test needs two")
    return a[kept], b[kept]
