"""What is measured on a clip's audio: level, colour, and how it moves. One pass of transforms.

Left and right are the real and the imaginary part of one complex signal: a single transform then
gives the sum of both channels' power spectra, as |L|² + |R|² = (|Z(k)|² + |Z(−k)|²) / 2, and no
sound is lost where the channels are in antiphase. Two interleaved floats are such a number already.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from trichord.audio.loudness import SILENCE_DB, amplitude_db, k_response

Wave = NDArray[np.float32]
Power = NDArray[np.float32]

WINDOW, HOP = 2048, 1470
"""Samples; 46 and 33 ms at 44.1 kHz."""

_AT_ONCE = 64
"""Frames transformed at a time: what fits the cache is done in half the time."""

FULL_SCALE = 32767.0 / 32768.0
"""The highest 16-bit sample: what was cut off stands there."""

JUMP = 2.0
"""dB from one frame to the next from which a rise is an attack rather than a swell."""

CLIPPED_RUN = 3
"""Samples in a row at full scale that count as clipping rather than as a peak that fits."""


@dataclass(frozen=True)
class Sound:
    """Measures of one clip.

    Attributes:
        peak, rms: dBFS; loudness: integrated, LUFS, gated as in ITU-R BS.1770-4.
        clipped: share of samples in runs of at least `CLIPPED_RUN` at full scale.
        brightness: octaves above 1 kHz of the centroid of magnitudes, loud frames.
        bass, treble: share of the energy below 150 Hz and above 5 kHz, dB.
        flatness: spectral flatness between 100 Hz and 10 kHz, dB; 0 is white noise.
        contrast: dB between the levels that 90 % and 30 % of the frames stay below.
        strokes: dB a second by which the level jumps up from frame to frame: attacks, not swells.
        swell: dB by which the last third is louder than the first.
        range: dB between the levels of the loud and the soft seconds (95 and 10 %).
        width: energy of the difference of the channels against that of their sum, dB.
        active: share of the frames that sound, 0..1.
    """

    peak: float
    rms: float
    loudness: float
    clipped: float
    brightness: float
    bass: float
    treble: float
    flatness: float
    contrast: float
    strokes: float
    swell: float
    range: float
    width: float
    active: float


def measure_sound(audio: Wave, sample_rate: int) -> Sound:
    """Measure a clip.

    Args:
        audio: float32 [T, 2], full scale 1.
        sample_rate: Hz.
    """
    joined = _joined(audio)
    peak = float(max(audio.max(), -audio.min())) if audio.size else 0.0
    energy = float(np.vdot(joined, joined).real)
    power = power_frames(audio)
    weighted = power @ _k_power(sample_rate)
    level = 10.0 * np.log10(weighted + 1e-14)
    sounding = level > max(float(level.max()) - 50.0, -90.0)
    loud = power[sounding] if sounding.any() else power
    return Sound(
        peak=amplitude_db(peak),
        rms=amplitude_db(float(np.sqrt(energy / max(1, audio.size)))),
        loudness=_integrated(weighted, sample_rate),
        clipped=_clipped_share(audio) if peak >= FULL_SCALE else 0.0,
        brightness=_brightness(loud, sample_rate),
        bass=_share_db(loud, sample_rate, 0.0, 150.0),
        treble=_share_db(loud, sample_rate, 5000.0, sample_rate / 2.0),
        flatness=_flatness(loud, sample_rate),
        contrast=_spread(level, 30.0, 90.0),
        strokes=_strokes(level, sample_rate),
        swell=_swell(weighted),
        range=_spread(_seconds(weighted, sample_rate), 10.0, 95.0),
        width=_width(joined, energy),
        active=float(sounding.mean()) if peak > 0.0 else 0.0,
    )


def weighted_power(audio: Wave, sample_rate: int) -> Wave:
    """K-weighted power of both channels [frames], `HOP` samples apart."""
    return power_frames(audio) @ _k_power(sample_rate)


def power_frames(audio: Wave) -> Power:
    """Power spectra of both channels summed, scaled so that a frame's sum is its mean square.

    Args:
        audio: [T, 2].

    Returns:
        [frames, WINDOW / 2 + 1], float32.
    """
    from scipy import fft

    joined = _joined(audio)
    if len(joined) < WINDOW:
        joined = np.pad(joined, (0, WINDOW - len(joined)))
    frames = np.lib.stride_tricks.sliding_window_view(joined, WINDOW)[::HOP]
    half = WINDOW // 2
    power = np.empty((len(frames), half + 1), np.float32)
    for first in range(0, len(frames), _AT_ONCE):
        part = frames[first : first + _AT_ONCE] * _taper()
        spectrum = np.asarray(fft.fft(part, axis=1, overwrite_x=True), np.complex64)
        both = spectrum.real**2 + spectrum.imag**2
        both[:, 1:half] += both[:, :half:-1]
        power[first : first + len(part)] = both[:, : half + 1]
    return power


def _joined(audio: Wave) -> NDArray[np.complex64]:
    return np.ascontiguousarray(audio).view(np.complex64)[:, 0]


@lru_cache(maxsize=1)
def _taper() -> Wave:
    """A Hann window scaled so that the power spectrum of a frame sums to its mean square."""
    window = np.hanning(WINDOW + 1)[:-1]
    return (window / np.sqrt(WINDOW * np.square(window).sum())).astype(np.float32)


@lru_cache(maxsize=8)
def _k_power(sample_rate: int) -> Wave:
    return np.square(np.abs(k_response(WINDOW, sample_rate))).astype(np.float32)


@lru_cache(maxsize=8)
def _hz(sample_rate: int) -> Wave:
    return (np.arange(WINDOW // 2 + 1) * (sample_rate / WINDOW)).astype(np.float32)


def _integrated(weighted: Wave, sample_rate: int) -> float:
    """Blocks of 400 ms, gated at -70 LUFS and 10 LU below what is left."""
    size = max(1, round(0.4 * sample_rate / HOP))
    total = np.concatenate([[0.0], np.cumsum(weighted, dtype=np.float64)])
    starts = np.arange(0, max(1, len(weighted) - size + 1), max(1, size // 4))
    ends = np.minimum(starts + size, len(weighted))
    blocks = (total[ends] - total[starts]) / (ends - starts)
    for gate in (10.0 ** ((-70.0 + 0.691) / 10.0), None):
        least = gate if gate is not None else 0.1 * float(blocks.mean())
        blocks = blocks[blocks > least]
        if not blocks.size:
            return SILENCE_DB
    return -0.691 + 10.0 * float(np.log10(blocks.mean()))


def _clipped_share(audio: Wave) -> float:
    clipped = 0
    for channel in audio.T:
        at = np.abs(channel) >= FULL_SCALE
        edges = np.flatnonzero(np.diff(np.concatenate([[False], at, [False]]).astype(np.int8)))
        runs = edges[1::2] - edges[::2]
        clipped += int(runs[runs >= CLIPPED_RUN].sum())
    return clipped / audio.size


def _brightness(power: Power, sample_rate: int) -> float:
    magnitude = np.sqrt(power.mean(axis=0))
    hz = _hz(sample_rate)
    centroid = float((magnitude * hz).sum() / (magnitude.sum() + 1e-20))
    return float(np.log2(max(centroid, 30.0) / 1000.0))


def _share_db(power: Power, sample_rate: int, low: float, high: float) -> float:
    spectrum, hz = power.mean(axis=0), _hz(sample_rate)
    inside = float(spectrum[(hz >= low) & (hz < high)].sum())
    return 10.0 * float(np.log10(max(inside / (float(spectrum.sum()) + 1e-20), 1e-6)))


def _flatness(power: Power, sample_rate: int) -> float:
    hz = _hz(sample_rate)
    band = power[:, (hz >= 100.0) & (hz < 10000.0)] + 1e-13
    ratio = np.exp(np.log(band).mean(axis=1)) / band.mean(axis=1)
    return 10.0 * float(np.log10(float(np.median(ratio)) + 1e-6))


def _spread(level: NDArray[np.floating], low: float, high: float) -> float:
    """Difference of two percentiles of levels, dB, what is inaudible taken as -70."""
    bottom, top = np.percentile(np.maximum(level, -70.0), [low, high])
    return float(top - bottom)


def _seconds(weighted: Wave, sample_rate: int) -> NDArray[np.floating]:
    """Level of each second, dB."""
    size = max(1, round(sample_rate / HOP))
    count = max(1, len(weighted) // size)
    parts = np.array_split(weighted, count)
    return np.array([10.0 * np.log10(float(part.mean()) + 1e-14) for part in parts])


def _strokes(level: NDArray[np.floating], sample_rate: int) -> float:
    """Rises of more than `JUMP` between frames, above 40 dB below the loudest frame."""
    if len(level) < 2:
        return 0.0
    rise = np.diff(np.maximum(level, max(float(level.max()) - 40.0, -90.0)))
    return float(rise[rise > JUMP].sum() * sample_rate / (HOP * len(level)))


def _swell(weighted: Wave) -> float:
    if len(weighted) < 3:
        return 0.0
    first, _, last = (float(part.mean()) for part in np.array_split(weighted, 3))
    return float(np.clip(10.0 * np.log10((last + 1e-9) / (first + 1e-9)), -60.0, 60.0))


def _width(joined: NDArray[np.complex64], energy: float) -> float:
    """From L·R, half the imaginary part of Z², and the energy of both."""
    both = float(np.dot(joined, joined).imag)
    side, middle = max(0.0, energy - both), max(0.0, energy + both)
    return float(np.clip(10.0 * np.log10((side + 1e-9) / (middle + 1e-9)), -60.0, 60.0))
