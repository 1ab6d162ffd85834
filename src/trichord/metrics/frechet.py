"""How far apart two sets of embeddings lie, each taken for a Gaussian (Heusel et al. 2017).

d = ‖mₓ − m_y‖² + tr Σₓ + tr Σ_y − 2 tr (Σₓ Σ_y)^½. With the embeddings of an audio model it is the
Fréchet audio distance (FAD; Kilgour et al. 2019). It depends on the embedding, on the reference and
on N: name all three. It is biased upwards for small N; `frechet_extrapolated` takes the bias out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trichord.errors import InputError
from trichord.metrics.arrays import Matrix, centred, rows_of


@dataclass(frozen=True)
class Extrapolated:
    """A distance without the bias of a finite sample, as far as a straight line in 1/N tells.

    Attributes:
        value: the line's height at 1/N = 0.
        slope: how much the bias is times N.
        r_squared: share of the variance that the line explains; a poor fit speaks against `value`.
        sizes: the N that were drawn.
    """

    value: float
    slope: float
    r_squared: float
    sizes: tuple[int, ...]


def frechet_distance(x: ArrayLike, y: ArrayLike) -> float:
    """The squared Fréchet distance of the Gaussians of two sets.

    With A the centred rows of x over √(N − 1), and B those of y, tr (Σₓ Σ_y)^½ is the sum of the
    singular values of A Bᵀ. No root of a matrix is taken, so that fewer vectors than dimensions
    (singular covariances) need no added ridge.

    Args:
        x: embeddings `[N, D]`.
        y: embeddings `[M, D]`.

    Returns:
        The distance, 0 or more, in squared units of the embedding.

    Raises:
        InputError: fewer than two vectors in a set, or sets of different width.
    """
    first, second = rows_of(x), rows_of(y)
    if first.shape[1] != second.shape[1]:
        raise InputError(f"vectors of {first.shape[1]} and {second.shape[1]} entries: one width")
    a, b = _root(first), _root(second)
    overlap = float(np.linalg.svd(a @ b.T, compute_uv=False).sum())
    apart = first.mean(axis=0) - second.mean(axis=0)
    spread = float(np.square(a).sum() + np.square(b).sum())
    return max(0.0, float(apart @ apart) + spread - 2.0 * overlap)


def frechet_extrapolated(
    x: ArrayLike,
    reference: ArrayLike,
    rng: np.random.Generator,
    *,
    points: int = 15,
    repeats: int = 4,
    least_share: float = 0.25,
) -> Extrapolated:
    """FAD∞: the distance of parts of x, drawn without replacement, carried on to N = ∞.

    The bias of N vectors falls as 1/N (Chong and Forsyth 2020; for audio Gui et al. 2024). The
    reference is used whole; the bias that comes from its own size stays.

    Args:
        x: embeddings `[N, D]`.
        reference: embeddings `[M, D]`.
        rng: draws the parts.
        points: how many sizes, evenly spaced in 1/N.
        repeats: parts of each size, averaged.
        least_share: the smallest part, as a share of x.

    Raises:
        InputError: fewer than 16 vectors in x, or as `frechet_distance`.
    """
    rows, other = rows_of(x, least=16), rows_of(reference)
    least = max(8, round(least_share * len(rows)))
    sizes = np.unique(np.rint(1.0 / np.linspace(1.0 / len(rows), 1.0 / least, points)).astype(int))
    heights = [_mean_distance(rows, other, int(size), rng, repeats) for size in sizes]
    inverse, measured = 1.0 / sizes, np.array(heights)
    slope, value = np.polyfit(inverse, measured, 1)
    unexplained = float(np.square(measured - value - slope * inverse).sum())
    total = float(np.square(measured - measured.mean()).sum())
    fit = 1.0 if total <= 0.0 else 1.0 - unexplained / total
    return Extrapolated(float(value), float(slope), fit, tuple(int(size) for size in sizes))


def _mean_distance(
    rows: Matrix, reference: Matrix, size: int, rng: np.random.Generator, repeats: int
) -> float:
    times = 1 if size == len(rows) else repeats
    parts = [rng.choice(len(rows), size, replace=False) for _ in range(times)]
    return float(np.mean([frechet_distance(rows[part], reference) for part in parts]))


def _root(rows: Matrix) -> Matrix:
    """A matrix `[min(N, D), D]` whose product with itself is the covariance of the rows."""
    scaled = centred(rows) / np.sqrt(len(rows) - 1)
    if len(rows) <= rows.shape[1]:
        return scaled
    return np.asarray(np.linalg.qr(scaled, mode="r"), dtype=np.float64)
