"""The mutations by name, and several different edits of one program."""

from __future__ import annotations

import random
from collections.abc import Sequence

from trichord.errors import InputError
from trichord.livecode.edits import (
    chance,
    effects,
    layers,
    loudness,
    pitch,
    rhythm,
    samples,
    tempo,
    tone,
)
from trichord.livecode.edits.base import Edit, Mutation
from trichord.livecode.tree import parse_valid

_ALL: tuple[Mutation, ...] = (
    pitch.Transpose(), pitch.Octave(), pitch.ChangeMode(), pitch.ChangeChord(), pitch.WiderChord(),
    pitch.InvertChord(), pitch.InvertMelody(), pitch.ReverseMelody(), pitch.RotateMelody(),
    pitch.VaryNote(),
    tempo.ChangeTempo(), tempo.Densify(), tempo.ThinOut(), tempo.RestSometimes(),
    tempo.PlayAlways(), tempo.Subdivide(), tempo.Swing(), tempo.EnterLater(),
    rhythm.RotateRhythm(), rhythm.ReverseRhythm(), rhythm.AddHits(), rhythm.RemoveHits(),
    rhythm.VarySpread(), rhythm.ReorderWaits(),
    tone.OpenFilter(), tone.CloseFilter(), tone.LongerRelease(), tone.ShorterRelease(),
    tone.SofterAttack(), tone.HarderAttack(), tone.SwapSynth(),
    loudness.Louder(), loudness.Softer(), loudness.Spread(), loudness.Narrow(),
    loudness.HumaniseLoudness(),
    samples.SwapSample(), samples.ReverseSample(), samples.SpeedSample(),
    effects.AddEffect(), effects.RemoveEffect(), effects.SwapEffect(), effects.Wetter(),
    effects.Drier(), effects.EffectTime(),
    layers.DropLayer(), layers.AddLayer(), layers.DoubleLayer(),
    chance.ChangeSeed(), chance.DrawNotes(), chance.PlayInTurn(), chance.ReorderNotes(),
)  # fmt: skip

MUTATIONS: dict[str, Mutation] = {each.name: each for each in _ALL}
"""Every mutation by its name."""
_TRIES = 3
"""A mutation may draw a place where nothing changes; it is asked again so many times."""


def propose(code: str, rng: random.Random, n: int, names: Sequence[str] = ()) -> list[Edit]:
    """Up to `n` edits of a program, all different, of as many different mutations as there are.

    Args:
        code: the program.
        rng: draws mutations, places and parameters; the same state gives the same edits.
        n: how many edits are wanted; fewer come where the program offers fewer.
        names: the mutations to draw from; all of them where none is named.

    Raises:
        InputError: the program does not parse, or a mutation is not known.
    """
    if n < 1:
        raise InputError(f"n = {n}: ask for one edit at least")
    for name in names:
        if name not in MUTATIONS:
            raise InputError(f"no edit {name!r}; choose from {', '.join(MUTATIONS)}")
    tree = parse_valid(code)
    order = list(names or MUTATIONS)
    found: dict[str, Edit] = {}
    for _ in range(_TRIES):
        rng.shuffle(order)
        for name in order:
            edit = MUTATIONS[name].apply(tree, rng)
            if edit is not None:
                found.setdefault(edit.code, edit)
            if len(found) == n:
                return list(found.values())
    return list(found.values())
