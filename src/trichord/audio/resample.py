"""Sample-rate conversion, by soxr."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray


def resample(wave: NDArray[np.float32], from_rate: float, to_rate: float) -> NDArray[np.float32]:
    """The same sound at another sample rate, in Hz.

    The rates need not be whole: `resample(wave, rate * 2 ** (cents / 1200), rate)` raises the pitch
    by that many cents when the result is played at `rate`.

    Args:
        wave: mono samples `[T]`.
        from_rate: rate of `wave`.
        to_rate: rate of the result.

    Returns:
        Mono samples `[round(T * to_rate / from_rate)]`, give or take one.
    """
    if from_rate == to_rate or wave.size == 0:
        return np.asarray(wave, dtype=np.float32)
    out = soxr.resample(np.asarray(wave, dtype=np.float32), from_rate, to_rate, quality="HQ")
    return np.asarray(out, dtype=np.float32)
