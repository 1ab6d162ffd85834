"""What is measured on a clip's events: pace, pulse, register, layers, harmony, who plays."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from trichord.data.clips.harmony import find_key
from trichord.data.clips.sounds import DRUMS, Name, find_name
from trichord.score.events import Event, Score

TOGETHER = 0.015
"""Seconds within which strokes count as one."""

_RATE = 200
"""Steps a second at which strokes are compared with themselves."""

_TOLD = (70.0, 190.0)
"""A program's own tempo between these is the one that is felt; others may be halved or doubled."""

FAINT = 0.35
"""Clarity below which no pulse is heard."""

Notes = list[tuple[Event, Name]]
"""The events that sound by themselves, with their rows of `sounds.csv`."""


@dataclass(frozen=True)
class Playing:
    """Measures of one score.

    Attributes:
        strokes: notes and samples in all.
        pace: moments at which something is struck, per second of the stretch that is played.
        tempo: of the pulse that the strokes keep, beats per minute; 0 if there is none.
        pulse: how well they keep it, 0..1.
        layers: how many notes sound at once while any does, mean over time.
        chords: share of the moments with a pitched note that have three or more.
        register: MIDI pitch that half of the sounding time of pitched notes lies below; NaN.
        tonic, mode: "C" … "B" and "major", "minor", "pentatonic"; empty where nothing fits.
        roles: share of each role of `sounds.csv` in the strokes' weight; sums to 1.
        names: rows of `sounds.csv`, the weightiest first.
        effects: share of the weight that goes through each effect, by row of `sounds.csv`.
    """

    strokes: int
    pace: float
    tempo: float
    pulse: float
    layers: float
    chords: float
    register: float
    tonic: str
    mode: str
    roles: dict[str, float]
    names: tuple[Name, ...]
    effects: dict[Name, float]

    @property
    def drums(self) -> float:
        """Share of the strokes' weight that drums have."""
        return sum(share for role, share in self.roles.items() if role in DRUMS)


def measure_playing(score: Score) -> Playing:
    """Measure a score."""
    notes = sounding_notes(score)
    starts = np.array(sorted(event.start for event, _ in notes))
    weights = _weights(score, notes)
    tempo, pulse = find_pulse(starts, program_tempo(score))
    pitched = [(event, _pitch(score, event)) for event, name in notes if name.pitched]
    known = [(event, pitch) for event, pitch in pitched if pitch is not None]
    begun = np.array([event.start for event, _ in known])
    lengths = np.array([event.end - event.start for event, _ in known])
    pitches = np.array([pitch for _, pitch in known])
    key = find_key(pitches, np.minimum(lengths, 2.0))
    names: dict[Name, float] = defaultdict(float)
    roles: dict[str, float] = defaultdict(float)
    for (_, name), weight in zip(notes, weights, strict=True):
        names[name] += float(weight)
        roles[name.role] += float(weight)
    return Playing(
        strokes=len(notes),
        pace=_pace(starts),
        tempo=tempo,
        pulse=pulse,
        layers=_layers(notes),
        chords=_chords(begun),
        register=_weighted_median(pitches, lengths),
        tonic=key.tonic,
        mode=key.mode,
        roles=dict(roles),
        names=tuple(sorted(names, key=lambda name: (-names[name], name.pattern))),
        effects=_effects(score, notes, weights),
    )


def sounding_notes(score: Score) -> Notes:
    """Synths and samples that begin within the score, with their names."""
    notes: Notes = []
    for event in score.events:
        if event.kind in ("synth", "sample") and event.start < score.duration:
            name = find_name(event.kind, _called(event))
            if name is not None:
                notes.append((event, name))
    return notes


def program_tempo(score: Score) -> float | None:
    """Beats per minute that the program plays at: the median over its threads' own beats."""
    last: dict[str, Event] = {}
    tempi: list[float] = []
    for event in score.events:
        before = last.get(event.thread)
        if event.beat is None:
            continue
        if before is not None and before.beat is not None and event.start - before.start > 1e-3:
            tempi.append(60.0 * (event.beat - before.beat) / (event.start - before.start))
        last[event.thread] = event
    return round(float(np.median(tempi)), 2) if tempi else None


