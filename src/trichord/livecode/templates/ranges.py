"""What a hole may be filled with: a range of numbers, of whole numbers, of pitches, or a list."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

Value = float | int | str

DIGITS = 4
"""Significant digits of a drawn number: nobody writes more."""


@dataclass(frozen=True)
class Real:
    """Numbers from `low` to `high`, drawn evenly, or evenly in their logarithm."""

    low: float
    high: float
    log: bool = False
    """Halves and doubles are equally likely; needs a `low` above zero."""

    def __post_init__(self) -> None:
        _check(self.low, self.high)
        if self.log and self.low <= 0:
            raise ValueError(f"low is {self.low}; a range in logarithms begins above zero")

    def draw(self, rng: random.Random) -> float:
        """A number of the range, rounded as a person would."""
        if self.log:
            value = math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        else:
            value = rng.uniform(self.low, self.high)
        rounded = round(float(f"{value:.{DIGITS}g}"), DIGITS)
        return min(max(rounded, self.low), self.high)

    def holds(self, value: Value) -> bool:
        """Whether the hole takes `value`."""
        return not isinstance(value, str) and self.low <= value <= self.high


@dataclass(frozen=True)
class Whole:
    """Whole numbers from `low` to `high`, both included."""

    low: int
    high: int

    def __post_init__(self) -> None:
        _check(self.low, self.high)

    def draw(self, rng: random.Random) -> int:
        """A number of the range."""
        return rng.randint(self.low, self.high)

    def holds(self, value: Value) -> bool:
        """Whether the hole takes `value`."""
        return not isinstance(value, str) and self.low <= value <= self.high and value == int(value)


@dataclass(frozen=True)
class Pitches:
    """MIDI notes from `low` to `high` (60 is C4) whose pitch class is one of `classes`."""

    low: int
    high: int
    classes: tuple[int, ...]
    """0 is C, 11 is B."""

    def __post_init__(self) -> None:
        _check(self.low, self.high)
        if not self.notes:
            raise ValueError(f"no note from {self.low} to {self.high} is of {list(self.classes)}")

    @property
    def notes(self) -> tuple[int, ...]:
        """Every note of the range, upwards."""
        return tuple(n for n in range(self.low, self.high + 1) if n % 12 in self.classes)

    def draw(self, rng: random.Random) -> int:
        """A note of the range."""
        return rng.choice(self.notes)

    def holds(self, value: Value) -> bool:
        """Whether the hole takes `value`."""
        return value in self.notes


@dataclass(frozen=True)
class OneOf:
    """A few values, each as likely."""

    choices: tuple[Value, ...]
    group: str = ""
    """The name of the list in the template's header; empty for a list of its own."""

    def __post_init__(self) -> None:
        if not self.choices:
            raise ValueError("no choices; name at least one")

    def draw(self, rng: random.Random) -> Value:
        """One of the values."""
        return rng.choice(self.choices)

    def holds(self, value: Value) -> bool:
        """Whether the hole takes `value`."""
        return value in self.choices


Range = Real | Whole | Pitches | OneOf


def _check(low: float, high: float) -> None:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"{low} to {high} is no range; give two finite numbers")
    if low > high:
        raise ValueError(f"low is {low} and high is {high}; low comes first")
