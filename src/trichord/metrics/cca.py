"""Canonical correlations of two sets of vectors, and what is commonly made of them.

The canonical correlations are the singular values of Qxᵀ Qy, where Qx and Qy are orthonormal bases
of the centred vectors (Björck and Golub, 1973). With as many dimensions as items every one of them
is 1 whatever the vectors are: a mean correlation says something only beside its null and with N
well above D.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from trichord.errors import InputError
from trichord.metrics.arrays import Matrix, centred, paired

_RANK = 1e-10
"""A direction whose singular value is below this share of the largest is rounding."""


def canonical_correlations(x: ArrayLike, y: ArrayLike) -> Matrix:
    """All canonical correlations, falling, `[min(rank x, rank y)]`; empty where one is constant.

    Args:
        x: vectors `[N, D1]`.
        y: vectors of the same items `[N, D2]`.

    Raises:
        InputError: shapes that do not pair, or values that are not finite.
    """
    first, second = paired(x, y)
    return _correlations(_basis(centred(first))[0], _basis(centred(second))[0])


def mean_cca(x: ArrayLike, y: ArrayLike) -> float:
    """Mean canonical correlation, in 0..1; NaN where one side does not vary."""
    return _mean(canonical_correlations(x, y))


def svcca(x: ArrayLike, y: ArrayLike, share: float = 0.99) -> float:
    """Mean canonical correlation of the principal directions (Raghu et al., 2017).

    Args:
        x: vectors `[N, D1]`.
        y: vectors `[N, D2]`.
        share: of the variance that the kept directions of each side hold.

    Raises:
        InputError: `share` outside 0..1, or as `canonical_correlations`.
    """
    if not 0.0 < share <= 1.0:
        raise InputError(f"share = {share}: give more than 0 and at most 1")
    first, second = paired(x, y)
    bases = (_principal(centred(side), share) for side in (first, second))
    return _mean(_correlations(*bases))


def pwcca(x: ArrayLike, y: ArrayLike) -> float:
    """Canonical correlations weighted by how much of `x` each direction tells (Morcos, 2018).

    αᵢ = Σⱼ |⟨hᵢ, xⱼ⟩| over the columns xⱼ of `x`, with hᵢ the i-th canonical variable of `x`. Not
    symmetric: `x` is the side that decides the weights.

    Args:
        x: vectors `[N, D1]`.
        y: vectors `[N, D2]`.
    """
    first, second = paired(x, y)
    of_x, of_y = centred(first), centred(second)
    left, right = _basis(of_x)[0], _basis(of_y)[0]
    if left.shape[1] == 0 or right.shape[1] == 0:
        return float("nan")
    turns, values, _ = np.linalg.svd(left.T @ right, full_matrices=False)
    weights = np.abs((left @ turns).T @ of_x).sum(axis=1)
    return float(weights @ np.minimum(values, 1.0) / weights.sum())


def _basis(rows: Matrix) -> tuple[Matrix, Matrix]:
    """Orthonormal columns [N, rank] that span those of centred rows, and their lengths."""
    left, lengths, _ = np.linalg.svd(rows, full_matrices=False)
    kept = lengths > max(_RANK * float(lengths[0]), 1e-300)
    return left[:, kept], lengths[kept]


def _principal(rows: Matrix, share: float) -> Matrix:
    left, lengths = _basis(rows)
    if lengths.size == 0:
        return left
    held = np.cumsum(lengths**2) / float((lengths**2).sum())
    return left[:, : int(np.searchsorted(held, share - 1e-12)) + 1]


def _correlations(left: Matrix, right: Matrix) -> Matrix:
    if left.shape[1] == 0 or right.shape[1] == 0:
        return np.zeros(0)
    return np.minimum(np.linalg.svd(left.T @ right, compute_uv=False), 1.0)


def _mean(values: Matrix) -> float:
    return float(values.mean()) if values.size else float("nan")
