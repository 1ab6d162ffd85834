"""The spectrum of the sounding part of a note and the peaks in it, shared by the pitch readers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.loudness import envelope
from trichord.audio.onset import onset

_HOP_SECONDS = 0.01
_AUDIBLE_BELOW_PEAK_DB = 35.0
_LOBE_BINS = 2.0
"""Half the main lobe of a Hann window, in bins of its own length."""


@dataclass(frozen=True)
class Spectrum:
    """Magnitudes of one long window over the sounding part of a note."""

    magnitudes: NDArray[np.float64]
    """`[bins]`, linear."""
    bin_hz: float
    """Spacing of the bins (the transform is padded, so this is finer than the resolution)."""
    seconds: float
    """Length of the window before padding."""

    @property
    def lobe_hz(self) -> float:
        """Half the width of a steady partial's peak."""
        return _LOBE_BINS / self.seconds

    @property
    def top_hz(self) -> float:
        """Highest frequency held."""
        return (self.magnitudes.size - 1) * self.bin_hz


@dataclass(frozen=True)
class Peaks:
    """Local maxima of a spectrum, strongest first."""

    hz: NDArray[np.float64]
    amplitude: NDArray[np.float64]


def sounding_part(
    wave: NDArray[np.float32], sample_rate: int, longest: float = 0.8
) -> NDArray[np.float32]:
    """The stretch after the attack in which a note can be measured, at most `longest` seconds.

    It begins 60 ms after the onset, or after a fifth of the note where the note is shorter than
    300 ms, and ends where the level has fallen 35 dB below its peak.
    """
    body = wave[onset(wave, sample_rate) :]
    if body.size == 0:
        return body
    levels = envelope(body, sample_rate, _HOP_SECONDS)
    audible = np.flatnonzero(levels >= levels.max() - _AUDIBLE_BELOW_PEAK_DB)
    seconds = min(float(audible[-1] + 1) * _HOP_SECONDS, body.size / sample_rate)
    skip = min(0.06, 0.2 * seconds)
    return body[int(skip * sample_rate) : int(min(seconds, skip + longest) * sample_rate)]


def spectrum(stretch: NDArray[np.float32], sample_rate: int) -> Spectrum:
    """Hann-windowed magnitudes of a stretch, padded to at least twice its length."""
    size = 1 << (2 * max(stretch.size, 2) - 1).bit_length()
    window = np.hanning(stretch.size + 2)[1:-1]
    centred = stretch.astype(np.float64) - float(np.mean(stretch))
    magnitudes = np.abs(np.fft.rfft(centred * window, size)) * (2.0 / max(window.sum(), 1e-9))
    return Spectrum(magnitudes, sample_rate / size, stretch.size / sample_rate)


def find_peaks(
    view: Spectrum, *, low: float, high: float, count: int = 60, below_db: float = 55.0
) -> Peaks:
    """The strongest peaks between two frequencies.

    A peak is the maximum within half a main lobe to either side, stands 6 dB above the median of
    its surroundings, and lies at most `below_db` under the strongest.
    """
    mags = view.magnitudes
    first = max(1, int(low / view.bin_hz))
    last = min(mags.size - 1, int(high / view.bin_hz))
    if last - first < 3:
        return Peaks(np.zeros(0), np.zeros(0))
    band = mags[first:last]
    middle = (band >= mags[first - 1 : last - 1]) & (band > mags[first + 1 : last + 1])
    places = np.flatnonzero(middle) + first
    strong = mags[places] > band.max() * 10.0 ** (-below_db / 20.0)
    places = places[strong & (mags[places] > 2.0 * _local_median(mags, view)[places])]
    places = places[np.argsort(-mags[places], kind="stable")]
    kept = _thin_out(places, max(1, int(0.5 * view.lobe_hz / view.bin_hz)), count)
    return Peaks(_refine(mags, kept) * view.bin_hz, mags[kept])


def _thin_out(places: NDArray[np.intp], apart: int, count: int) -> NDArray[np.intp]:
    """The strongest places such that no two lie within `apart` bins."""
    kept: list[int] = []
    taken: set[int] = set()
    for place in places.tolist():
        cell = place // (apart + 1)
        if {cell - 1, cell, cell + 1} & taken and any(abs(place - k) <= apart for k in kept):
            continue
        kept.append(place)
        taken.add(cell)
        if len(kept) == count:
            break
    return np.array(kept, dtype=np.intp)


def _refine(mags: NDArray[np.float64], places: NDArray[np.intp]) -> NDArray[np.float64]:
    """Parabola through the logarithms of three bins: the peak's place between the bins."""
    left, mid, right = (np.log(np.maximum(mags[places + step], 1e-12)) for step in (-1, 0, 1))
    bend = left - 2.0 * mid + right
    shift = np.where(np.abs(bend) > 1e-12, 0.5 * (left - right) / np.where(bend == 0, 1, bend), 0.0)
    return places.astype(np.float64) + np.clip(shift, -0.5, 0.5)


def _local_median(mags: NDArray[np.float64], view: Spectrum) -> NDArray[np.float64]:
    """Median magnitude of the 200 Hz around each bin, in steps (it is only a floor)."""
    block = max(8, int(200.0 / view.bin_hz))
    count = -(-mags.size // block)
    padded = np.pad(mags, (0, count * block - mags.size), mode="edge").reshape(count, block)
    return np.repeat(np.median(padded, axis=1), block)[: mags.size]
