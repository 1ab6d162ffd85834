"""What music information retrieval describes a clip with, made by hand: nothing here is learnt.

Five families: cepstra (Davis and Mermelstein, 1980), chroma (Fujishima, 1999), onsets and pulse
(spectral flux: Dixon, 2006; its autocorrelation: Percival and Tzanetakis, 2014), loudness over
time, and spectral shape (Peeters, 2004). It judges the towers because no tower was trained on it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from trichord.audio.mel_scale import mel_weights
from trichord.audio.spectrum import Floats, Spectrum, power_spectrum

WINDOW, HOP = 0.064, 0.016
"""Seconds of a frame, and from frame to frame."""

MELS, CEPSTRA = 40, 20
LOWEST, HIGHEST = 30.0, 10_000.0
"""Hz; what lies outside is not described, so that clips of all rates from 22 kHz compare."""

FLOOR = 1e-8
"""Power (−80 dB of a sine at full scale) under which all is silence."""

PULSES = 24
"""Periods from 0.1 s to 2 s, evenly in their logarithm, at which a pulse is looked for."""
PERIODS = np.geomspace(0.1, 2.0, PULSES)
_STEP = float(np.log(PERIODS[1] / PERIODS[0]))

STRETCHES = 6
"""Equal parts of the clip whose loudness is told one by one."""

_KEPT_DB = 60.0
"""Frames further below the loudest one say nothing of timbre or harmony."""


def yardstick(wave: Floats, sample_rate: float) -> Floats:
    """The descriptor of a clip.

    Args:
        wave: mono samples `[T]`, full scale 1.
        sample_rate: Hz.

    Returns:
        `[D]`, entries of very different sizes: bring them to one scale by `Standard.fit` with
        `FAMILY_SIZES`. Silence has one too.

    Raises:
        InputError: `wave` is not mono, empty or not finite.
    """
    spectrum = power_spectrum(wave, sample_rate, WINDOW, HOP)
    return np.concatenate([family(spectrum) for family in FAMILIES.values()]).astype(np.float32)


def cepstra(spectrum: Spectrum) -> NDArray[np.float64]:
    """Mean and spread of 20 cepstra over the sounding frames, and spread of their steps `[60]`."""
    from scipy.fft import dct

    mel = _heard(spectrum) @ _mel(spectrum.sample_rate, spectrum.size)
    values = np.asarray(dct(10.0 * np.log10(mel + FLOOR), axis=1, norm="ortho"))[:, :CEPSTRA]
    steps = np.diff(values, axis=0) if len(values) > 1 else np.zeros((1, CEPSTRA))
    return np.concatenate([values.mean(axis=0), values.std(axis=0), steps.std(axis=0)])


def chroma(spectrum: Spectrum) -> NDArray[np.float64]:
    """Mean and spread of each pitch class's share, and how far one class rules a frame `[25]`."""
    classes = np.sqrt(_heard(spectrum)) @ _pitch_classes(spectrum.sample_rate, spectrum.size)
    shares = classes / (classes.sum(axis=1, keepdims=True) + 1e-6)
    peak = shares.max(axis=1).mean()
    return np.concatenate([shares.mean(axis=0), shares.std(axis=0), [peak]])


def rhythm(spectrum: Spectrum) -> NDArray[np.float64]:
    """Flux, its spread, strokes a second, and the pulse: strength by period, best one `[29]`."""
    flux = onset_strength(spectrum)
    strokes = _peaks(flux, spectrum.frame_rate)
    seconds = len(flux) / spectrum.frame_rate
    pulse = pulse_strength(flux, spectrum.frame_rate)
    # Multiples of a pulse are as strong as itself: the shortest of the strong ones is meant.
    best = np.log2(PERIODS[int(np.argmax(pulse >= 0.8 * pulse.max()))])
    return np.concatenate([[flux.mean(), flux.std(), strokes / seconds, best, pulse.max()], pulse])


def loudness(spectrum: Spectrum) -> NDArray[np.float64]:
    """Level in dB: mean, spread, quartiles, silent share, steps, and the six stretches `[13]`."""
    level = 10.0 * np.log10(spectrum.power.sum(axis=1, dtype=np.float64) + FLOOR)
    quartiles = np.percentile(level, [10, 50, 90])
    silent = float((level < -60.0).mean())
    steps = float(np.abs(np.diff(level)).mean()) if len(level) > 1 else 0.0
    parts = [part.mean() if part.size else level[-1] for part in np.array_split(level, STRETCHES)]
    return np.concatenate([[level.mean(), level.std(), *quartiles, silent, steps], parts])