def find_pulse(starts: NDArray[np.float64], own: float | None = None) -> tuple[float, float]:
    """Tempo and clarity of the pulse that strokes keep.

    Autocorrelation of the train of strokes, weighted by how readily people tap at a tempo: a
    log-normal curve around 120 BPM (Ellis 2007, "Beat tracking by dynamic programming"). An even
    train agrees with several tempi; the program's own, or
    where that is very slow or fast one that doubles or halves it, goes first.

    Args:
        starts: [N] seconds, sorted.
        own: the program's tempo, beats per minute, where it is known.

    Returns:
        Beats per minute (0 where none is heard) and clarity 0..1.
    """
    moments = _moments(starts)
    clarity = _agreement(moments) if len(moments) >= 4 else np.zeros(0)
    lags = np.arange(len(clarity))
    allowed = (lags >= 0.3 * _RATE) & (lags <= 1.5 * _RATE)
    if not allowed.any():
        return 0.0, 0.0
    readiness = np.exp(-0.5 * np.square(np.log2(np.maximum(lags, 1) / (0.5 * _RATE)) / 0.9))
    score = np.where(allowed, clarity * readiness, 0.0)
    best = int(np.argmax(score))
    if own:
        octaves = [60.0 * _RATE / own * 2.0**k for k in range(-6, 7)]
        inside = [round(lag) for lag in octaves if round(lag) < len(lags)]
        fitting = [lag for lag in inside if allowed[lag] and clarity[lag] >= FAINT]
        told = [lag for lag in fitting if lag == round(60.0 * _RATE / own)]
        fitting = told if _TOLD[0] <= own <= _TOLD[1] and told else fitting
        best = max(fitting, key=lambda lag: float(score[lag]), default=best)
    if clarity[best] < FAINT or not score[best]:
        return 0.0, float(clarity[best])
    return 60.0 * _RATE / best, float(clarity[best])


def _agreement(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """How well a train of strokes agrees with itself, by lag in steps of `1 / _RATE`; 0..1."""
    train = np.zeros(int((moments[-1] - moments[0]) * _RATE) + 2)
    np.add.at(train, np.rint((moments - moments[0]) * _RATE).astype(int), 1.0)
    train = np.convolve(train, [0.25, 0.5, 1.0, 0.5, 0.25], mode="same")
    size = 1 << (2 * len(train) - 1).bit_length()
    agreement = np.fft.irfft(np.square(np.abs(np.fft.rfft(train, size))), size)[: len(train) - 1]
    overlap = len(train) / (len(train) - np.arange(len(agreement)))
    return np.clip(agreement / agreement[0] * overlap, 0.0, 1.0)


def _called(event: Event) -> str:
    """A sample by the name of its file: its event may be called after the player."""
    return PurePath(event.sample).stem if event.sample else event.name


def _moments(starts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times of strokes, those that fall together counted once."""
    if not len(starts):
        return starts
    return starts[np.concatenate([[True], np.diff(starts) > TOGETHER])]


def _pace(starts: NDArray[np.float64]) -> float:
    moments = _moments(starts)
    return len(moments) / max(2.0, float(moments[-1] - moments[0])) if len(moments) else 0.0


def _weights(score: Score, notes: Notes) -> NDArray[np.float64]:
    """How much each stroke counts for a listener: its amplitude, and a little its length."""
    raw = [
        min(2.0, max(0.02, score.arguments(event).get("amp", 1.0)))
        * (0.1 + min(2.0, event.end - event.start)) ** 0.5
        for event, _ in notes
    ]
    weights = np.array(raw)
    return weights / weights.sum() if len(weights) else weights


def _pitch(score: Score, event: Event) -> float | None:
    """MIDI pitch of a synth's note; of a sample nothing is known."""
    note = score.arguments(event).get("note") if event.kind == "synth" else None
    return note if note is not None and 12.0 <= note <= 127.0 else None


def _layers(notes: Notes) -> float:
    """Mean number of notes that sound together, over the time when any does."""
    edges = sorted(
        [(event.start, 1) for event, _ in notes] + [(event.end, -1) for event, _ in notes]
    )
    count, sounding, total = 0, 0.0, 0.0
    for (time, step), (following, _) in pairwise(edges):
        count += step
        if count:
            sounding += following - time
            total += count * (following - time)
    return total / sounding if sounding else 0.0


def _chords(starts: NDArray[np.float64]) -> float:
    if not len(starts):
        return 0.0
    moment = np.cumsum(np.concatenate([[0], np.diff(starts) > TOGETHER]))
    return float((np.bincount(moment) >= 3).mean())


def _effects(score: Score, notes: Notes, weights: NDArray[np.float64]) -> dict[Name, float]:
    shares: dict[Name, float] = defaultdict(float)
    for (event, _), weight in zip(notes, weights, strict=True):
        found: set[Name] = set()
        for effect in score.effects(event):
            row = find_name("effect", effect.name)
            if row is not None and score.arguments(effect).get("mix", 1.0) >= 0.1:
                found.add(row)
        for row in found:
            shares[row] += float(weight)
    return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0].pattern)))


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    if not len(values):
        return float("nan")
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][min(int(np.searchsorted(total, 0.5 * total[-1])), len(values) - 1)])
