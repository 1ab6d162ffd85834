"""Mel bands, and the distance between two waveforms that the codec is judged by."""

from __future__ import annotations

import functools

import numpy as np
import torch
from numpy.typing import NDArray

Wave = NDArray[np.float32]

#: (window, number of mel bands) at which two notes are compared, in samples at 44.1 kHz.
SCALES: tuple[tuple[int, int], ...] = ((2048, 80), (512, 40), (128, 16))


def hz_to_mel(hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """HTK mel scale: 2595 log10(1 + f / 700)."""
    return 2595.0 * np.log10(1.0 + np.asarray(hz, dtype=np.float64) / 700.0)


def mel_to_hz(mel: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Inverse of `hz_to_mel`."""
    return 700.0 * (10.0 ** (np.asarray(mel, dtype=np.float64) / 2595.0) - 1.0)


@functools.lru_cache(maxsize=32)
def mel_filterbank(
    sample_rate: int, window: int, bands: int, low: float = 0.0, high: float | None = None
) -> torch.Tensor:
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
    bins = np.linspace(0, sample_rate / 2, window // 2 + 1)
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (bins - lower) / (centre - lower), (upper - bins) / (upper - centre)
    weights = np.maximum(0.0, np.minimum(rising, falling))
    for band in np.flatnonzero(weights.sum(1) == 0):
        weights[band, np.argmin(np.abs(bins - centre[band]))] = 1.0
    weights /= weights.sum(1, keepdims=True)
    return torch.tensor(weights, dtype=torch.float32)


@functools.lru_cache(maxsize=32)
def hann(length: int) -> torch.Tensor:
    """Periodic Hann window `[length]`."""
    return torch.hann_window(length, periodic=True)


def mel_magnitude(wave: torch.Tensor, sample_rate: int, window: int, bands: int) -> torch.Tensor:
    """Mean magnitude per mel band, scaled so that a full-scale sine has magnitude one.

    Args:
        wave: `[..., T]`.
        sample_rate: in Hz.
        window: length of the Fourier transform in samples.
        bands: number of mel bands.

    Returns:
        `[..., bands, frames]` at a hop of a quarter of the window.
    """
    taper = hann(window)
    spectrum = torch.stft(
        wave, window, window // 4, window=taper, pad_mode="constant", return_complex=True
    ).abs()
    return mel_filterbank(sample_rate, window, bands) @ (spectrum / (taper.sum() / 2))


def log_mel_distance(
    reference: Wave, estimate: Wave, sample_rate: int, floor_db: float = -100.0
) -> float:
    """Mean absolute difference of log10 mel magnitudes over windows of 2048, 512 and 128 samples.

    Both waves are scaled by the gain that brings the *reference* to a peak of one, so that a soft
    note is judged as strictly as a loud one; what lies below `floor_db` of that peak counts as
    silence. An error of 0.05 is one decibel.

    Args:
        reference: `[T]`, not silent.
        estimate: `[T']`; the common length is compared.
        sample_rate: in Hz; the windows are meant for 44100.
        floor_db: level in dB below the reference's peak under which differences do not count.

    Returns:
        The mean over the three windows, in units of log10 magnitude.
    """
    length = min(len(reference), len(estimate))
    gain = 1.0 / float(np.abs(reference).max())
    pair = torch.from_numpy(np.stack([reference[:length], estimate[:length]]) * np.float32(gain))
    floor = 10.0 ** (floor_db / 20)
    distances: list[torch.Tensor] = []
    for window, bands in SCALES:
        log_mel = mel_magnitude(pair, sample_rate, window, bands).clamp_min(floor).log10()
        distances.append((log_mel[0] - log_mel[1]).abs().mean())
    return float(torch.stack(distances).mean())
