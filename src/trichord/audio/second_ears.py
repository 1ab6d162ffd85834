"""A second pair of ears: another descriptor of the real sound, built in another way.

Statistics of a sound texture after McDermott and Simoncelli (2011): marginal moments of each band's
envelope, its modulation spectrum, and how the bands move together. It shares nothing with
`yardstick` but the Fourier transform: power-law bands instead of logarithms, no cepstra, no
pitch classes, no onsets. How well the two agree is what two honest listeners agree.
"""

from __future__ import annotations

import functools
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trichord.audio.mel_scale import mel_weights
from trichord.audio.spectrum import Floats, power_spectrum

WINDOW, HOP = 0.046, 0.0116
"""Seconds of a frame, and from frame to frame."""

BANDS, GROUPS = 32, 8
"""Mel bands, and how many neighbours are heard as one for modulation."""

LOWEST, HIGHEST = 50.0, 10_000.0
COMPRESSION = 0.3
"""Exponent of the power, near the ear's own."""

MODULATIONS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Edges in Hz of the seven octaves of modulation."""

FAMILY_SIZES = (3 * BANDS, GROUPS * (len(MODULATIONS) - 1), GROUPS * (GROUPS - 1) // 2)
"""Entries of each family, for `Standard.fit`: moments, modulation, correlations."""


def second_ears(wave: Floats, sample_rate: float) -> Floats:
    """The descriptor of a clip.

    Args:
        wave: mono samples `[T]`, full scale 1.
        sample_rate: Hz.

    Returns:
        `[180]`; bring it to one scale by `Standard.fit` with `FAMILY_SIZES`. Silence has one too.

    Raises:
        InputError: `wave` is not mono, empty or not finite.
    """
    spectrum = power_spectrum(wave, sample_rate, WINDOW, HOP)
    bands = spectrum.power @ _filters(spectrum.sample_rate, spectrum.size)
    envelopes = (bands.astype(np.float64) + 1e-10) ** COMPRESSION  # [frames, BANDS]
    groups = envelopes.reshape(len(envelopes), GROUPS, -1).mean(axis=2)
    return np.concatenate(
        [
            moments(envelopes),
            modulation(groups, spectrum.frame_rate),
            correlations(groups),
        ]
    ).astype(np.float32)


def moments(envelopes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean, spread over mean, and skewness of each band `[3 · BANDS]`."""
    mean, spread = envelopes.mean(axis=0), envelopes.std(axis=0)
    third = ((envelopes - mean) ** 3).mean(axis=0)
    return np.concatenate([mean, spread / mean, np.cbrt(third) / mean])


def modulation(groups: NDArray[np.float64], frame_rate: float) -> NDArray[np.float64]:
    """Depth of each group's course in octaves of modulation, relative to its mean `[8 · 7]`."""
    mean = groups.mean(axis=0)
    taper = np.hanning(len(groups) + 2)[1:-1, None]
    course = (groups - mean) / mean * taper
    power = np.abs(np.fft.rfft(course, axis=0)) ** 2 / (len(groups) * float((taper**2).sum()))
    hz = np.fft.rfftfreq(len(groups), 1.0 / frame_rate)
    depths: list[NDArray[np.float64]] = []
    for low, high in pairwise(MODULATIONS):
        depths.append(np.sqrt(power[(hz >= low) & (hz < high)].sum(axis=0)))
    return np.concatenate(depths)


def correlations(groups: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation of the courses of every two groups; 0 where one does not move `[28]`."""
    centred = groups - groups.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0))
    moves = spread > 1e-9 * np.sqrt(len(groups))
    units = np.where(moves, centred / np.where(moves, spread, 1.0), 0.0)
    return (units.T @ units)[np.triu_indices(groups.shape[1], k=1)]


@functools.lru_cache(maxsize=8)
def _filters(sample_rate: float, size: int) -> Floats:
    """[bins, BANDS]."""
    top = min(HIGHEST, 0.49 * sample_rate)
    return mel_weights(sample_rate, size, BANDS, LOWEST, top).T.astype(np.float32)
