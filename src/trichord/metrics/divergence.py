"""How far apart a tagger hears two sounds that should be alike: Kullback-Leibler divergence."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trichord.errors import InputError
from trichord.metrics.arrays import paired

LEAST = 1e-6
"""No class is ever less likely than this, so that one sure tag cannot make a mean infinite."""


def mean_kl(reference: ArrayLike, made: ArrayLike) -> float:
    """The mean over pairs of Σ p log(p / q), in nats.

    The direction is that of the field (Kreuk et al. 2023): p what the tagger says of the real
    sound, q what it says of the one made for it. Not symmetric.

    Args:
        reference: probabilities p `[N, C]` of C classes that exclude each other.
        made: probabilities q `[N, C]`; row i belongs to p's row i.

    Returns:
        0 where all rows agree.

    Raises:
        InputError: not pairs, negative values, or rows that do not add up to 1.
    """
    return float(divergences(reference, made).mean())


def divergences(reference: ArrayLike, made: ArrayLike) -> NDArray[np.float64]:
    """The divergence of each pair `[N]`; see `mean_kl`."""
    p, q = paired(reference, made, least=1)
    if p.shape != q.shape:
        raise InputError(f"probabilities of {p.shape[1]} and {q.shape[1]} classes: give the same")
    for rows in (p, q):
        if float(rows.min()) < 0.0 or not np.allclose(rows.sum(axis=1), 1.0, atol=1e-3):
            raise InputError("probabilities must be 0 or more and add up to 1 in each row")
    p, q = (_floored(rows) for rows in (p, q))
    return (p * np.log(p / q)).sum(axis=1)


def _floored(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.maximum(rows, LEAST)
    return raised / raised.sum(axis=1, keepdims=True)
