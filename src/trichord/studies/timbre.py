"""A note in about a hundred hand-made numbers: the family's judge hears by these alone.

No learnt embedding has a part in them, so the judge shares nothing with the joint space.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trichord.audio.mel import mel_filterbank
from trichord.audio.notes import midi_to_hz
from trichord.audio.onset import onset

Wave = NDArray[np.float32]
Numbers = NDArray[np.float64]

RATE = 44100
SECONDS = 2.0
"""Of a note, from its onset on: before any release."""

_WINDOW, _HOP = 2048, 512
_BANDS, _CEPSTRA = 40, 14
_HARMONICS = 12
_PARTS = ((0.0, 0.08), (0.08, 0.5), (0.5, 1.8))
"""Attack, body and late part, in seconds."""
_LEVELS_AT = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
_FLOOR_DB = -80.0


def timbre_of(wave: Wave, pitch: int) -> Numbers:
    """Features of a note.

    Args:
        wave: mono `[T]` at 44.1 kHz.
        pitch: MIDI key, used to find the harmonics; it is not among the features.

    Returns:
        Cepstra of three parts and their movement, harmonic levels, shape of the envelope.
    """
    begun = wave[onset(wave, RATE) :][: int(SECONDS * RATE)].astype(np.float64)
    padded = np.pad(begun, (_WINDOW // 2, int(SECONDS * RATE) + _WINDOW - len(begun)))
    power = _power(padded / max(1e-9, float(np.abs(begun).max(initial=0.0))))
    cepstra = _cepstra(power)
    parts = [cepstra[slice(*_frames(low, high))] for low, high in _PARTS]
    means = [part.mean(axis=0) for part in parts]
    spread = [part.std(axis=0) for part in parts[1:]]
    return np.concatenate([*means, *spread, _harmonics(power, pitch), _envelope(begun)])


def _power(wave: Numbers) -> Numbers:
    """Power spectra `[frames, bins]`."""
    frames = np.lib.stride_tricks.sliding_window_view(wave, _WINDOW)[::_HOP]
    frames = frames[: int(SECONDS * RATE) // _HOP]
    return np.square(np.abs(np.fft.rfft(frames * np.hanning(_WINDOW)))) / _WINDOW


def _frames(low: float, high: float) -> tuple[int, int]:
    return round(low * RATE / _HOP), max(1, round(high * RATE / _HOP))


def _cepstra(power: Numbers) -> Numbers:
    """Mel-frequency cepstra 1.. of each frame `[frames, _CEPSTRA]`, in dB; level left out."""
    weights = mel_filterbank(RATE, _WINDOW, _BANDS).numpy().astype(np.float64)
    levels = 10 * np.log10(power @ weights.T + 1e-14)
    levels = np.maximum(levels, levels.max() + _FLOOR_DB)
    order = np.arange(1, _CEPSTRA + 1)[:, None]
    cosine = np.cos(np.pi * order * (np.arange(_BANDS) + 0.5) / _BANDS) * np.sqrt(2 / _BANDS)
    return levels @ cosine.T


def _harmonics(power: Numbers, pitch: int) -> Numbers:
    """Levels of the first harmonics, odd against even, what lies between, brightness over f0."""
    body = power[slice(*_frames(*_PARTS[1]))].mean(axis=0)
    place = midi_to_hz(pitch) * np.arange(1, _HARMONICS + 1) * _WINDOW / RATE
    reach = max(1.0, 0.2 * place[0])
    bins = np.arange(body.size)
    peaks = np.array(
        [
            body[(bins >= p - reach) & (bins <= p + reach)].max(initial=0.0) if p < body.size else 0
            for p in place
        ]
    )
    levels = 10 * np.log10(peaks / (peaks.sum() + 1e-14) + 1e-6)
    odd, even = peaks[0::2].sum(), peaks[1::2].sum()
    near = np.abs(bins / place[0] - np.rint(bins / place[0])) * place[0] <= 2.0
    share = body[near].sum() / (body.sum() + 1e-14)
    centroid = (body * bins).sum() / (body.sum() + 1e-14)
    flat = np.exp(np.log(body + 1e-12).mean()) / (body.mean() + 1e-12)
    others = [
        10 * np.log10((odd + 1e-12) / (even + 1e-12)),
        share,
        np.log2(max(centroid, 1.0) / place[0]),
        np.log10(flat),
    ]
    return np.concatenate([levels, np.clip(others, -60.0, 60.0)])


def _envelope(wave: Numbers) -> Numbers:
    """Levels against the peak at some times, rise time, slope and unrest of the late part."""
    hop = RATE // 200
    padded = np.pad(wave, (0, int(SECONDS * RATE) + hop - len(wave)))
    blocks = padded[: len(padded) // hop * hop].reshape(-1, hop)
    levels = 10 * np.log10(np.square(blocks).mean(axis=1) + 1e-12)
    levels = np.maximum(levels - levels.max(), -70.0)
    at = [levels[int(200 * seconds)] for seconds in _LEVELS_AT]
    rise = np.argmax(levels >= -3.0) - np.argmax(levels >= -20.0)
    late = levels[100:360]
    time = np.arange(late.size) / 200
    slope = float(np.polyfit(time, late, 1)[0])
    rest = late - np.polyval(np.polyfit(time, late, 2), time)
    return np.array([*at, np.log10(1 + max(0, rise)), slope, rest.std()])
