"""Programs that the code tower learns from: composed ones, and families of edits of them.

Structural diversity teaches, and siblings teach to tell small changes apart: every composed program
is a family of its own, and each `FAMILY_EVERY`th brings edits of itself along. The list depends on
its seed and the place alone; a longer one begins with the shorter one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from trichord.livecode.compose import compose_many
from trichord.livecode.edits import propose

SEED = 20
"""Of the tower's own programs. The clips corpus composes with other seeds; what is nearly like one
of its held-out programs is left out besides, see `code_sets.held_out`."""

FAMILY_EVERY = 16
EDITS = 4
_ENDLESS = 1 << 30


@dataclass(frozen=True)
class Taught:
    """One program.

    Attributes:
        family: number of the composed program that it is, or is an edit of.
    """

    family: int
    code: str


def programs(seed: int = SEED, families: int = _ENDLESS) -> Iterator[Taught]:
    """Programs of the list that belongs to `seed`, family by family."""
    for family, program in enumerate(islice(compose_many(families, seed), families)):
        yield Taught(family, program.code)
        if family % FAMILY_EVERY == 0:
            rng = random.Random(f"trichord code {seed} {family}")
            for edit in propose(program.code, rng, EDITS):
                yield Taught(family, edit.code)
