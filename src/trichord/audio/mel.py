"""Mel bands, and the distance between two waveforms that the codec is judged by."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from trichord.audio.mel_scale import mel_weights
from trichord.audio.tables import kept_table

Wave = NDArray[np.float32]

#: (window, number of mel bands) at which two notes are compared, in samples at 44.1 kHz.
SCALES: tuple[tuple[int, int], ...] = ((2048, 80), (512, 40), (128, 16))


@kept_table
def mel_filterbank(
    sample_rate: int, window: int, bands: int, low: float = 0.0, high: float | None = None
) -> torch.Tensor:
    """The filters of `mel_scale.mel_weights` as a float32 tensor `[bands, window // 2 + 1]`."""
    return torch.tensor(mel_weights(sample_rate, window, bands, low, high), dtype=torch.float32)


@kept_table
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
