"""Which programs stand together in a step: many unlike ones, and groups of siblings among them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from trichord.livecode.reader.batch import ReadingBatch, collate
from trichord.train.code_sets import CodeTable, levels

SIBLINGS = 4
"""Programs of a group."""


@dataclass(frozen=True)
class CodeBatch:
    """One step's programs.

    Attributes:
        readings: of B programs.
        pictures: float32 [B, 108, 194], dB.
        vectors: float32 [B, D], what the space hears; [B, 0] where there is none.
        family, sound: int64 [B].
    """

    readings: ReadingBatch
    pictures: Tensor
    vectors: Tensor
    family: Tensor
    sound: Tensor


class Units:
    """What is drawn: programs without siblings by themselves, others by the group.

    A template with hundreds of variations would otherwise be most of what is seen: it has as many
    groups as `most` allows.
    """

    def __init__(self, families: Sequence[Tensor], most: int) -> None:
        self._families = list(families)
        self._units: list[int] = []
        for at, rows in enumerate(self._families):
            self._units += [at] * min(max(len(rows) // SIBLINGS, 1), most)

    def __len__(self) -> int:
        return len(self._units)

    def rows(self, units: Sequence[int], rng: random.Random) -> list[int]:
        """Rows of the table for some units; which siblings come is drawn."""
        found: list[int] = []
        for unit in units:
            rows: list[int] = self._families[self._units[unit]].tolist()
            found += rows if len(rows) <= SIBLINGS else rng.sample(rows, SIBLINGS)
        return found


def assemble(table: CodeTable, rows: Sequence[int]) -> CodeBatch:
    """The batch of some rows."""
    at = torch.tensor(rows)
    return CodeBatch(
        collate([table.readings[row] for row in rows]),
        levels(table.pictures[at]),
        table.vectors[at],
        table.family[at],
        table.sound[at],
    )
