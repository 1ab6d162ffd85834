"""The readable table of what a listener calls each synth, sample and effect."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib import resources

DRUMS = frozenset({"kick", "snare", "hat", "cymbal", "tom", "drum", "tabla", "break", "loop"})
"""Roles that are drums, whatever their pitch."""

ORNAMENTS = frozenset({"glitch", "noise", "impact", "blip"})
"""Roles without a pitch that are no drums either."""


@dataclass(frozen=True)
class Name:
    """One row of `sounds.csv`.

    Attributes:
        role: what it does in a piece: "bass", "pad", "kick", "reverb"…
        nouns: what it is called, with the article if it takes one.
        adjectives: what it makes of the whole; of effects only.
    """

    pattern: str
    kind: str
    role: str
    nouns: tuple[str, ...]
    adjectives: tuple[str, ...]

    @property
    def pitched(self) -> bool:
        """Whether its notes belong to the harmony."""
        return self.role not in DRUMS and self.role not in ORNAMENTS


@lru_cache(maxsize=1)
def read_sounds() -> tuple[Name, ...]:
    """The rows of `sounds.csv`."""
    text = resources.files("trichord.data.clips").joinpath("sounds.csv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(
        Name(
            row["pattern"],
            row["kind"],
            row["role"],
            _several(row["nouns"]),
            _several(row["adjectives"] or ""),
        )
        for row in csv.DictReader(lines)
    )


@lru_cache(maxsize=1024)
def find_name(kind: str, name: str) -> Name | None:
    """The row for a synth, sample or effect by its name; None for an effect that has no words."""
    for row in read_sounds():
        if row.kind == kind and fnmatchcase(name, row.pattern):
            return row
    return None


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())
