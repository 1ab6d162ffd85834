"""Does it sound like what was asked? Families of made instruments, by a judge of its own ears."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from trichord.data.schema import FAMILIES
from trichord.instrument.wish import wishes_of
from trichord.studies.figures import draw_matrix
from trichord.studies.judge import (
    HIGHEST,
    LOWEST,
    Judge,
    NoteFeatures,
    accuracies,
    features_of,
    fit,
    real_features,
    unknown_sounds,
)
from trichord.studies.play import Wanted, play
from trichord.studies.prompts import held_out_prompts, prompts_in_captions
from trichord.studies.study import HeldNote, Study
from trichord.studies.tables import Cell, Table, Target, percent
from trichord.studies.timbre import timbre_of

if TYPE_CHECKING:
    from trichord.codec.base import Codec

KEYS = (48, 55, 60, 67)
"""Of every made instrument; each family has notes there."""
_VELOCITY, _SECONDS = 100, 2.0
_SEED = 7
_REAL_EACH = 5
LEAST_RIGHT = 0.80


@dataclass(frozen=True)
class Verdict:
    """What the judge heard."""

    asked: int
    heard: int


def family_table(study: Study) -> Table:
    """Families of the instruments of free prompts, and the judge's own accuracy on real ones."""
    known = real_features(study)
    judge = fit(known, study.options.seed)
    rows: list[tuple[Cell, ...]] = []
    for name, features, scores in _real_rows(study, judge, known):
        for unit, share in zip(
            ("each note", "each instrument"), accuracies(scores, features), strict=True
        ):
            count = _counted(features, unit)
            rows.append((f"{name}: {unit}", count, share, 1 / len(FAMILIES)))
    prompts = held_out_prompts()
    prompts = prompts[: study.count(len(prompts), least=len(FAMILIES))]
    verdicts, shares = judge_prompts(study, judge, [(p.text, p.family) for p in prompts])
    right = float(np.mean([v.asked == v.heard for v in verdicts]))
    name = f"made from free prompts, by {len(KEYS)} notes"
    rows.append((name, len(verdicts), right, 1 / len(FAMILIES)))
    for index, family in enumerate(FAMILIES):
        own = [v.asked == v.heard for v in verdicts if v.asked == index]
        rows.append((f"– {family}", len(own), float(np.mean(own)) if own else None, None))
    _draw(study, verdicts)
    wrong = [
        f"“{p.text}” ({p.family}) was heard as {FAMILIES[v.heard]}"
        for p, v in zip(prompts, verdicts, strict=True)
        if v.asked != v.heard
    ]
    return Table(
        title="Does it sound like what was asked?",
        columns=("judged", "N", "family right", "chance"),
        rows=tuple(rows),
        about=_about(prompts_in_captions(prompts, study.corpus), wrong),
        targets=(
            Target(
                f"family of instruments made from {len(prompts)} free prompts",
                f"≥ {percent(LEAST_RIGHT)}",
                f"{percent(right)} (chance {percent(1 / len(FAMILIES))})",
                right >= LEAST_RIGHT,
            ),
        ),
        figures=("family.png",),
        raw={
            "prompts": [
                {"prompt": p.text, "asked": p.family, "heard": FAMILIES[v.heard], "share": share}
                for p, v, share in zip(prompts, verdicts, shares, strict=True)
            ]
        },
    )


def _about(repeated: int, wrong: Sequence[str]) -> str:
    return (
        "The judge (400 extremely randomised trees) hears hand-made features only: cepstra of "
        "attack, body and late part, harmonic levels, envelope. It knows the real instruments of "
        "the corpus, under weights that make every family equally likely in every half octave, so "
        "that a key alone tells nothing. Beside the made instruments: real notes of the test "
        f"split that it was not trained on (keys {LOWEST} to {HIGHEST}), the same notes through "
        "the codec and through the codebooks that the language model draws, as made notes are, "
        "and real notes of sounds that it never heard, nor their twins (five "
        "folds): what a family is cannot be learnt in full from 137 sounds. Made instruments: "
        f"{repeated} of the prompts stand among the captions; what instruments are called, by "
        "family, the text door has read in a lexicon (`src/trichord/train/lexicon.json`); keys "
        f"{', '.join(map(str, KEYS))} at velocity {_VELOCITY}, seed {_SEED}; the "
        "family of the highest mean log probability. "
        + (f"Wrong: {'; '.join(wrong)}." if wrong else "None was wrong.")
    )


