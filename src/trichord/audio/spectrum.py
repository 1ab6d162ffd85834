"""Short-time power spectra whose frames are equally long in seconds at every sample rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.errors import InputError

Floats = NDArray[np.float32]

_AT_ONCE = 128
"""Frames transformed at a time: what fits the cache is done sooner."""


@dataclass(frozen=True)
class Spectrum:
    """Power of Hann-windowed frames.

    Attributes:
        power: `[frames, bins]`; a bin holds the square of a sine's amplitude on it.
        hz: centre of each bin `[bins]`.
        frame_rate: frames per second.
        size: samples of the Fourier transform.
        sample_rate: Hz.
    """

    power: Floats
    hz: Floats
    frame_rate: float
    size: int
    sample_rate: float


def power_spectrum(wave: Floats, sample_rate: float, window: float, hop: float) -> Spectrum:
    """Frames centred on multiples of the hop; beyond the ends is silence.

    Args:
        wave: mono samples `[T]`.
        sample_rate: Hz.
        window: seconds of a frame.
        hop: seconds from frame to frame.

    Raises:
        InputError: `wave` is not mono, empty or not finite.
    """
    from scipy import fft

    if wave.ndim != 1 or wave.size == 0:
        raise InputError(f"wave: shape {wave.shape}; give one channel with samples in it")
    if not np.isfinite(wave).all():
        raise InputError("wave: holds NaN or infinity; export the recording again")
    length, step = max(2, round(window * sample_rate)), max(1, round(hop * sample_rate))
    size = int(fft.next_fast_len(length, real=True) or length)
    taper = np.hanning(length + 1)[:-1].astype(np.float32)
    taper *= np.float32(2.0 / taper.sum())
    padded = np.pad(np.asarray(wave, np.float32), (length // 2, length))
    frames = np.lib.stride_tricks.sliding_window_view(padded, length)[::step]
    frames = frames[: wave.size // step + 1]
    power = np.empty((len(frames), size // 2 + 1), np.float32)
    for first in range(0, len(frames), _AT_ONCE):
        found = np.asarray(fft.rfft(frames[first : first + _AT_ONCE] * taper, size), np.complex64)
        power[first : first + _AT_ONCE] = found.real**2 + found.imag**2
    hz = (np.arange(size // 2 + 1) * (sample_rate / size)).astype(np.float32)
    return Spectrum(power, hz, sample_rate / step, size, sample_rate)
