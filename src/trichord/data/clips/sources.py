"""Where the programs of a corpus come from: installed examples, our own, the generator."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from trichord.data.clips.near import near_groups
from trichord.data.clips.schema import Kind, Program, Template
from trichord.data.splits import Member, split_groups
from trichord.errors import InputError

if TYPE_CHECKING:
    from trichord.livecode.templates import Vocabulary

Ranges = Literal["musical", "paper"]

ORIGINALS = "Trichord"
OWN_LICENCE = "MIT"
EXAMPLES_LICENCE = "CC BY-SA 4.0"
"""Of Sonic Pi's examples, as Debian's copyright file of `sonic-pi-server` has it."""

UNFINISHED = "incubation"
"""The folder of examples that Sonic Pi itself does not show; without it there are 27 of them."""

_GENRE = re.compile(r"^#\s*genre:\s*([a-z][a-z &-]*)", re.IGNORECASE | re.MULTILINE)
_AUTHOR = re.compile(r"^#\s*(?:coded )?by\s+(.+?)\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Draft:
    """One program as its source gives it."""

    code: str
    params: dict[str, Any] = field(default_factory=dict[str, Any])
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Family:
    """A template and the programs drawn from it, before it has a split.

    Attributes:
        base: the program that the template was made from: what tells near-identical ones.
    """

    template_id: str
    kind: Kind
    origin: str
    licence: str
    base: str
    drafts: tuple[Draft, ...]


@dataclass(frozen=True)
class Wishes:
    """What decides which programs there are.

    Attributes:
        sources: kinds, by the names of the command line.
        variations, own_variations: programs per example and per program of ours.
        generate: programs composed.
        only: shell patterns for the names of templates; all if empty.
    """

    sources: tuple[str, ...]
    variations: int
    own_variations: int
    generate: int
    ranges: Ranges
    only: tuple[str, ...]
    seed: int

    def wants(self, name: str) -> bool:
        """Whether a template of this name is wanted."""
        return not self.only or any(fnmatchcase(name, pattern) for pattern in self.only)


def gather(wishes: Wishes) -> list[Family]:
    """All programs of a corpus, in order.

    Raises:
        InputError: none is left.
        MissingProgramError: Sonic Pi is not installed.
    """
    found: list[Family] = []
    if "examples" in wishes.sources:
        found += example_families(wishes)
    if "own" in wishes.sources:
        found += own_families(wishes)
    if "generated" in wishes.sources:
        found += generated_families(wishes)
    if not any(family.drafts for family in found):
        raise InputError(
            "no program left: mend --sources, --only, --variations or --generate "
            f"(sources = {','.join(wishes.sources)}, generate = {wishes.generate})"
        )
    return found


def assign(families: Sequence[Family], seed: int) -> list[Program]:
    """Programs with their splits: about 80/10/10 of the templates of each kind.

    Templates that are nearly the same stand on one side, whatever kind they are of.
    """
    groups = near_groups([family.base for family in families])
    members = [Member(group, f.kind) for group, f in zip(groups, families, strict=True)]
    splits = split_groups(members, np.random.default_rng(seed))
    programs: list[Program] = []
    for family, group, split in zip(families, groups, splits, strict=True):
        template = Template(
            family.template_id, family.kind, family.origin, family.licence, group, split
        )
        single = family.kind == "generated"
        for index, draft in enumerate(family.drafts):
            clip_id = family.template_id if single else f"{family.template_id}_{index:04d}"
            programs.append(Program(clip_id, template, draft.params, draft.code, draft.words))
    return programs


def example_families(wishes: Wishes) -> list[Family]:
    """Variations of the installed examples, without the folder `UNFINISHED`."""
    from trichord.livecode.sonicpi import install

    families: list[Family] = []
    for path in install.find().examples():
        if path.parent.name == UNFINISHED or not wishes.wants(path.stem):
            continue
        code = path.read_text("utf-8")
        author = _AUTHOR.search(code)
        origin = f"Sonic Pi example {path.parent.name}/{path.stem}"
        origin += f" by {author[1]}" if author else ""
        drafts = vary(f"example_{path.stem}", code, wishes.variations, wishes)
        families.append(
            Family(f"example_{path.stem}", "example", origin, EXAMPLES_LICENCE, code, drafts)
        )
    return families


def own_families(wishes: Wishes) -> list[Family]:
    """Our base programs and their variations."""
    from trichord.livecode.templates.base import base_programs

    families: list[Family] = []
    for program in base_programs():
        if not wishes.wants(program.name):
            continue
        name = f"own_{program.name}"
        drafts = vary(name, program.code, wishes.own_variations, wishes)
        origin = f"{ORIGINALS}, base program {program.name}"
        families.append(Family(name, "own", origin, OWN_LICENCE, program.code, drafts))
    return families


def vary(template_id: str, code: str, count: int, wishes: Wishes) -> tuple[Draft, ...]:
    """The program as it stands, then variations of it; with the paper's ranges variations only.

    The random numbers of a variation depend on the seed, the template and its number alone.
    """
    from trichord.livecode.templates import from_program, sample

    try:
        template = from_program(code, _vocabulary(), title=template_id, ranges=wishes.ranges)
    except InputError as error:
        raise InputError(f"{template_id}: {error}") from error
    genre = _GENRE.search(code)
    words = (genre[1].strip().lower(),) if genre else ()
    drafts = [Draft(code, template.original, words)] if wishes.ranges == "musical" else []
    for index in range(len(drafts), count):
        varied, params = sample(template, random.Random(f"{wishes.seed}/{template_id}/{index}"))
        drafts.append(Draft(varied, params, words))
    return tuple(drafts[:count])


def generated_families(wishes: Wishes) -> list[Family]:
    """Composed programs; each is a template of its own."""
    return [
        Family(
            template_id=f"generated_{index:05d}",
            kind="generated",
            origin=f"{ORIGINALS}, composed with seed {wishes.seed}",
            licence=OWN_LICENCE,
            base=draft.code,
            drafts=(draft,),
        )
        for index, draft in enumerate(_composed(wishes))
    ]


def _composed(wishes: Wishes) -> Iterator[Draft]:
    from trichord.livecode.compose import compose_many

    for program in compose_many(wishes.generate, seed=wishes.seed):
        yield Draft(program.code, words=(program.traits.genre.replace("_", " "),))


@cache
def _vocabulary() -> Vocabulary:
    """What the installed Sonic Pi knows; asked of it once."""
    from trichord.livecode.sonicpi import install
    from trichord.livecode.templates import read_vocabulary

    return read_vocabulary(install.find().root)
