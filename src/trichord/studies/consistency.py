"""Does a made instrument sound like one instrument? Beside real ones, and beside no instrument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.pitch import cents_from
from trichord.instrument.player import open_player
from trichord.metrics.consistency import effective_rank, timbral_consistency
from trichord.studies.instruments import PROMPTS, made_instrument
from trichord.studies.prompts import held_out_prompts
from trichord.studies.study import HeldNote, Study
from trichord.studies.tables import Cell, Table

Wave = NDArray[np.float32]

_RATE = 44100
_NOTES = 12
"""Of every instrument, evenly over its keys."""
_VELOCITY = 100
_LOWEST, _HIGHEST = 33, 96
_HELD, _HEARD = 1.8, 2.5
_IN_TUNE_CENTS = 10.0


@dataclass(frozen=True)
class NoteSet:
    """Notes of one instrument."""

    pitches: tuple[int, ...]
    waves: tuple[Wave, ...]


@dataclass(frozen=True)
class SetFigures:
    """What was measured of one instrument."""

    consistency: float
    effective_rank: float
    in_tune: float
    """Share of notes within 10 cents, in the right octave."""


def consistency_table(study: Study) -> Table:
    """Consistency and pitch accuracy together: the first alone is won by ignoring pitch."""
    prompts = held_out_prompts()[: study.count(PROMPTS)]
    made = [made_notes(study, index) for index in range(len(prompts))]
    real = real_notes(study)
    mixed = _mixed(study, real)
    groups = {
        "made instruments, as sfizz plays them": made,
        "real held-out instruments": real,
        "floor: each note from another real instrument": mixed,
    }
    measured = {name: [_measure(study, each) for each in sets] for name, sets in groups.items()}
    return Table(
        title="Consistency of made and of real instruments",
        columns=(
            "",
            "instruments",
            "consistency",
            "its standard deviation",
            "effective rank",
            "notes within 10 cents",
        ),
        rows=tuple(_row(name, figures) for name, figures in measured.items()),
        about=(
            f"Up to {_NOTES} notes of each instrument at velocity {_VELOCITY}, evenly over keys "
            f"{_LOWEST} to {_HIGHEST} (of real ones, over those that exist there). Consistency is "
            "the mean cosine of different notes' vectors through the audio door of the joint "
            "space, (N‖m‖² − 1)/(N − 1); the effective rank says in how many directions they "
            "spread. Real "
            "instruments drift with the key as well: being nearer to 1 than they are is no virtue."
        ),
        raw={name: [vars(one) for one in figures] for name, figures in measured.items()},
    )


def made_notes(study: Study, index: int) -> NoteSet:
    """Notes of the made instrument of the prompt of this number."""
    pitches = _spread(range(_LOWEST, _HIGHEST + 1))
    with open_player(made_instrument(study, held_out_prompts()[index]), _RATE) as player:
        waves = [player.play(pitch, _VELOCITY, _HELD, _HEARD) for pitch in pitches]
    return NoteSet(tuple(pitches), tuple(waves))


def real_notes(study: Study) -> list[NoteSet]:
    """Notes of the real instruments of the test split, cut to the length of the made ones."""
    sets: list[NoteSet] = []
    for instrument in study.instruments("test"):
        keys = [k for k in study.keys_of(instrument) if k.velocity == _VELOCITY]
        there = {k.pitch: k.note_id for k in keys if _LOWEST <= k.pitch <= _HIGHEST}
        chosen = {there[pitch] for pitch in _spread(sorted(there))}
        notes: list[HeldNote] = study.read(chosen)
        if len(notes) >= 2:
            waves = tuple(note.wave[: int(_HEARD * _RATE)] for note in notes)
            sets.append(NoteSet(tuple(note.pitch for note in notes), waves))
    return sets[: study.count(len(sets))]


def _mixed(study: Study, real: Sequence[NoteSet]) -> list[NoteSet]:
    """As many sets whose notes come from different instruments."""
    rng = study.rng("consistency floor")
    sets: list[NoteSet] = []
    for _ in real:
        owners = rng.permutation(len(real))[:_NOTES]
        places = [(real[owner], int(rng.integers(len(real[owner].waves)))) for owner in owners]
        pitches = tuple(notes.pitches[place] for notes, place in places)
        sets.append(NoteSet(pitches, tuple(notes.waves[place] for notes, place in places)))
    return sets


def _spread(values: Sequence[int]) -> list[int]:
    """Up to `_NOTES` of the values, evenly spaced."""
    count = min(_NOTES, len(values))
    return [values[round(i * (len(values) - 1) / max(1, count - 1))] for i in range(count)]


def _measure(study: Study, notes: NoteSet) -> SetFigures:
    vectors = study.space.embed_audio(list(notes.waves), _RATE).numpy()
    pairs = zip(notes.waves, notes.pitches, strict=True)
    readings = [cents_from(wave, _RATE, pitch) for wave, pitch in pairs]
    tuned = [not r.octave_error and abs(r.cents) <= _IN_TUNE_CENTS for r in readings]
    return SetFigures(timbral_consistency(vectors), effective_rank(vectors), float(np.mean(tuned)))


def _row(name: str, figures: Sequence[SetFigures]) -> tuple[Cell, ...]:
    consistency = np.array([one.consistency for one in figures])
    rank = float(np.mean([one.effective_rank for one in figures]))
    tuned = float(np.mean([one.in_tune for one in figures]))
    return (name, len(figures), float(consistency.mean()), float(consistency.std()), rank, tuned)
