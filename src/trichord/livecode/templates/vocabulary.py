"""What the installed Sonic Pi knows: its synths, effects, samples, chords and scales, with limits.

They are read from the runtime itself (`vocabulary.rb`), so that a template never asks for what this
version lacks or refuses.
"""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from typing import Any

from trichord.errors import MissingProgramError

Value = float | int

NEAREST = 1e-3
"""How far a value stays from a limit that it may not reach."""


@dataclass(frozen=True)
class Bounds:
    """What one argument may be: a range, or one of a few values. None: no limit on that side."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    """The lowest value is itself refused."""
    high_open: bool = False
    one_of: tuple[float, ...] = ()

    @property
    def lowest(self) -> float:
        """The lowest value that is taken; minus infinity where there is no limit."""
        if self.low is None:
            return -math.inf
        return self.low + NEAREST if self.low_open else self.low

    @property
    def highest(self) -> float:
        """The highest value that is taken; infinity where there is no limit."""
        if self.high is None:
            return math.inf
        return self.high - NEAREST if self.high_open else self.high

    def holds(self, value: float) -> bool:
        """Whether Sonic Pi takes `value`."""
        return self.lowest <= value <= self.highest and (not self.one_of or value in self.one_of)

    def both(self, other: Bounds) -> Bounds:
        """What is within these and those bounds."""
        low, high = max(self.lowest, other.lowest), min(self.highest, other.highest)
        shared = [each for each in self.one_of or other.one_of if self.holds(each)]
        return Bounds(
            low=None if math.isinf(low) else low,
            high=None if math.isinf(high) else high,
            one_of=tuple(each for each in shared if other.holds(each)),
        )


Arguments = Mapping[str, Bounds]


@dataclass(frozen=True)
class Vocabulary:
    """The names that an installation knows, and what their arguments may be."""

    synths: Mapping[str, Arguments]
    effects: Mapping[str, Arguments]
    sample: Arguments
    """The arguments of every sample."""
    samples: tuple[str, ...]
    chords: tuple[str, ...]
    scales: Mapping[str, tuple[float, ...]]
    """Steps in semitones from each degree to the next."""

    def bounds(self, names: Iterable[str], argument: str, kind: str) -> Bounds:
        """What `argument` may be for all of `names` alike.

        Args:
            names: synths or effects; those that do not know the argument do not limit it.
            argument: without its colon.
            kind: "synth", "effect" or "sample"; of a sample, names do not matter.
        """
        if kind == "sample":
            return self.sample.get(argument, Bounds())
        table = self.synths if kind == "synth" else self.effects
        known = [table[name] for name in names if name in table]
        found = [arguments[argument] for arguments in known if argument in arguments]
        return reduce(Bounds.both, found, Bounds())


@cache
def read_vocabulary(ruby_folder: Path) -> Vocabulary:
    """What the Sonic Pi installed at `ruby_folder` (`…/app/server/ruby`) knows.

    Raises:
        MissingProgramError: Ruby or this installation's files cannot be read.
    """
    script = Path(__file__).with_suffix(".rb")
    packages = "install Debian's `sonic-pi-server` and `ruby`"
    try:
        done = subprocess.run(
            ["ruby", script, ruby_folder], capture_output=True, text=True, check=False, timeout=60
        )
    except FileNotFoundError:
        raise MissingProgramError(f"Ruby is missing: {packages}") from None
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise MissingProgramError(f"{ruby_folder}: no readable Sonic Pi ({last}); {packages}")
    return _vocabulary(json.loads(done.stdout))


def _vocabulary(said: dict[str, Any]) -> Vocabulary:
    return Vocabulary(
        synths={name: _arguments(each) for name, each in said["synths"].items()},
        effects={name: _arguments(each) for name, each in said["effects"].items()},
        sample=_arguments(said["sample"]),
        samples=tuple(said["samples"]),
        chords=tuple(said["chords"]),
        scales={name: tuple(steps) for name, steps in said["scales"].items()},
    )


def _arguments(said: dict[str, dict[str, Any]]) -> Arguments:
    return {name: _bounds(limits) for name, limits in said.items()}


def _bounds(said: dict[str, Any]) -> Bounds:
    one_of = tuple(said.pop("one_of", ()))
    return Bounds(**said, one_of=one_of)
