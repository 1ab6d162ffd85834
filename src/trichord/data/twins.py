"""Fingerprints of presets and groups of those that sound alike.

The same recording stands in more than one font, and more than once in one font, under other names
and at other levels. A model trained on one of them has heard the others: they share a split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trichord.data.schema import SAMPLE_RATE
from trichord.data.traits import Wave

Fingerprint = NDArray[np.float32]

BANDS = 96
"""Mel-spaced bands of a fingerprint, 60 Hz to 16 kHz."""

EDGES_SECONDS = (0.0, 0.06, 0.15, 0.3, 0.6, 1.2, 2.4, 3.9)
"""Times between which the spectra are averaged: dense over the attack."""

SEGMENT_RANGE_DB, RANGE_DB = 45.0, -75.0
"""Bands this far below their stretch's loudest, or the note's loudest, are not compared."""

NEAR_DB = 2.5
"""Presets closer than this are one sound, whatever they are called."""

KIN_DB = 4.75
"""The same for presets of one font that share at least half of their samples."""

NAMESAKE_DB = 5.0
"""The same for presets of one General MIDI program: two editions of one recording."""

_FFT = 8192


@dataclass(frozen=True)
class Sounding:
    """What the comparison needs of a preset.

    Attributes:
        font: a name for the file it stands in.
        program: General MIDI program, 0..127.
        samples: the font's sample indices that sound at each key.
        fingerprints: one per probed pitch.
    """

    font: str
    program: int
    samples: Mapping[int, frozenset[int]]
    fingerprints: Mapping[int, Fingerprint]


def fingerprint(wave: Wave) -> Fingerprint:
    """Mel spectra of a note over seven stretches of time, in dB.

    Returns:
        float32 [7, BANDS].
    """
    edges = [round(edge * SAMPLE_RATE) for edge in EDGES_SECONDS]
    rows = [_band_levels(wave[a:b]) for a, b in pairwise(edges)]
    return np.stack(rows).astype(np.float32)


def _band_levels(part: Wave) -> NDArray[np.float64]:
    size = min(_FFT, len(part))
    starts = range(0, len(part) - size + 1, max(size, (len(part) - size) // 6 + 1))
    window = np.hanning(size)
    power = np.zeros(_FFT // 2 + 1)
    for start in starts:
        power += np.square(np.abs(np.fft.rfft(part[start : start + size] * window, _FFT)))
    power *= 4.0 / (np.square(window.sum()) * len(starts))
    return 10.0 * np.log10(_MEL @ power + 1e-12)


def _mel_matrix() -> NDArray[np.float64]:
    mel = np.linspace(_to_mel(60.0), _to_mel(16000.0), BANDS + 2)
    hz = 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
    bins = np.arange(_FFT // 2 + 1) * SAMPLE_RATE / _FFT
    rise = (bins - hz[:-2, None]) / (hz[1:-1] - hz[:-2])[:, None]
    fall = (hz[2:, None] - bins) / (hz[2:] - hz[1:-1])[:, None]
    return np.maximum(0.0, np.minimum(rise, fall))


def _to_mel(hz: float) -> float:
    return 2595.0 * float(np.log10(1.0 + hz / 700.0))


_MEL = _mel_matrix()


def distance_db(one: Mapping[int, Fingerprint], other: Mapping[int, Fingerprint]) -> float:
    """How differently two presets sound: mean over the pitches that both were probed at.

    Returns:
        Mean absolute difference of band levels in dB after the best common gain; infinite where
        no pitch is shared.
    """
    shared = sorted(one.keys() & other.keys())
    if not shared:
        return float("inf")
    return float(np.mean([_note_distance(one[pitch], other[pitch]) for pitch in shared]))


def _note_distance(one: Fingerprint, other: Fingerprint) -> float:
    one, other = one - one.max(), other - other.max()
    loudest = np.maximum(one.max(axis=1), other.max(axis=1))[:, None]
    floor = np.maximum(loudest - SEGMENT_RANGE_DB, RANGE_DB)
    heard = (one > floor) | (other > floor)
    difference = (np.maximum(one, floor) - np.maximum(other, floor))[heard]
    return float(np.abs(difference - np.median(difference)).mean())


def group_twins(presets: Sequence[Sounding]) -> list[int]:
    """Union of all pairs that are near enough (see the three limits above).

    Returns:
        A group number per preset; groups are numbered from 0 in order of their first preset.
    """
    parent = list(range(len(presets)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, one in enumerate(presets):
        for j in range(i):
            if root(i) != root(j) and are_twins(one, presets[j]):
                parent[root(i)] = root(j)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(i), len(numbers)) for i in range(len(presets))]


def are_twins(one: Sounding, other: Sounding) -> bool:
    """Whether two presets must not stand on both sides of a split."""
    distance = distance_db(one.fingerprints, other.fingerprints)
    if distance < NEAR_DB:
        return True
    if one.program == other.program and distance < NAMESAKE_DB:
        return True
    return one.font == other.font and distance < KIN_DB and _shared(one, other) >= 0.5


def _shared(one: Sounding, other: Sounding) -> float:
    """Mean share of common samples over the keys that both presets have."""
    keys = one.samples.keys() & other.samples.keys()
    shares = [
        len(one.samples[key] & other.samples[key])
        / min(len(one.samples[key]), len(other.samples[key]))
        for key in keys
    ]
    return float(np.mean(shares)) if shares else 0.0
