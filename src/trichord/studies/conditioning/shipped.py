"""The shipped models on held-out instruments, asked for by a sentence and by one recorded note."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import torch

from trichord.instrument.shot import Shot
from trichord.instrument.wish import Wish, wish_like, wishes_of
from trichord.studies.conditioning.ears import RATE, SECONDS, Heard, Wave
from trichord.studies.conditioning.material import VELOCITIES
from trichord.studies.conditioning.measure import HAND, JUDGE, SPACE, Figures, figures_of
from trichord.studies.play import Wanted, play
from trichord.studies.tables import Cell, Table, Target

if TYPE_CHECKING:
    from trichord.studies.conditioning.study import ConditioningStudy

_SEED = 7
MOST_TIMES_FLOOR = 1.25

COLUMNS = (
    "notes",
    "N",
    "KAD, joint space",
    "KAD, hand-made",
    "KAD, caption judge",
    "FAD, joint space",
    "FAD, hand-made",
    "consistency, joint space",
    "consistency, judge",
    "effective rank, joint space",
    "within 10 cents",
    "velocities in order",
    "score adapted",
    "score naive",
    "caption finds it",
    "tagger KL, nats",
)

REAL, CODED = "real notes of the asked keys", "floor: the same through the codec"
TEXT, SAMPLE = "made of a caption", "made of one recorded note"


def shipped_table(study: ConditioningStudy) -> Table:
    """Made notes beside real ones, coded ones, and two kinds of chance."""
    figures = shipped_figures(study)
    other = study.options.embedding
    return Table(
        title="The shipped models on instruments that they never heard",
        columns=(*COLUMNS, *([f"{what}, {other}" for what in ("KAD", "FAD")] if other else [])),
        rows=tuple(
            (*row(name, one), *([one.kad[other], one.fad[other]] if other else []))
            for name, one in figures.items()
        ),
        about=_about(study),
        targets=tuple(_targets(figures)),
        raw={name: asdict(one) for name, one in figures.items()},
    )


def shipped_figures(study: ConditioningStudy) -> dict[str, Figures]:
    """By row of the table; what was made and heard before is not made again."""
    material = study.shipped_material
    models = _model_digest(study)
    heard = {
        REAL: material.asked,
        CODED: material.coded,
        SAMPLE: material.hear_asked(f"sample-{models}", lambda: _made(study, _by_sample(study))),
        TEXT: material.hear_asked(f"text-{models}", lambda: _made(study, _by_text(study))),
        "chance: tokens drawn evenly, decoded": material.hear_asked(
            "chance", lambda: chance_waves(study)
        ),
        "chance: real notes under another instrument's name": shuffled(study),
    }
    return {name: _figures(study, one) for name, one in heard.items()}


def _model_digest(study: ConditioningStudy) -> str:
    """Of the models that make the notes: other weights are heard anew."""
    digests = study.inputs(("codec", "space", "lm"))["models"].values()
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:12]


def row(name: str, one: Figures) -> tuple[Cell, ...]:
    """A row of the table."""
    return (
        name,
        one.notes,
        one.kad[SPACE],
        one.kad[HAND],
        one.kad[JUDGE],
        one.fad[SPACE],
        one.fad[HAND],
        one.consistency[SPACE],
        one.consistency[JUDGE],
        one.rank[SPACE],
        one.in_tune,
        one.rising,
        one.adapted,
        one.naive,
        one.found,
        one.divergence,
    )


def _figures(study: ConditioningStudy, heard: Heard) -> Figures:
    material = study.shipped_material
    return figures_of(heard, material.reference, material.asked, material.held_out, study.ears)


def _by_sample(study: ConditioningStudy) -> list[Wish]:
    return [
        wish_like(study.spine.models, Shot(one.shot.wave, float(one.shot.pitch), (), ""))
        for one in study.shipped_material.held_out
    ]


def _by_text(study: ConditioningStudy) -> list[Wish]:
    return wishes_of(study.spine.models, [one.caption for one in study.shipped_material.held_out])


def _made(study: ConditioningStudy, wishes: Sequence[Wish]) -> list[Wave]:
    """The asked keys as `trichord make` plays and cleans them, before it evens out levels."""
    keys = zip(study.shipped_material.owners, study.shipped_material.asked_keys, strict=True)
    wanted = [Wanted(owner, pitch, velocity, SECONDS + 0.5) for owner, (pitch, velocity) in keys]
    return play(study.spine.models, wishes, wanted, _SEED, study.progress)


def chance_waves(study: ConditioningStudy) -> list[Wave]:
    """Notes of tokens of which every one is as likely as any other."""
    codec = study.spine.codec
    generator = torch.Generator().manual_seed(study.options.seed)
    waves: list[Wave] = []
    for pitch, _ in study.shipped_material.asked_keys:
        shape = (1, codec.num_codebooks, codec.frames(SECONDS + 0.5))
        codes = torch.randint(codec.cardinality, shape, generator=generator)
        with torch.inference_mode():
            waves.append(codec.decode(codes, torch.tensor([pitch]))[0, 0].float().numpy())
    return waves


def shuffled(study: ConditioningStudy) -> Heard:
    """The real notes, of which each key belongs to an instrument drawn at random.

    Keys are exchanged with their neighbours on the keyboard alone, so that every "instrument" keeps
    notes of its own register.
    """
    real = study.shipped_material.asked
    owner, pitch = (
        values.reshape(-1, len(VELOCITIES))[:, 0] for values in (real.owner, real.pitch)
    )
    place = np.argsort(pitch, kind="stable")
    rng = study.rng("shuffled")
    moved = owner.copy()
    for run in np.array_split(place, max(1, len(place) // 20)):
        moved[run] = owner[rng.permutation(run)]
    return dataclasses.replace(real, owner=np.repeat(moved, len(VELOCITIES)))


def _targets(figures: dict[str, Figures]) -> list[Target]:
    floor, real = figures[CODED], figures[REAL]
    told: list[Target] = []
    for name, short in ((SAMPLE, "sample"), (TEXT, "text")):
        for embedding in (SPACE, HAND, JUDGE):
            most = MOST_TIMES_FLOOR * floor.kad[embedding]
            kad = figures[name].kad[embedding]
            told.append(
                Target(
                    f"KAD of notes made of a {short}, {embedding}",
                    f"≤ {MOST_TIMES_FLOOR:g} × the floor ({floor.kad[embedding]:.2f})",
                    f"{kad:.2f}, {kad / max(floor.kad[embedding], 1e-9):.1f} ×",
                    kad <= most,
                )
            )
        for embedding in (SPACE, JUDGE):
            made, least = figures[name].consistency[embedding], real.consistency[embedding]
            told.append(
                Target(
                    f"consistency of instruments made of a {short}, {embedding}",
                    f"≥ real held-out instruments ({least:.2f})",
                    f"{made:.2f}, {100 * figures[name].in_tune:.0f} % in tune "
                    f"(real {100 * real.in_tune:.0f} %)",
                    made >= least,
                )
            )
    return told


def _about(study: ConditioningStudy) -> str:
    material = study.shipped_material
    reference, asked = material.reference, material.asked
    return (
        f"{len(material.held_out)} instruments of the test split. Reference: "
        f"{len(reference.owner)} real notes of them, {study.options.shipped_keys} keys each at "
        f"velocities 25, 75 and 127. Asked for: {len(asked.owner)} notes on keys in between; no "
        "note stands on both sides, and the asked keys lie a step higher, which is why real "
        "notes are not at 0 by all embeddings. Every note is heard for "
        f"{SECONDS:g} s at {RATE} Hz. "
        "Embeddings: the audio door of the joint space (128-d, learnt; the generator is "
        "conditioned on it), 317 hand-made numbers (yardstick and second ears, on the scale of "
        "the training split; nothing learnt), the audio tower of the caption judge (learnt apart "
        "from all that is judged). Made of a caption: the first caption of each instrument, which "
        "no model has read. Made of a note: the reference note nearest to middle C. Both as "
        f"`trichord make` plays them (six draws, the best taken; seed {_SEED}), before it evens "
        "out levels: what it writes rises with velocity on every key (docs/results/spine.md). "
        "Consistency and effective rank are means over instruments; scores and finding are by the "
        "caption judge, over four captions of each instrument; the row of real notes is their "
        "ceiling. KL is that of the tagger's five questions (family, brightness, decay, noise, "
        "attack) from the real note of the same instrument, key and velocity."
    )
