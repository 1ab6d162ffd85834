"""A parameter over time: where it starts, how it slides, with the curves of the sound server."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.score.events import Change, Event, Score

Times = NDArray[np.float64]
Values = NDArray[np.float64]

LARGEST = 1e6
"""Numbers beyond are cut: nothing that can be heard needs more."""


def clean(value: float, low: float = -LARGEST, high: float = LARGEST) -> float:
    """A number that can be reckoned with: finite, within bounds; NaN counts as `low`."""
    if math.isnan(value):
        return low
    return min(max(value, low), high)


def segment(x: NDArray[np.floating], start: float, end: float, shape: float, bend: float) -> Values:
    """From `start` to `end` as `x` goes from 0 to 1, by one of SuperCollider's envelope shapes.

    Args:
        x: places along the way.
        start: value at 0.
        end: value at 1.
        shape: 0 step, 1 linear, 2 exponential, 3 sine, 4 Welch, 5 by `bend`, 6 squared, 7 cubed.
        bend: of shape 5.
    """
    x = np.asarray(np.clip(x, 0.0, 1.0), np.float64)
    kind = int(shape)
    if kind == 0:
        return np.where(x > 0, end, start)
    if kind == 2:
        low, high = max(abs(start), 1e-4), max(abs(end), 1e-4)
        return math.copysign(1.0, start + end) * low * (high / low) ** x
    if kind == 3:
        x = 0.5 - 0.5 * np.cos(np.pi * x)
    elif kind == 4:
        x = np.sin(0.5 * np.pi * x) if end >= start else 1 - np.sin(0.5 * np.pi * (1 - x))
    elif kind == 5 and abs(bend) > 1e-3:
        bend = clean(bend, -50.0, 50.0)
        x = np.expm1(bend * x) / math.expm1(bend)
    elif kind in (6, 7) and start >= 0 and end >= 0:
        root = 1.0 / (kind - 4)
        roots = start**root + (end**root - start**root) * x
        return np.asarray(roots ** (kind - 4), np.float64)
    return np.asarray(start + (end - start) * x, np.float64)


def moved(start: float, changes: Sequence[Change], times: Times, delay: float) -> Values:
    """A parameter at some times, `delay` seconds after it was sent."""
    values = np.full(len(times), start)
    now, before = start, None
    for change in changes:
        begin = change.time + delay
        if before is not None:
            now = _at(before, delay, begin)
        later = times >= begin
        goal, slide = clean(change.value), clean(change.slide, 0.0)
        if slide <= 0:
            values[later] = goal
        else:
            x = (times[later] - begin) / slide
            values[later] = segment(x, now, goal, change.shape, change.curve)
        before = (now, change)
    return values


def _at(before: tuple[float, Change], delay: float, time: float) -> float:
    """Where a slide has come to when the next one begins."""
    start, change = before
    slide = clean(change.slide, 0.0)
    if slide <= 0:
        return clean(change.value)
    x = np.array([(time - change.time - delay) / slide])
    return float(segment(x, start, clean(change.value), change.shape, change.curve)[0])


class Parameters:
    """The parameters of one event at its start, and over time."""

    def __init__(self, score: Score, event: Event) -> None:
        self.event = event
        self.delay = score.latency
        self._defaults: Mapping[str, float] = score.instruments.get(event.instrument, {})
        self._given = event.given
        self._moving: dict[str, list[Change]] = {}
        for change in event.changes:
            self._moving.setdefault(change.parameter, []).append(change)

    def __contains__(self, name: str) -> bool:
        return name in self._given or name in self._defaults

    def first(self, name: str, default: float, low: float = -1e6, high: float = 1e6) -> float:
        """A parameter at the start of its event, within bounds."""
        value = self._given.get(name)
        if value is None:
            value = self._defaults.get(name, default)
        return clean(value, low, high)

    def moves(self, *names: str) -> bool:
        """Whether any of them changes later."""
        return any(name in self._moving for name in names)

    def over(
        self, name: str, default: float, times: Times, low: float = -1e6, high: float = 1e6
    ) -> Any:
        """A parameter at some times, within bounds: a number if it stands still, else `[n]`."""
        start = self.first(name, default, low, high)
        changes = self._moving.get(name)
        if not changes:
            return start
        return np.clip(moved(start, changes, times, self.delay), low, high)

    @property
    def key(self) -> tuple[tuple[str, float], ...] | None:
        """What makes two events sound alike; None for one that moves."""
        if self._moving:
            return None
        return tuple(sorted((k, v) for k, v in self._given.items() if k != "out_bus"))
