"""Keys, modes, chords with a function, and lines that walk on the degrees of a scale."""

from __future__ import annotations

import random
from collections.abc import Sequence

from trichord.livecode.compose.engine import weighted

SHARPS = ("c", "cs", "d", "ds", "e", "f", "fs", "g", "gs", "a", "as", "b")
FLATS = ("c", "db", "d", "eb", "e", "f", "gb", "g", "ab", "a", "bb", "b")

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "harmonic_minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic_minor": (0, 2, 3, 5, 7, 9, 11),
    "minor_pentatonic": (0, 3, 5, 7, 10),
    "major_pentatonic": (0, 2, 4, 7, 9),
    "blues_minor": (0, 3, 5, 6, 7, 10),
    "hirajoshi": (0, 2, 3, 7, 8),
    "kumoi": (0, 2, 3, 7, 9),
    "egyptian": (0, 2, 5, 7, 10),
    "pelog": (0, 1, 3, 7, 8),
    "iwato": (0, 1, 5, 6, 10),
    "whole_tone": (0, 2, 4, 6, 8, 10),
}
"""Semitones above the tonic, by the runtime's own names of its scales."""

PARENTS = {
    "minor_pentatonic": "minor",
    "major_pentatonic": "major",
    "blues_minor": "dorian",
    "hirajoshi": "minor",
    "kumoi": "dorian",
    "egyptian": "dorian",
    "pelog": "phrygian",
    "iwato": "phrygian",
}
"""The seven-note mode in which the chords of a piece in a mode of fewer notes are built."""

QUALITIES: dict[tuple[int, ...], str] = {
    (0, 4, 7): "major",
    (0, 3, 7): "minor",
    (0, 3, 6): "dim",
    (0, 4, 8): "augmented",
    (0, 4, 7, 11): "major7",
    (0, 3, 7, 10): "m7",
    (0, 4, 7, 10): "dom7",
    (0, 3, 6, 10): "halfdim",
    (0, 3, 6, 9): "dim7",
}
_PROGRESSIONS = {
    "minor": ((0, 5, 2, 6), (0, 3, 5, 4), (0, 6, 5, 6), (0, 3), (0, 5), (0, 3, 6, 2), (0, 4, 5, 3)),
    "major": ((0, 4, 5, 3), (0, 5, 1, 4), (1, 4, 0, 0), (0, 3), (0, 3, 0, 4), (0, 2, 3, 4)),
    "dorian": ((0, 3), (0, 3, 0, 6), (0, 1, 0, 3), (0, 2, 3, 0)),
    "phrygian": ((0, 1), (0, 1, 2, 1), (0, 6, 5, 1)),
    "lydian": ((0, 1), (0, 1, 6, 0), (0, 4, 1, 0)),
    "mixolydian": ((0, 6), (0, 6, 3, 0), (0, 3, 6, 3)),
    "harmonic_minor": ((0, 3, 4, 0), (0, 5, 4, 4), (0, 4)),
    "melodic_minor": ((0, 3), (0, 1, 4, 0)),
    "whole_tone": ((0, 1), (0, 5), (0, 1, 2, 1)),
}
_NEXT = {0: (3, 5, 4), 1: (4,), 2: (5, 3), 3: (4, 0, 1, 6), 4: (0, 5), 5: (1, 3), 6: (0, 2)}
"""Where a chord likes to go: away from the tonic, over a subdominant, to a dominant, home."""


def parent_of(mode: str) -> str:
    """The seven-note mode that harmonises `mode`."""
    return PARENTS.get(mode, mode)


def progression(rng: random.Random, mode: str) -> tuple[int, ...]:
    """Degrees (from 0) of a chord progression in `mode`: a known one, or a walk of functions."""
    if rng.random() < 0.7 or len(MODES[parent_of(mode)]) < 7:
        return rng.choice(_PROGRESSIONS[parent_of(mode)])
    chain = [0, rng.choice(_NEXT[0])]
    for _ in range(rng.choice((0, 2, 2))):
        chain.append(rng.choice(_NEXT[chain[-1]]))
    return tuple(chain)


def degree_note(tonic: int, mode: str, degree: int) -> int:
    """MIDI note of a degree (from 0, may be negative or pass the octave) over `tonic`."""
    steps = MODES[mode]
    octave, place = divmod(degree, len(steps))
    return tonic + 12 * octave + steps[place]


def chord_on(tonic: int, mode: str, degree: int, size: int = 3) -> tuple[int, str]:
    """Root (MIDI) and kind of the chord of thirds on a degree of the mode's parent.

    Four-note chords without a name of their own fall back to their triad.
    """
    parent = parent_of(mode)
    root = degree_note(tonic, parent, degree)
    thirds = tuple(degree_note(tonic, parent, degree + 2 * at) - root for at in range(size))
    return root, QUALITIES.get(thirds) or QUALITIES.get(thirds[:3], "5")


def into(note: int, low: int, high: int) -> int:
    """The note moved by octaves into [low, high], a range of an octave or more."""
    while note < low:
        note += 12
    while note > high:
        note -= 12
    return note


def walk(rng: random.Random, length: int, span: int = 7) -> list[int]:
    """Degrees of a line: mostly steps, some leaps that are answered, within `span` degrees."""
    at, leap, line = rng.choice((0, 0, 2, 4)), 0, list[int]()
    for _ in range(length):
        line.append(at)
        step = weighted(rng, {-1: 3, 1: 3, -2: 1.5, 2: 1.5, 3: 0.6, -3: 0.6, 4: 0.4, 0: 1.0})
        if abs(leap) > 2:  # a leap is followed by a step back
            step = -1 if leap > 0 else 1
        if not -span // 2 <= at + step <= span:
            step = -step
        at, leap = at + step, step
    return line


def phrase(rng: random.Random, length: int) -> list[int]:
    """A line built as people build them: a motif, repeated, moved or answered."""
    if length < 4 or rng.random() < 0.3:
        return walk(rng, length)
    motif = walk(rng, length // 2)
    shift = rng.choice((0, 0, 1, -1, 2))
    answer = [each + shift for each in motif]
    if rng.random() < 0.3:
        answer = [motif[0] + motif[0] - each for each in motif]
    if rng.random() < 0.5:
        answer[-1] = 0
    line = motif + answer
    return line + [0] * (length - len(line))


def name_of(note: int, *, flats: bool) -> str:
    """The name of a MIDI note in the language, without its colon: 61 is "cs4" or "db4"."""
    names: Sequence[str] = FLATS if flats else SHARPS
    return f"{names[note % 12]}{note // 12 - 1}"
