"""How far apart two sets of embeddings lie, by a kernel: no Gaussian assumed, no bias in N.

The maximum mean discrepancy (Gretton et al. 2012) with a Gaussian kernel whose bandwidth is the
median distance inside the reference; times 100 it is the kernel audio distance (KAD; Chung et al.
2025). Sound for small sets. It depends on the embedding and on the reference: name both, and N.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from trichord.errors import InputError
from trichord.metrics.arrays import Matrix, rows_of

SCALE = 100.0
"""So that figures have few zeros after the point."""


def kernel_distance(x: ArrayLike, reference: ArrayLike, bandwidth: float | None = None) -> float:
    """The unbiased squared maximum mean discrepancy, times 100.

    100 · [Σ_{i≠j} k(xᵢ, xⱼ) / N(N−1) + Σ_{i≠j} k(rᵢ, rⱼ) / M(M−1) − 2 Σ k(xᵢ, rⱼ) / NM] with
    k(a, b) = exp(−‖a − b‖² / 2σ²). Unbiased: of two samples of one distribution it is 0 on average,
    and so it may be a little below 0.

    Args:
        x: embeddings `[N, D]`.
        reference: embeddings `[M, D]`; no row may be one of x's, or the distance comes out too low.
        bandwidth: σ in units of the embedding; the reference's median distance if None.

    Raises:
        InputError: fewer than two vectors in a set, sets of different width, or all vectors of the
            reference alike.
    """
    first, second = rows_of(x), rows_of(reference)
    if first.shape[1] != second.shape[1]:
        raise InputError(f"vectors of {first.shape[1]} and {second.shape[1]} entries: one width")
    sigma = median_bandwidth(second) if bandwidth is None else bandwidth
    if not sigma > 0.0:
        raise InputError(f"bandwidth {sigma:g}: give more than 0, or a reference of unlike vectors")
    own, others = _mean_off_diagonal(first, sigma), _mean_off_diagonal(second, sigma)
    return SCALE * (own + others - 2.0 * float(_kernel(first, second, sigma).mean()))


def median_bandwidth(reference: ArrayLike) -> float:
    """The median Euclidean distance between two different vectors `[M, D]` of the reference."""
    from scipy.spatial.distance import pdist

    return float(np.median(pdist(rows_of(reference))))


def _mean_off_diagonal(rows: Matrix, sigma: float) -> float:
    count = len(rows)
    total = float(_kernel(rows, rows, sigma).sum()) - count
    return total / (count * (count - 1))


def _kernel(x: Matrix, y: Matrix, sigma: float) -> Matrix:
    """`[N, M]`."""
    from scipy.spatial.distance import cdist

    squared = np.asarray(cdist(x, y, "sqeuclidean"), dtype=np.float64)
    return np.exp(-squared / (2.0 * sigma**2))
