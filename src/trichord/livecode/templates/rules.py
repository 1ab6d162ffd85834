"""How far a number may be moved, as small rules that Sonic Pi's own limits then clamp."""

from __future__ import annotations

import math
from collections.abc import Callable

from trichord.livecode.templates.ranges import OneOf, Range, Real, Whole
from trichord.livecode.templates.vocabulary import Bounds

Rule = Callable[[float, Bounds], Range | None]
"""From the number in the program and the limits of its place to what it may become.

None: it is left as it is.
"""


def between(low: float, high: float) -> Rule:
    """Anywhere between two numbers."""
    return lambda _, bounds: _real(low, high, bounds)


def near(down: float, up: float, zero: float = 0.0) -> Rule:
    """From `down` to `up` times the number; where that is nothing, from nothing to `zero`."""

    def rule(value: float, bounds: Bounds) -> Range | None:
        if value == 0:
            return _real(0.0, zero, bounds) if zero else None
        low, high = sorted((value * down, value * up))
        return _real(low, high, bounds, log=value > 0)

    return rule


def around(width: float, low: float, high: float) -> Rule:
    """`width` to each side of the number, between `low` and `high`."""

    def rule(value: float, bounds: Bounds) -> Range | None:
        return _real(max(low, value - width), min(high, value + width), bounds)

    return rule


def whole(low: int, high: int) -> Rule:
    """A whole number between two."""
    return lambda _, bounds: _whole(low, high, bounds)


def whole_near(down: float, up: float, least: int = 1) -> Rule:
    """A whole number from `down` to `up` times the number in the program."""

    def rule(value: float, bounds: Bounds) -> Range | None:
        if value != int(value) or value < least:
            return None
        return _whole(max(least, round(value * down)), round(value * up), bounds)

    return rule


def times(*factors: float, integer: bool = False) -> Rule:
    """The number times one of a few factors; `integer`: only those that leave it whole."""

    def rule(value: float, bounds: Bounds) -> Range | None:
        values = [_plain(value * factor) for factor in factors]
        if integer:
            values = [each for each in values if isinstance(each, int) and each > 0]
        return _one_of(values, bounds) if value else None

    return rule


def one_of(*values: float) -> Rule:
    """One of a few values; the one in the program is among them."""
    return lambda value, bounds: _one_of([*values, _plain(value)], bounds)


def _real(low: float, high: float, bounds: Bounds, *, log: bool = False) -> Range | None:
    if bounds.one_of:
        return OneOf(tuple(_plain(each) for each in bounds.one_of))
    low, high = max(low, bounds.lowest), min(high, bounds.highest)
    low, high = _plain(round(low, 4)), _plain(round(high, 4))
    return Real(low, high, log and low > 0) if low < high else None


def _whole(low: int, high: int, bounds: Bounds) -> Range | None:
    low = low if math.isinf(bounds.lowest) else max(low, math.ceil(bounds.lowest))
    high = high if math.isinf(bounds.highest) else min(high, math.floor(bounds.highest))
    return Whole(low, high) if low < high else None


def _one_of(values: list[float], bounds: Bounds) -> Range | None:
    taken = sorted({each for each in values if bounds.holds(each)})
    return OneOf(tuple(taken)) if len(taken) > 1 else None


def _plain(value: float) -> float:
    """A whole number without its `.0`; others without the noise of their last digits."""
    value = round(value, 6)
    return int(value) if value == int(value) else value
