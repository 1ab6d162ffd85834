"""Do the notes of one instrument sound like one instrument?

With unit vectors z_1..z_N and their mean m, the mean cosine over all ordered pairs, self-pairs
included, is ‖m‖²; without the self-pairs it is (N‖m‖² − 1)/(N − 1), which does not grow when there
are fewer notes. Consistency alone is won by a collapsed model: report pitch accuracy beside it, and
the same figures for real instruments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trichord.errors import InputError


def timbral_consistency(vectors: ArrayLike) -> float:
    """Mean cosine over all pairs of different notes.

    Args:
        vectors: one embedding per note `[N, D]`, of any length above zero; N ≥ 2.

    Returns:
        (N‖m‖² − 1)/(N − 1), at most 1 and for large N at least 0.

    Raises:
        InputError: fewer than two vectors, or a vector of length zero.
    """
    units = _unit(vectors)
    count = units.shape[0]
    mean = units.mean(axis=0)
    return float((count * (mean @ mean) - 1.0) / (count - 1.0))


def effective_rank(vectors: ArrayLike) -> float:
    """In how many directions the notes of an instrument spread (Roy and Vetterli, 2007).

    The exponential of the entropy of the covariance's normalised eigenvalues: 1 where all spread
    lies on one line, up to min(N − 1, D) where it is even.

    Args:
        vectors: one embedding per note `[N, D]`; N ≥ 2.

    Raises:
        InputError: fewer than two vectors, or a vector of length zero.
    """
    units = _unit(vectors)
    values = np.linalg.svd(units - units.mean(axis=0), compute_uv=False) ** 2
    total = float(values.sum())
    if total <= 1e-12:
        return 1.0
    shares = values[values > 1e-15 * total] / total
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _unit(vectors: ArrayLike) -> NDArray[np.float64]:
    rows = np.asarray(vectors, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[0] < 2:
        raise InputError(f"consistency needs two or more vectors [N, D], not shape {rows.shape}")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or float(lengths.min()) <= 0.0:
        raise InputError("a vector of length zero or not finite has no direction: leave it out")
    return rows / lengths