def shape(spectrum: Spectrum) -> NDArray[np.float64]:
    """Mean and spread of centroid, width, roll-off (octaves), flatness and low share `[10]`."""
    inside = (spectrum.hz >= LOWEST) & (spectrum.hz <= HIGHEST)
    power = _heard(spectrum)[:, inside].astype(np.float64) + 1e-12
    octaves = np.log2(spectrum.hz[inside].astype(np.float64))
    shares = power / power.sum(axis=1, keepdims=True)
    centroid = shares @ octaves
    width = np.sqrt(np.maximum(0.0, shares @ octaves**2 - centroid**2))
    rolloff = octaves[np.argmax(np.cumsum(shares, axis=1) >= 0.85, axis=1)]
    flatness = np.log(power).mean(axis=1) - np.log(power.mean(axis=1))
    low = shares[:, spectrum.hz[inside] < 200.0].sum(axis=1)
    told = np.stack([centroid, width, rolloff, flatness, low])
    return np.concatenate([told.mean(axis=1), told.std(axis=1)])


def onset_strength(spectrum: Spectrum) -> NDArray[np.float64]:
    """Rise of the compressed mel spectrum from frame to frame, mean over bands `[frames]`."""
    mel = np.log1p(spectrum.power @ _mel(spectrum.sample_rate, spectrum.size) / 1e-6)
    rise = np.maximum(0.0, np.diff(mel, axis=0, prepend=mel[:1])).mean(axis=1)
    return rise.astype(np.float64)


def pulse_strength(flux: NDArray[np.float64], frame_rate: float) -> NDArray[np.float64]:
    """Autocorrelation of the flux at `PERIODS`, 1 at lag 0; zero where nothing moves `[24]`."""
    centred = flux - flux.mean()
    size = 2 * len(centred)
    own = np.fft.irfft(np.abs(np.fft.rfft(centred, size)) ** 2, size)[: len(centred)]
    if own[0] <= 1e-9 * len(centred):
        return np.zeros(PULSES)
    lags = np.arange(len(own))
    fair = own / own[0] * len(own) / np.maximum(len(own) - lags, 1)  # fewer frames at long lags
    # A peak is narrower than the step from period to period: the best lag of each step counts.
    nearest = np.rint(np.log(np.maximum(lags, 1) / (PERIODS[0] * frame_rate)) / _STEP).astype(int)
    strength = np.zeros(PULSES)
    inside = (nearest >= 0) & (nearest < PULSES)
    np.maximum.at(strength, nearest[inside], fair[inside])
    return strength


def _peaks(flux: NDArray[np.float64], frame_rate: float) -> int:
    """Local maxima that stand out of the flux by its spread, 50 ms apart or more."""
    from scipy.signal import find_peaks

    if flux.std() < 1e-6:
        return 0
    apart = max(1, round(0.05 * frame_rate))
    found, _ = find_peaks(flux, height=flux.mean() + flux.std(), distance=apart)
    return len(found)


def _heard(spectrum: Spectrum) -> Floats:
    """The frames that are not far below the loudest one; all where there is only silence."""
    level = spectrum.power.sum(axis=1)
    heard = level >= max(float(level.max()) * 10.0 ** (-_KEPT_DB / 10.0), FLOOR)
    return spectrum.power[heard] if heard.any() else spectrum.power


@functools.lru_cache(maxsize=8)
def _mel(sample_rate: float, size: int) -> Floats:
    """[bins, MELS]."""
    top = min(HIGHEST, 0.49 * sample_rate)
    return mel_weights(sample_rate, size, MELS, LOWEST, top).T.astype(np.float32)


@functools.lru_cache(maxsize=8)
def _pitch_classes(sample_rate: float, size: int) -> Floats:
    """[bins, 12]: each bin from 65 Hz to 4 kHz shared between the two nearest classes."""
    hz = np.arange(size // 2 + 1) * (sample_rate / size)
    inside = np.flatnonzero((hz > 65.0) & (hz < 4000.0))
    note = 69.0 + 12.0 * np.log2(hz[inside] / 440.0)
    below = np.floor(note).astype(int)
    weights = np.zeros((len(hz), 12), np.float32)
    weights[inside, below % 12] += 1.0 - (note - below)
    weights[inside, (below + 1) % 12] += note - below
    return weights


FAMILIES: dict[str, Callable[[Spectrum], NDArray[np.float64]]] = {
    "cepstra": cepstra,
    "chroma": chroma,
    "rhythm": rhythm,
    "loudness": loudness,
    "shape": shape,
}
"""In the order of the descriptor."""

FAMILY_SIZES = (60, 25, 29, 13, 10)
"""Entries of each family, for `Standard.fit`."""