def _real_rows(
    study: Study, judge: Judge, known: NoteFeatures
) -> Iterator[tuple[str, NoteFeatures, NDArray[np.float64]]]:
    """Name, notes and scores of what the made instruments are held against."""
    notes = _fresh_notes(study, set(known.note_ids.tolist()))
    plain = features_of(notes)
    yield "real, other notes of known instruments", plain, judge.log_probabilities(plain.values)
    for name, codebooks in codings(study):
        coded = features_of(notes, [round_trip(study.codec, n, codebooks) for n in notes])
        yield name, coded, judge.log_probabilities(coded.values)
    yield "real, unknown sounds", known, unknown_sounds(known, study.options.seed)


def codings(study: Study) -> Iterator[tuple[str, int]]:
    """What is said of each way through the codec, and how many codebooks it takes."""
    drawn = study.models.lm.config.num_codebooks
    if drawn < study.codec.num_codebooks:
        yield "the same through the codec", study.codec.num_codebooks
    yield f"the same through the {drawn} codebooks that made notes have", drawn


def _counted(features: NoteFeatures, unit: str) -> int:
    names = features.note_ids if unit == "each note" else features.instruments
    return len(np.unique(names))


def _fresh_notes(study: Study, known: set[str]) -> list[HeldNote]:
    """Notes of the test split that the judge has not heard."""
    rng = study.rng("family")
    chosen: set[str] = set()
    for instrument in study.instruments("test"):
        keys = [k for k in study.keys_of(instrument) if LOWEST <= k.pitch <= HIGHEST]
        ids = [k.note_id for k in keys if k.note_id not in known]
        count = min(study.count(_REAL_EACH), len(ids))
        chosen |= set(rng.choice(ids, count, replace=False).tolist()) if count else set()
    return study.read(chosen)


@torch.no_grad()
def round_trip(codec: Codec, note: HeldNote, codebooks: int) -> NDArray[np.float32]:
    """A note through the first codebooks of the codec and back."""
    pitch = torch.tensor([note.pitch])
    codes = codec.encode(torch.from_numpy(note.wave)[None, None], pitch)[:, :codebooks]
    return codec.decode(codes, pitch)[0, 0].numpy()


def judge_prompts(
    study: Study, judge: Judge, prompts: Sequence[tuple[str, str]]
) -> tuple[list[Verdict], list[float]]:
    """Makes a few notes of each prompt; returns verdicts and the asked family's probability."""
    wishes = wishes_of(study.models, [text for text, _ in prompts])
    wanted = [Wanted(i, key, _VELOCITY, _SECONDS) for i in range(len(prompts)) for key in KEYS]
    waves = play(study.models, wishes, wanted, _SEED, study.progress)
    values = np.stack([timbre_of(w, n.pitch) for w, n in zip(waves, wanted, strict=True)])
    scores = judge.log_probabilities(values).reshape(len(prompts), len(KEYS), -1).mean(axis=1)
    asked = [FAMILIES.index(family) for _, family in prompts]
    verdicts = [Verdict(a, int(s.argmax())) for a, s in zip(asked, scores, strict=True)]
    shares = [
        float(np.exp(s[a] - np.logaddexp.reduce(s))) for a, s in zip(asked, scores, strict=True)
    ]
    return verdicts, shares


def _draw(study: Study, verdicts: Sequence[Verdict]) -> None:
    counts = np.zeros((len(FAMILIES), len(FAMILIES)), np.int64)
    for verdict in verdicts:
        counts[verdict.asked, verdict.heard] += 1
    draw_matrix(counts, FAMILIES, ("asked", "heard by the judge"), study.folder / "family.png")
