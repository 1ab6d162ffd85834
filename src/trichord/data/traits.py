"""Measured traits of a note of known pitch: what words such as bright, short or breathy rest on."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.notes import midi_to_hz
from trichord.data.schema import HELD_SECONDS, SAMPLE_RATE

Wave = NDArray[np.float32]

HOP = 441
"""Samples between envelope points: 10 ms."""

_FFT = 65536
_SILENCE_DB = -120.0


@dataclass(frozen=True)
class Traits:
    """Traits of one note, or the mean over an instrument's probe notes.

    Attributes:
        level_db: loudest 10 ms, dBFS.
        brightness: octaves from the fundamental to the spectral centroid (power-weighted).
        attack_s: seconds from 10 % to 90 % of the largest amplitude.
        decay_s: seconds from the peak until the note has lost 20 dB; 4 if it never does while held.
        sustain_db: level at the end of the hold, against the peak.
        release_s: seconds after note-off until the note has lost 30 dB, at most 1.
        harmonic_db: energy on the partials against the rest, between 0.5 and 20 times f0.
        fundamental: share of the partials' energy in the first, 0..1.
        vibrato_cents: spread of the instantaneous pitch between 0.8 and 3.5 s.
        beating_db: spread of a strong partial's level around its trend over the same time.
        cents: tuning against equal temperament, from the partials.
    """

    level_db: float
    brightness: float
    attack_s: float
    decay_s: float
    sustain_db: float
    release_s: float
    harmonic_db: float
    fundamental: float
    vibrato_cents: float
    beating_db: float
    cents: float


def measure(wave: Wave, pitch: int) -> Traits:
    """Measure a note rendered to the corpus's timing (held 4 s, released for 1 s).

    Args:
        wave: float32 [T] at 44.1 kHz, note-on at the first sample.
        pitch: the MIDI pitch that was asked for.
    """
    f0 = midi_to_hz(pitch)
    envelope = envelope_db(wave)
    power = note_spectrum(wave)
    vibrato, beating = _modulation(wave, f0, power)
    return Traits(
        level_db=float(envelope.max()),
        brightness=_brightness(power, f0),
        attack_s=_attack(envelope),
        decay_s=_decay(envelope),
        sustain_db=float(envelope[350:390].mean() - envelope.max()),
        release_s=_release(envelope),
        harmonic_db=_harmonic_db(power, f0),
        fundamental=_fundamental(power, f0),
        vibrato_cents=vibrato,
        beating_db=beating,
        cents=tuning_cents(power, f0).cents,
    )


def mean_traits(traits: list[Traits]) -> dict[str, float]:
    """The mean of each trait over an instrument's probe notes, rounded to what is measurable."""
    rows = [asdict(one) for one in traits]
    return {key: round(float(np.mean([row[key] for row in rows])), 3) for key in rows[0]}


