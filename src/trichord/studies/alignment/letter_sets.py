"""The paper's three candidate sets: one of ten in each of melody, drum and bass."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from trichord.data.clips.store import decode, to_float
from trichord.errors import InputError
from trichord.studies.alignment.agreement import Vectors
from trichord.studies.alignment.bases import Base, draft_sets
from trichord.studies.alignment.letter_examples import Examples
from trichord.studies.alignment.rendering import CANDIDATES, SPARE, SetJob, read_set, render_sets
from trichord.studies.alignment.scenarios import SCENARIOS
from trichord.studies.alignment.study import AlignmentStudy

NAMES = ("melody", "drum", "bass")
SECONDS = 18.0


@dataclass(frozen=True)
class CandidateSet:
    """Ten continuations of one program.

    Attributes:
        name: of the scenario.
        base: the program that they vary.
        codes: the ten.
        audio: what is heard of them `[10, A]`.
    """

    name: str
    base: str
    codes: tuple[str, ...]
    audio: Vectors


def three_sets(study: AlignmentStudy, examples: Examples) -> list[CandidateSet]:
    """One set per scenario, rendered where it is missing."""
    return [_candidates(study, examples, name) for name in NAMES]


def _candidates(study: AlignmentStudy, examples: Examples, name: str) -> CandidateSet:
    bases = [
        Base(row["clip_id"], row["template_id"], varied=True, code=row["code"])
        for row in (examples.rows[at] for at in examples.bases)
    ]
    seed = study.options.seed
    key = hashlib.sha256("".join(base.code for base in bases).encode()).hexdigest()[:8]
    drafts = draft_sets(bases, SCENARIOS[name], seed, CANDIDATES + SPARE)
    for draft in drafts:
        path = examples.folder / "sets" / f"{draft.name}-{seed}-{key}.parquet"
        job = SetJob(draft, path, SECONDS, seed)
        # Where fewer than ten of a program's variants sound, the next program is taken.
        if not render_sets([job], 1, study.executor, study.progress):
            continue
        rows = read_set(path, ["code", "audio"])
        heard: list[Vectors] = []
        for row in rows:
            samples, rate = decode(row["audio"]["bytes"])
            heard.append(examples.hear(to_float(samples).mean(axis=1), rate))
        codes = tuple(row["code"] for row in rows)
        return CandidateSet(name, draft.base.template_id, codes, np.array(heard))
    raise InputError(f"scenario {name}: no example in the corpus offers ten variants")
