"""The mel scale and its triangular filters, in numpy alone."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray


def hz_to_mel(hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """HTK mel scale: 2595 log10(1 + f / 700)."""
    return 2595.0 * np.log10(1.0 + np.asarray(hz, dtype=np.float64) / 700.0)


def mel_to_hz(mel: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Inverse of `hz_to_mel`."""
    return 700.0 * (10.0 ** (np.asarray(mel, dtype=np.float64) / 2595.0) - 1.0)


@functools.lru_cache(maxsize=32)
def mel_weights(
    sample_rate: float, window: int, bands: int, low: float = 0.0, high: float | None = None
) -> NDArray[np.float64]:
    """Triangular mel filters whose weights sum to one, so that a band holds a mean magnitude.

    Args:
        sample_rate: in Hz.
        window: length of the Fourier transform in samples.
        bands: number of filters.
        low: lower edge of the first filter in Hz.
        high: upper edge of the last filter in Hz; half the sample rate if None.

    Returns:
        Weights `[bands, window // 2 + 1]`. A filter narrower than a bin takes its nearest bin.
    """
    top = sample_rate / 2 if high is None else high
    first, last = hz_to_mel(np.asarray([low, top]))
    edges = mel_to_hz(np.linspace(first, last, bands + 2))
    bins = np.linspace(0, (window // 2) * sample_rate / window, window // 2 + 1)
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (bins - lower) / (centre - lower), (upper - bins) / (upper - centre)
    weights = np.maximum(0.0, np.minimum(rising, falling))
    for band in np.flatnonzero(weights.sum(1) == 0):
        weights[band, np.argmin(np.abs(bins - centre[band]))] = 1.0
    return weights / weights.sum(1, keepdims=True)