def envelope_db(wave: Wave) -> NDArray[np.float64]:
    """Level of each 10 ms in dBFS (RMS), never below -120."""
    frames = wave[: len(wave) // HOP * HOP].reshape(-1, HOP).astype(np.float64)
    return 10.0 * np.log10(np.square(frames).mean(axis=1) + 10.0 ** (_SILENCE_DB / 10.0))


def note_spectrum(wave: Wave) -> NDArray[np.float64]:
    """Power spectrum of the note's early body (0.05-0.8 s, later where the attack is slow).

    Returns:
        [32769] power, bins of 44100 / 65536 Hz.
    """
    peak = int(np.argmax(np.abs(wave[: 2 * SAMPLE_RATE])))
    start = min(max(peak - HOP, int(0.05 * SAMPLE_RATE)), 2 * SAMPLE_RATE)
    part = wave[start : start + _FFT // 2].astype(np.float64)
    windowed = part * np.hanning(len(part))
    return np.square(np.abs(np.fft.rfft(windowed, _FFT)))


@dataclass(frozen=True)
class Tuning:
    """Deviation of the partials from the intended pitch.

    Attributes:
        cents: weighted median over the partials.
        confidence: share of the energy (0.5 to 12 f0) that lies within 80 cents of a partial.
    """

    cents: float
    confidence: float


def tuning_cents(power: NDArray[np.float64], f0: float) -> Tuning:
    """Tuning against the intended pitch, from the first partials of a power spectrum."""
    bin_hz = SAMPLE_RATE / _FFT
    cents: list[float] = []
    weights: list[float] = []
    near = 0.0
    for partial in range(1, 13):
        centre = partial * f0
        if centre > 0.45 * SAMPLE_RATE:
            break
        reach = max(centre * (2.0 ** (80.0 / 1200.0) - 1.0), 2.0 * bin_hz)
        low, high = int((centre - reach) / bin_hz), int((centre + reach) / bin_hz) + 2
        peak = low + int(np.argmax(power[low:high]))
        near += float(power[low:high].sum())
        hz = _refine(power, peak) * bin_hz
        cents.append(1200.0 * float(np.log2(hz / centre)))
        weights.append(float(np.sqrt(power[peak])))
    band = power[int(0.5 * f0 / bin_hz) : int(12.5 * f0 / bin_hz)]
    return Tuning(_weighted_median(cents, weights), near / (float(band.sum()) + 1e-30))


def _refine(power: NDArray[np.float64], peak: int) -> float:
    """Parabola through the logarithms of three bins: the peak's position in bins."""
    if peak <= 0 or peak >= len(power) - 1:
        return float(peak)
    a, b, c = np.log(power[peak - 1 : peak + 2] + 1e-30)
    bend = a - 2.0 * b + c
    return peak + (0.5 * float((a - c) / bend) if bend < 0 else 0.0)


def _weighted_median(values: list[float], weights: list[float]) -> float:
    order = np.argsort(values)
    cumulated = np.cumsum(np.asarray(weights)[order])
    middle = int(np.searchsorted(cumulated, 0.5 * cumulated[-1]))
    return float(np.asarray(values)[order][min(middle, len(values) - 1)])


def _brightness(power: NDArray[np.float64], f0: float) -> float:
    hz = np.arange(len(power)) * (SAMPLE_RATE / _FFT)
    audible = (hz > 20.0) & (hz < 18000.0)
    centroid = float((hz * power)[audible].sum() / (power[audible].sum() + 1e-30))
    return float(np.log2(max(centroid, 20.0) / f0))


def _attack(envelope: NDArray[np.float64]) -> float:
    top = envelope[:300].max()
    late = int(np.argmax(envelope >= top - 0.915))  # 90 % of the amplitude
    early = int(np.argmax(envelope >= top - 20.0))  # 10 %
    return (late - early) * HOP / SAMPLE_RATE


def _decay(envelope: NDArray[np.float64]) -> float:
    peak = int(np.argmax(envelope))
    held = envelope[peak : int(HELD_SECONDS * 100)]
    below = np.nonzero(held < envelope[peak] - 20.0)[0]
    return float(below[0]) * HOP / SAMPLE_RATE if len(below) else HELD_SECONDS


def _release(envelope: NDArray[np.float64]) -> float:
    off = int(HELD_SECONDS * 100)
    before = float(envelope[off - 10 : off].mean())
    below = np.nonzero(envelope[off:] < max(before - 30.0, -100.0))[0]
    return float(below[0]) * HOP / SAMPLE_RATE if len(below) else 1.0


def _partial_mask(count: int, f0: float) -> NDArray[np.bool_]:
    """Bins within 1.2 % (at least 4 Hz) of one of the first twenty partials."""
    hz = np.arange(count) * (SAMPLE_RATE / _FFT)
    nearest = np.clip(np.round(hz / f0), 1, 20) * f0
    return np.abs(hz - nearest) <= np.maximum(4.0, 0.012 * nearest)


def _harmonic_db(power: NDArray[np.float64], f0: float) -> float:
    bin_hz = SAMPLE_RATE / _FFT
    low, high = int(0.5 * f0 / bin_hz), int(min(20.5 * f0, 18000.0) / bin_hz)
    mask = _partial_mask(len(power), f0)[low:high]
    band = power[low:high]
    on, off = float(band[mask].sum()), float(band[~mask].sum())
    return float(np.clip(10.0 * np.log10((on + 1e-30) / (off + 1e-30)), -20.0, 80.0))


def _fundamental(power: NDArray[np.float64], f0: float) -> float:
    bin_hz = SAMPLE_RATE / _FFT
    mask = _partial_mask(len(power), f0)
    first = slice(int(0.5 * f0 / bin_hz), int(1.5 * f0 / bin_hz))
    total = float(power[mask].sum())
    return float(power[first][mask[first]].sum()) / (total + 1e-30)


def _modulation(wave: Wave, f0: float, power: NDArray[np.float64]) -> tuple[float, float]:
    """Spread of pitch (cents) and of level (dB) of the strongest partial above 200 Hz."""
    part = wave[int(0.8 * SAMPLE_RATE) : int(3.5 * SAMPLE_RATE)].astype(np.float64)
    if float(np.sqrt(np.square(part).mean())) < 1e-4:
        return 0.0, 0.0
    first = max(1, int(np.ceil(200.0 / f0)))
    partials = [k for k in range(first, first + 4) if k * f0 < 12000.0] or [1]
    bins = [round(k * f0 * _FFT / SAMPLE_RATE) for k in partials]
    centre = partials[int(np.argmax([power[b - 3 : b + 4].max() for b in bins]))] * f0
    track = _analytic_band(part, centre)
    level = 20.0 * np.log10(np.abs(track) + 1e-9)
    time = np.arange(len(level))
    level = level - np.polyval(np.polyfit(time, level, 2), time)
    turn = np.angle(track[1:] * np.conj(track[:-1]))
    cents = 1200.0 / np.log(2.0) * turn * _TRACK_RATE / (2.0 * np.pi * centre)
    low, high = np.percentile(cents, [16, 84])
    return float(min(high - low, 200.0) / 2.0), float(min(level.std(), 20.0))


_TRACK_RATE = 200.0


def _analytic_band(part: NDArray[np.float64], centre: float) -> NDArray[np.complex128]:
    """The band of ±3.5 % (at least ±9 Hz) around `centre`, shifted to 0 Hz, 200 points a second."""
    count = len(part)
    spectrum = np.fft.fft(part * np.hanning(count) ** 0.25)
    middle = round(centre * count / SAMPLE_RATE)
    reach = int(max(9.0, min(0.035 * centre, 90.0)) * count / SAMPLE_RATE)
    points = int(count / SAMPLE_RATE * _TRACK_RATE)
    band = np.zeros(points, np.complex128)
    for offset in range(-reach, reach + 1):
        band[offset % points] = spectrum[middle + offset]
    edge = points // 10
    return np.fft.ifft(band)[edge:-edge]
