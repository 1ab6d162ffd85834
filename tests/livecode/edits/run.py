"""Runs a mutation on a small program, for the tests beside."""

from __future__ import annotations

import random

from trichord.livecode.edits import MUTATIONS, Edit
from trichord.livecode.tree import parse


def edit(name: str, code: str, seed: int = 1, **parameters: float | str) -> Edit | None:
    """What the mutation makes of the program."""
    return MUTATIONS[name].apply(parse(code), random.Random(seed), parameters)


def code_of(name: str, code: str, seed: int = 1, **parameters: float | str) -> str:
    """The edited program; an edit must be possible."""
    found = edit(name, code, seed, **parameters)
    assert found is not None
    return found.code
