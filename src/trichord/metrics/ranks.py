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
    a, b = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((a @ a) * (b @ b)))
    # A constant less its mean is rounding, not zero.
    return float(a @ b) / spread if spread > 1e-24 else float("nan")
