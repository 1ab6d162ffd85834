"""A corpus of composed programs: any number, none nearly like an earlier one."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from trichord.errors import InputError
from trichord.livecode.compose.program import Program, compose
from trichord.livecode.compose.shape import HASHES, alikeness, sketch

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAR = 0.7
"""Programs that share this part of their token triples are nearly the same."""
_BANDS = 16
_ROWS = HASHES // _BANDS


def candidate(seed: int, index: int) -> Program:
    """The candidate at `index`; it depends on the two numbers alone."""
    return compose(random.Random(f"trichord compose {seed} {index}"))


def compose_many(n: int, seed: int, *, start: int = 0) -> Iterator[Program]:
    """Programs `start` to `n` of the endless list that belongs to `seed`.

    Candidates are composed one after the other, and one that is nearly like an earlier one is left
    out. What the list holds at a place therefore depends on the seed and the place alone: a longer
    list begins with the shorter one, and a build that was killed, or a worker that was given a
    part, walks the list from its beginning (some milliseconds a program, nothing beside rendering
    it) and comes to the same programs.

    Raises:
        InputError: `n` or `start` is negative.
    """
    if n < 0 or start < 0:
        raise InputError(f"programs {start} to {n}: give numbers from 0")
    seen, kept = Seen(), 0
    for index in count():
        if kept >= n:
            return
        program = candidate(seed, index)
        if seen.add(program.code):
            kept += 1
            if kept > start:
                yield program


class Seen:
    """Programs so far, found again by bands of their sketches (locality-sensitive hashing)."""

    def __init__(self) -> None:
        self._sketches: list[NDArray[np.int64]] = []
        self._bands: list[dict[bytes, list[int]]] = [defaultdict(list) for _ in range(_BANDS)]

    def __len__(self) -> int:
        return len(self._sketches)

    def add(self, code: str) -> bool:
        """Keeps the program, unless it is nearly like one that was kept; says whether it did."""
        new = sketch(code)
        keys = [band.tobytes() for band in new.reshape(_BANDS, _ROWS)]
        near = {at for band, key in zip(self._bands, keys, strict=True) for at in band.get(key, ())}
        if any(alikeness(new, self._sketches[at]) >= NEAR for at in near):
            return False
        for band, key in zip(self._bands, keys, strict=True):
            band[key].append(len(self._sketches))
        self._sketches.append(new)
        return True
