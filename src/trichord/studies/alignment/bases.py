"""Programs that no model has learnt from: what candidate sets are made of."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, zip_longest
from pathlib import Path

from trichord.data.clips.plan import load_clips_plan
from trichord.errors import InputError
from trichord.studies.alignment.scenarios import Scenario, variants


@dataclass(frozen=True)
class Base:
    """A program of the test split.

    Attributes:
        varied: whether its template is that of an installed example or of one of our own
            programs, rather than a composed program.
    """

    clip_id: str
    template_id: str
    varied: bool
    code: str


@dataclass(frozen=True)
class Draft:
    """A candidate set before it is rendered.

    Attributes:
        name: of the set, such as "melody_0007".
        codes: variants of the base, more than are wanted, since some will not be heard.
    """

    name: str
    scenario: str
    base: Base
    codes: tuple[str, ...]


def read_bases(corpus: Path, split: str = "test") -> list[Base]:
    """The programs of a split, in the order of the corpus.

    Raises:
        InputError: the folder holds no plan of clips, or the split is empty.
    """
    plan = load_clips_plan(corpus)
    found = [
        Base(p.clip_id, p.template.template_id, p.template.kind != "generated", p.code)
        for p in plan.programs
        if p.template.split == split
    ]
    if not found:
        raise InputError(f"{corpus}: no program of the split {split}; give a larger --corpus")
    return found


def draft_sets(
    bases: Sequence[Base], scenario: Scenario, seed: int, candidates: int
) -> Iterator[Draft]:
    """Sets of one scenario without end, or until no base offers any.

    Composed programs and variations of templates take turns. The set of a number depends on the
    bases, the seed and its number alone, so a longer list begins with the shorter one.

    Args:
        bases: what variants are made of.
        scenario: of the variants.
        seed: of the order and of the edits.
        candidates: variants in a set, those included that may turn out to be unusable.
    """
    left = _in_turn(bases, random.Random(f"{seed}/{scenario.name}"))
    number = count()
    for turn in count():
        offering: list[Base] = []
        for base in left:
            rng = random.Random(f"{seed}/{scenario.name}/{base.clip_id}/{turn}")
            codes = variants(base.code, scenario, rng, candidates)
            if len(codes) == candidates:
                offering.append(base)
                name = f"{scenario.name}_{next(number):04d}"
                yield Draft(name, scenario.name, base, tuple(codes))
        left = offering
        if not left:
            return


def _in_turn(bases: Sequence[Base], rng: random.Random) -> list[Base]:
    """Shuffled; templates take turns among the varied ones, and these with the composed ones."""
    by_template: dict[str, list[Base]] = {}
    for base in rng.sample(list(bases), len(bases)):
        if base.varied:
            by_template.setdefault(base.template_id, []).append(base)
    varied = [base for row in zip_longest(*by_template.values()) for base in row if base]
    composed = rng.sample(
        [base for base in bases if not base.varied], sum(not b.varied for b in bases)
    )
    return [base for pair in zip_longest(varied, composed) for base in pair if base]
