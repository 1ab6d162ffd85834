"""The words for sound: does "dark X" come out darker than "bright X"?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.data.traits import measure
from trichord.instrument.wish import wishes_of
from trichord.studies.play import Wanted, play
from trichord.studies.study import Study
from trichord.studies.tables import Cell, Table, Target, percent

_RATE, _LENGTH = 44100, 5 * 44100
_KEYS, _VELOCITY, _SECONDS = (48, 60, 67), 100, 4.0
_SEED = 7
LEAST_RIGHT = 0.80


@dataclass(frozen=True)
class Axis:
    """Two words, and the measured trait that the second has more of."""

    less: str
    more: str
    trait: str
    unit: str
    nouns: tuple[str, ...]


AXES = (
    Axis(
        "dark",
        "bright",
        "brightness",
        "octaves from the fundamental to the centroid",
        (
            "piano",
            "acoustic guitar",
            "organ",
            "string ensemble",
            "synth lead",
            "flute",
            "trumpet",
            "choir",
            "marimba",
            "bass guitar",
        ),
    ),
    Axis(
        "short",
        "sustained",
        "decay_s",
        "seconds to lose 20 dB",
        (
            "synth",
            "strings",
            "bass",
            "guitar",
            "bells",
            "brass",
            "keyboard",
            "synth pad",
            "voice",
            "violin",
        ),
    ),
    Axis(
        "breathy",
        "pure",
        "harmonic_db",
        "dB, partials against the rest",
        (
            "flute",
            "saxophone",
            "clarinet",
            "synth",
            "organ",
            "voice",
            "whistle",
            "trumpet",
            "pan flute",
            "synth lead",
        ),
    ),
)


def words_table(study: Study) -> Table:
    """Thirty pairs of prompts that differ in one word, under the same seed."""
    rows: list[tuple[Cell, ...]] = []
    details: list[dict[str, object]] = []
    right: list[bool] = []
    for axis in AXES:
        nouns = axis.nouns[: study.count(len(axis.nouns), least=1)]
        values = measured_pairs(study, axis, nouns)  # [pairs, 2]
        gaps = values[:, 1] - values[:, 0]
        right += (gaps > 0).tolist()
        name = f"{axis.less} – {axis.more}"
        rows.append((name, axis.unit, len(nouns), float(np.mean(gaps > 0)), float(np.median(gaps))))
        for noun, (less, more) in zip(nouns, values.tolist(), strict=True):
            details.append({"axis": name, "noun": noun, axis.less: less, axis.more: more})
    share = float(np.mean(right))
    rows.append(("all", "", len(right), share, None))
    return Table(
        title="The words for sound",
        columns=("words", "trait", "pairs", "right order", "median difference"),
        rows=tuple(rows),
        about=(
            f"“A X” against “B X”, the same seed ({_SEED}) for both; mean over keys "
            f"{', '.join(map(str, _KEYS))} at velocity {_VELOCITY}, {_SECONDS:g} s each. A tie "
            f"counts as wrong; chance is 50 %. Wrong: {_wrong(details)}."
        ),
        targets=(
            Target(
                f"words for sound, {len(right)} pairs in the right order",
                f"≥ {percent(LEAST_RIGHT)}",
                f"{percent(share)} (chance 50 %)",
                share >= LEAST_RIGHT,
            ),
        ),
        raw={"pairs": details},
    )


def measured_pairs(study: Study, axis: Axis, nouns: Sequence[str]) -> NDArray[np.float64]:
    """The trait of every pair: `[pairs, 2]`, first the word that should have less of it."""
    prompts = [f"{word} {noun}" for noun in nouns for word in (axis.less, axis.more)]
    wishes = wishes_of(study.models, prompts)
    wanted = [Wanted(i, key, _VELOCITY, _SECONDS) for i in range(len(prompts)) for key in _KEYS]
    waves = play(study.models, wishes, wanted, _SEED, study.progress)
    values = [
        getattr(measure(_as_rendered(wave), note.pitch), axis.trait)
        for wave, note in zip(waves, wanted, strict=True)
    ]
    return np.array(values).reshape(len(nouns), 2, len(_KEYS)).mean(axis=2)


def _as_rendered(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """To the length of the corpus's notes."""
    return np.pad(wave[:_LENGTH], (0, max(0, _LENGTH - len(wave))))


def _wrong(details: Sequence[dict[str, object]]) -> str:
    names: list[str] = []
    for pair in details:
        less, more = str(pair["axis"]).split(" – ")
        if float(str(pair[more])) <= float(str(pair[less])):
            names.append(f"{pair['axis']} {pair['noun']}")
    return ", ".join(names) or "none"
