"""A picture as a vector with nothing learnt: what each band does over time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def band_statistics(pictures: Vectors) -> Vectors:
    """Mean, spread and mean step of every band, and of all bands together.

    Args:
        pictures: `[..., B, F]`, dB.

    Returns:
        `[..., 3 B + 3]`.
    """
    level = pictures.mean(axis=-2, keepdims=True)
    both = np.concatenate([pictures, level], axis=-2)
    steps = np.abs(np.diff(both, axis=-1)).mean(axis=-1)
    told = (both.mean(axis=-1), both.std(axis=-1), steps)
    return np.concatenate(told, axis=-1).astype(np.float32)


def band_families(bands: int) -> tuple[int, int, int]:
    """Entries of each family, for `Standard.fit`."""
    return (bands + 1, bands + 1, bands + 1)
