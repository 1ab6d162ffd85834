"""Do two spaces order the distances between the same items alike?

The correlation of the N (N − 1) / 2 distances above the diagonal. These are not independent of each
other: a p-value comes from permuting items (`nulls.permuted_items`, Mantel 1967), not pairs of
distances.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from trichord.errors import InputError
from trichord.metrics.arrays import Matrix, upper


def pearson(first: ArrayLike, second: ArrayLike) -> float:
    """Pearson's correlation of two matrices' distances `[N, N]`; NaN where one is constant."""
    return _correlation(*_pairs(first, second))


def spearman(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman's: Pearson's of the ranks, ties sharing theirs; NaN where one is constant."""
    from scipy.stats import rankdata

    a, b = _pairs(first, second)
    return _correlation(np.asarray(rankdata(a)), np.asarray(rankdata(b)))


def _pairs(first: ArrayLike, second: ArrayLike) -> tuple[Matrix, Matrix]:
    a, b = upper(first), upper(second)
    if a.size != b.size or a.size < 2:
        raise InputError(
            f"{a.size} and {b.size} distances: give two matrices of the same three items or more"
        )
    return a, b


def _correlation(a: Matrix, b: Matrix) -> float:
    if _constant(a) or _constant(b):
        return float("nan")
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b) / float(np.sqrt((a @ a) * (b @ b)))


def _constant(values: Matrix) -> bool:
    """Whether values differ by rounding at most."""
    return float(np.ptp(values)) <= 1e-12 * float(np.abs(values).max())
