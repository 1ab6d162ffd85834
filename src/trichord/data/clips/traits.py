"""The measured traits that captions rest on, and the readable table from traits to words."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import resources

from trichord.data.clips.playing import Playing
from trichord.data.clips.sound import Sound

Traits = dict[str, float]
"""By the names of `Sound` and of the numbers in `Playing`, and `speed`, made of two."""


@dataclass(frozen=True)
class Word:
    """One side of one row of `traits.csv`."""

    trait: str
    adjectives: tuple[str, ...]
    phrases: tuple[str, ...]
    weight: int


@dataclass(frozen=True)
class Row:
    """One row of `traits.csv`."""

    trait: str
    low: float
    high: float
    below: Word
    above: Word

    def word(self, value: float) -> Word | None:
        """The words that a value deserves; None between the limits."""
        if value < self.low:
            return self.below
        return self.above if value > self.high else None


def combine(sound: Sound, playing: Playing) -> Traits:
    """All numbers of a clip, rounded to what is measurable; what is not known is left out."""
    numbers = {key: value for key, value in asdict(sound).items() if isinstance(value, float)}
    numbers |= {
        "pace": playing.pace,
        "tempo": playing.tempo,
        "pulse": playing.pulse,
        "layers": playing.layers,
        "chords": playing.chords,
        "register": playing.register,
        "drums": playing.drums,
        "speed": speed(playing.pace, playing.tempo),
    }
    return {key: round(value, 3) for key, value in numbers.items() if math.isfinite(value)}


def speed(pace: float, tempo: float) -> float:
    """Octaves faster than three strokes a second at 120 beats per minute, the two averaged.

    Args:
        pace: strokes a second.
        tempo: beats per minute; 0 where no pulse is heard, and then pace alone decides.
    """
    by_pace = math.log2(max(pace, 0.25) / 3.0)
    return 0.5 * (by_pace + math.log2(tempo / 120.0)) if tempo > 0.0 else by_pace


def fitting_words(traits: Mapping[str, float]) -> list[Word]:
    """The words that a clip of these traits deserves, in the table's order."""
    found = (row.word(traits[row.trait]) for row in read_rows() if row.trait in traits)
    return [word for word in found if word is not None]


@lru_cache(maxsize=1)
def read_rows() -> tuple[Row, ...]:
    """The rows of `traits.csv`."""
    text = resources.files("trichord.data.clips").joinpath("traits.csv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(
        Row(
            trait=row["trait"],
            low=float(row["low"]),
            high=float(row["high"]),
            below=_word(row, "low"),
            above=_word(row, "high"),
        )
        for row in csv.DictReader(lines)
    )


def _word(row: Mapping[str, str], side: str) -> Word:
    return Word(
        row["trait"],
        _several(row[f"{side}_adjectives"]),
        _several(row[f"{side}_phrases"]),
        int(row["weight"]),
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())
