"""What a reader of programs knows of the language: chords, scales, lengths of samples, defaults.

`facts.json` was written by `scripts/reader_facts.py`; reading programs needs no installation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FACTS = Path(__file__).with_name("facts.json")

Defaults = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Facts:
    """The tables.

    Attributes:
        chords: semitones above the root.
        scales: semitones above the tonic, the octave last.
        samples: seconds.
        synths, effects: parameters that a program need not give, and their values.
    """

    chords: Mapping[str, tuple[float, ...]]
    scales: Mapping[str, tuple[float, ...]]
    samples: Mapping[str, float]
    synths: Defaults
    effects: Defaults


@cache
def facts() -> Facts:
    """The tables, read once."""
    said = json.loads(FACTS.read_text(encoding="utf-8"))
    return Facts(
        chords={name: tuple(steps) for name, steps in said["chords"].items()},
        scales={name: tuple(steps) for name, steps in said["scales"].items()},
        samples=said["samples"],
        synths=said["synths"],
        effects=said["effects"],
    )
