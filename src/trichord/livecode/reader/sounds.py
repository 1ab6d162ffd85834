"""What a followed program sounds, as arrays: each different sound once, and when it is struck.

A pattern of four hundred strokes is mostly a few dozen different sounds struck again and again. A
network reads the different ones; the strokes say when and how loud.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.livecode.reader.features import (
    APART,
    NUMBERS,
    TURNED,
    amplitude,
    echo_of,
    envelope_of,
    gate_of,
    moves_of,
    name_of_effect,
    name_of_sound,
    numbers_of,
    options_of,
    turns_of,
)
from trichord.livecode.reader.piece import Effect, Piece, Sounding

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]

MOST_SOUNDS = 160
"""Different sounds of a program; the faintest beyond them are counted with their next of kin."""

CHAIN = 5
"""Effects of a sound, nearest first."""


@dataclass(frozen=True)
class Reading:
    """A program's sounds.

    Attributes:
        names: [S] which synth or sample, see `name_of_sound`.
        numbers: [S, len(NUMBERS)] float32.
        options: [S, HASHED] float32, options without a feature of their own.
        chains: [S, CHAIN] rows of `effects` plus one, nearest first; 0 is none.
        effects: [E] which effect; `turns` [E, len(TURNED)] its options, their means, and
            `moves` [E] how far they are moved.
        starts: [E] seconds at which each effect begins.
        envelopes: [S, 6] seconds: attack, decay, sustain, release, length; last: sustain level.
        echoes: [S, 3] seconds between echoes, part of the power that each keeps, mix; zeros: none.
        gates: [S, 6] phase in seconds, wave, pulse width, low, mix, offset of the slicer; zeros.
        strokes: [N] which sound; `times` [N] seconds, `powers` [N] their amplitude squared.
    """

    names: Whole
    numbers: Floats
    options: Floats
    chains: Whole
    effects: Whole
    turns: Floats
    moves: Floats
    envelopes: Floats
    echoes: Floats
    gates: Floats
    strokes: Whole
    times: Floats
    powers: Floats


def tabulate(piece: Piece) -> Reading:
    """The arrays of a followed program."""
    groups = _group(piece.sounds)
    kinds = [group[0] for group in groups]
    effects: dict[int, int] = {}
    held: list[Effect] = []
    for sound in kinds:
        for effect in sound.effects[:CHAIN]:
            if effects.setdefault(id(effect), len(held)) == len(held):
                held.append(effect)
    envelopes = [envelope_of(sound) for sound in kinds]
    rows = [numbers_of(g, e, piece.seconds) for g, e in zip(groups, envelopes, strict=True)]
    hits = [(at, s.start, amplitude(s)) for at, group in enumerate(groups) for s in group]
    struck = np.array(hits, np.float64).reshape(-1, 3)
    return Reading(
        names=np.array([name_of_sound(s.kind, s.name) for s in kinds], np.int64),
        numbers=np.array(rows, np.float32).reshape(-1, len(NUMBERS)),
        options=options_of(kinds),
        chains=np.array([_chain(s, effects) for s in kinds], np.int64).reshape(-1, CHAIN),
        effects=np.array([name_of_effect(e.name) for e in held], np.int64),
        turns=np.array([turns_of(e) for e in held], np.float32).reshape(-1, len(TURNED)),
        moves=np.array([moves_of(e) for e in held], np.float32),
        envelopes=np.array(envelopes, np.float32).reshape(-1, 6),
        echoes=np.array([echo_of(s) for s in kinds], np.float32).reshape(-1, 3),
        gates=np.array([gate_of(s) for s in kinds], np.float32).reshape(-1, 6),
        strokes=struck[:, 0].astype(np.int64),
        times=struck[:, 1].astype(np.float32),
        powers=(struck[:, 2] ** 2).astype(np.float32),
    )


def _group(sounds: list[Sounding]) -> list[list[Sounding]]:
    """Sounds that differ in nothing but time, loudness and place, together."""
    exact: dict[object, list[Sounding]] = {}
    for sound in sounds:
        options = tuple(sound.options.items())
        key = (sound.name, sound.note, options, tuple(map(id, sound.effects)), sound.until)
        exact.setdefault(key if sound.until is None else id(sound), []).append(sound)
    found: dict[object, list[Sounding]] = {}
    for group in exact.values():
        found.setdefault(_kin(group[0]), []).extend(group)
    groups = list(found.values())
    if len(groups) <= MOST_SOUNDS:
        return groups
    groups.sort(key=lambda group: -sum(amplitude(s) ** 2 for s in group))
    kept, rest = groups[:MOST_SOUNDS], groups[MOST_SOUNDS:]
    for group in rest:
        first = group[0]
        near = min(kept, key=lambda g: (g[0].name != first.name, abs(g[0].note - first.note)))
        near.extend(group)
    return kept


def _kin(sound: Sounding) -> object:
    """What sounds that count as one have in common: numbers to about a tenth."""
    options = tuple(
        (name, _coarse(name, value)) for name, value in sound.options.items() if name not in APART
    )
    chain = tuple(id(effect) for effect in sound.effects)
    cut = None if sound.until is None else _coarse("", sound.until - sound.start)
    return sound.kind, sound.name, round(2 * sound.note), options, chain, cut


def _coarse(name: str, value: float) -> float:
    if name in ("cutoff", "lpf", "hpf"):
        return round(value / 4)
    if not value:
        return 0.0
    return math.copysign(round(8 * math.log(abs(value) + 1e-6)), value)


def _chain(sound: Sounding, rows: Mapping[int, int]) -> list[int]:
    found = [rows[id(effect)] + 1 for effect in sound.effects[:CHAIN]]
    return found + [0] * (CHAIN - len(found))
