"""Power in semitone bands over time: the grid on which programs are sketched and compared.

Bands a semitone apart make a transposition a shift by whole rows, and one fixed scale keeps the
level: 0 dB is a sine at full scale. The logarithm, averaged to frames of 93 ms, is the *picture*
of a clip that networks read.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.resample import resample
from trichord.errors import InputError

Floats = NDArray[np.float32]

FLOOR_DB = -80.0
"""dB below a sine at full scale at which a picture is black."""

PICTURE_FRAMES = 4
"""Frames of the grid in one column of a picture."""

_AT_ONCE = 128
"""Frames transformed at a time: what fits the cache is done sooner."""


@dataclass(frozen=True)
class BandGrid:
    """Bands by frames.

    Attributes:
        low: MIDI note on which the lowest band is centred.
        high: MIDI note past the highest band.
        sample_rate: Hz; sounds of other rates are resampled.
        hop: samples from frame to frame.
        n_fft: samples of a frame's window.
    """

    low: int = 20
    high: int = 128
    sample_rate: int = 22050
    hop: int = 512
    n_fft: int = 4096

    @property
    def bands(self) -> int:
        """Number of bands."""
        return self.high - self.low

    @property
    def frame_rate(self) -> float:
        """Frames per second."""
        return self.sample_rate / self.hop

    @property
    def notes(self) -> Floats:
        """MIDI note of every band `[bands]`."""
        return np.arange(self.low, self.high, dtype=np.float32)

    def frames(self, seconds: float) -> int:
        """Frames of a sound; the first is centred on its start, so there is one more than hops."""
        return int(seconds * self.sample_rate) // self.hop + 1


GRID = BandGrid()
"""The grid of all pictures."""


def band_power(wave: Floats, sample_rate: float, grid: BandGrid = GRID) -> Floats:
    """Power of a sound in semitone bands.

    Frames are Hann windows centred on multiples of the hop; what lies beyond the ends is silence.

    Args:
        wave: mono samples `[T]`.
        sample_rate: of `wave`, Hz.
        grid: bands and frames.

    Returns:
        `[bands, frames]`, scaled by Parseval's theorem so that the bands of a lasting sine of
        amplitude 1 sum to 1 (where bands are wider than a bin: above 90 Hz on the usual grid).

    Raises:
        InputError: `wave` is not mono.
    """
    from scipy import fft

    if wave.ndim != 1:
        raise InputError(f"wave: shape {wave.shape}; give one channel")
    samples = resample(wave, sample_rate, grid.sample_rate)
    count = len(samples) // grid.hop + 1
    side = grid.n_fft // 2
    padded = np.pad(samples, (side, side + grid.hop))
    windows = np.lib.stride_tricks.sliding_window_view(padded, grid.n_fft)[:: grid.hop][:count]
    taper, filters = _taper(grid.n_fft), filterbank(grid)
    power = np.empty((count, grid.bands), np.float32)
    for first in range(0, count, _AT_ONCE):
        spectrum = np.asarray(fft.rfft(windows[first : first + _AT_ONCE] * taper), np.complex64)
        power[first : first + _AT_ONCE] = (spectrum.real**2 + spectrum.imag**2) @ filters
    return np.ascontiguousarray(power.T)


def log_bands(power: Floats, floor_db: float = FLOOR_DB) -> Floats:
    """Band power in dB above a fixed floor: 0 is silence, 80 a sine at full scale in one band.

    The floor is added to the power, so that the logarithm bends towards 0 without a corner.
    """
    gain = np.float32(10.0 ** (-floor_db / 10))
    return (10.0 * np.log10(1.0 + gain * power)).astype(np.float32)


def pooled(log: Floats, frames: int = PICTURE_FRAMES) -> Floats:
    """Means of `frames` columns each: `[bands, F]` -> `[bands, ceil(F / frames)]`.

    The last column averages what is left.
    """
    starts = np.arange(0, log.shape[1], frames)
    sizes = np.minimum(frames, log.shape[1] - starts)
    sums = np.add.reduceat(log, starts, axis=1)
    return (sums / sizes).astype(np.float32)


def fit_frames(power: Floats, frames: int) -> Floats:
    """Exactly so many columns: the rest is cut off, or silence put behind."""
    if power.shape[1] >= frames:
        return power[:, :frames]
    return np.pad(power, ((0, 0), (0, frames - power.shape[1])))


def picture(
    wave: Floats, sample_rate: float, *, seconds: float | None = 18.0, grid: BandGrid = GRID
) -> Floats:
    """The picture of a sound, dB above the floor in frames of 93 ms.

    Args:
        wave: mono samples `[T]`.
        sample_rate: of `wave`, Hz.
        seconds: length of the picture, or None for that of the sound.
        grid: bands and frames.

    Returns:
        `[bands, ceil(frames / 4)]`: 108 by 194 for 18 s.
    """
    power = band_power(wave, sample_rate, grid)
    return picture_of(power, None if seconds is None else grid.frames(seconds))


def picture_of(power: Floats, frames: int | None = None) -> Floats:
    """The picture of band power `[bands, F]`, cut or filled up to `frames` columns if given."""
    return pooled(log_bands(power if frames is None else fit_frames(power, frames)))


@functools.lru_cache(maxsize=8)
def filterbank(grid: BandGrid) -> Floats:
    """Triangles a semitone to each side, `[n_fft / 2 + 1, bands]`.

    A band narrower than a bin takes its nearest bin.
    """
    hz = np.fft.rfftfreq(grid.n_fft, 1.0 / grid.sample_rate)
    midi = 69.0 + 12.0 * np.log2(np.maximum(hz, 1.0) / 440.0)
    notes = grid.notes.astype(np.float64)
    weights = np.clip(1.0 - np.abs(midi[:, None] - notes[None]), 0.0, 1.0)
    for band in np.flatnonzero(weights.sum(0) < 0.5):
        weights[:, band] = 0.0
        weights[np.argmin(np.abs(midi - notes[band])), band] = 1.0
    return weights.astype(np.float32)


@functools.lru_cache(maxsize=8)
def _taper(length: int) -> Floats:
    """A periodic Hann window scaled so that a sine of amplitude 1 has a total power of 1."""
    window = np.hanning(length + 1)[:-1]
    return (window * np.sqrt(4.0 / (length * np.square(window).sum()))).astype(np.float32)
