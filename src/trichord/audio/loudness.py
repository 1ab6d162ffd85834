"""How loud a note is: K-weighted level after ITU-R BS.1770-4, and short-time envelopes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SILENCE_DB = -120.0
"""What is returned for digital silence, so that no figure is ever minus infinity."""

WINDOW_SECONDS = 0.4
_HOP_SECONDS = 0.02
_TAIL_SECONDS = 0.1


def amplitude_db(amplitude: float) -> float:
    """Linear amplitude as dB relative to full scale, not below `SILENCE_DB`."""
    return max(SILENCE_DB, 20.0 * float(np.log10(max(amplitude, 1e-12))))


def peak_db(wave: NDArray[np.float32]) -> float:
    """Highest sample in dBFS."""
    return amplitude_db(float(np.max(np.abs(wave))) if wave.size else 0.0)


def loudness(wave: NDArray[np.float32], sample_rate: int) -> float:
    """K-weighted level of the loudest 400 ms of a note, in dB (LUFS of that block).

    A note shorter than 400 ms is averaged over what there is, so that a short click is not called
    soft only because silence follows it.

    Args:
        wave: mono samples `[T]`.
        sample_rate: Hz.
    """
    if wave.size == 0:
        return SILENCE_DB
    power = k_weighted(wave, sample_rate).astype(np.float64) ** 2
    block = min(wave.size, int(WINDOW_SECONDS * sample_rate))
    hop = max(1, int(_HOP_SECONDS * sample_rate))
    total = np.concatenate([[0.0], np.cumsum(power)])
    starts = np.arange(0, wave.size - block + 1, hop)
    loudest = float(np.max(total[starts + block] - total[starts])) / block
    return max(SILENCE_DB, -0.691 + 10.0 * float(np.log10(max(loudest, 1e-14))))


def k_weighted(wave: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """The wave behind BS.1770's two filters (head shelf, then high-pass), same length.

    The filters are applied by their exact frequency response; the padding lets their ringing
    (a pole at 38 Hz) die out before the circular transform would fold it back.
    """
    size = _fast_size(wave.size + int(_TAIL_SECONDS * sample_rate))
    spectrum = np.fft.rfft(wave, size) * k_response(size, sample_rate)
    return np.fft.irfft(spectrum, size)[: wave.size].astype(np.float32)


def envelope(
    wave: NDArray[np.float32], sample_rate: int, window: float = 0.01
) -> NDArray[np.float32]:
    """Root-mean-square level in dBFS of consecutive windows.

    Args:
        wave: mono samples `[T]`.
        sample_rate: Hz.
        window: seconds per value; the windows do not overlap.

    Returns:
        Levels `[N]` in dBFS with `N = ceil(T / window)`.
    """
    size = max(1, round(window * sample_rate))
    count = max(1, -(-wave.size // size))
    padded = np.zeros(count * size, dtype=np.float64)
    padded[: wave.size] = wave
    power = np.mean(padded.reshape(count, size) ** 2, axis=1)
    last = wave.size - (count - 1) * size
    if 0 < last < size:  # the last window is averaged over the samples that exist
        power[-1] *= size / last
    return np.maximum(SILENCE_DB, 10.0 * np.log10(np.maximum(power, 1e-14))).astype(np.float32)


def _fast_size(least: int) -> int:
    """Smallest length 2^a, 3·2^a or 5·2^a that holds `least` samples: quick to transform."""
    power = 1 << max(0, (least - 1).bit_length())
    return min(size for size in (power, power * 3 // 4, power * 5 // 8) if size >= least)


@lru_cache(maxsize=16)
def k_response(size: int, sample_rate: int) -> NDArray[np.complex128]:
    """Response of both filters at the bins of a real transform of `size` samples."""
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = np.ones(z.shape, dtype=np.complex128)
    for numerator, denominator in (_shelf(sample_rate), _high_pass(sample_rate)):
        response *= np.polyval(numerator[::-1], z) / np.polyval(denominator[::-1], z)
    return response


def _shelf(sample_rate: int) -> tuple[list[float], list[float]]:
    """The +4 dB shelf of the head; constants that give the standard's table at 48 kHz."""
    k = np.tan(np.pi * 1681.974450955533 / sample_rate)
    q, high = 0.7071752369554196, 10.0 ** (3.999843853973347 / 20.0)
    band = high**0.4996667741545416
    a0 = 1.0 + k / q + k * k
    numerator = [high + band * k / q + k * k, 2.0 * (k * k - high), high - band * k / q + k * k]
    denominator = [1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0]
    return [value / a0 for value in numerator], denominator


def _high_pass(sample_rate: int) -> tuple[list[float], list[float]]:
    """The RLB high-pass at 38 Hz."""
    k = np.tan(np.pi * 38.13547087602444 / sample_rate)
    q = 0.5003270373238773
    a0 = 1.0 + k / q + k * k
    return [1.0, -2.0, 1.0], [1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0]
