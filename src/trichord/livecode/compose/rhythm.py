"""Rhythms: Euclid's spreads, steps on a grid, and bars cut into durations."""

from __future__ import annotations

import random
from collections.abc import Sequence

_CELLS: dict[float, tuple[tuple[float, ...], ...]] = {
    1: ((1,), (0.5, 0.5), (0.5, 0.25, 0.25), (0.25, 0.25, 0.5), (0.75, 0.25), (0.25, 0.5, 0.25)),
    2: ((2,), (1.5, 0.5), (0.75, 0.75, 0.5), (1, 1), (0.5, 1, 0.5), (1, 0.5, 0.5)),
    3: ((3,), (1.5, 1.5), (2, 1), (1, 0.5, 1.5), (0.75, 0.75, 0.75, 0.75)),
    4: ((4,), (3, 1), (1.5, 1.5, 1), (2.5, 1.5), (1, 2, 1)),
}
"""Ways to cut a span of beats; longer spans are put together from these."""


def euclid(hits: int, steps: int, rotation: int = 0) -> tuple[bool, ...]:
    """`hits` spread as evenly as may be over `steps` (Toussaint 2005), first step a hit."""
    ring = [(at * hits) % steps < hits for at in range(steps)]
    turn = rotation % steps
    return tuple(ring[turn:] + ring[:turn])


def durations(rng: random.Random, beats: float, *, fast: float = 0.5) -> list[float]:
    """Durations in beats that add up to `beats`; `fast` 0 prefers long notes, 1 short ones."""
    left, found = beats, list[float]()
    while left > 1e-9:
        fits = [span for span in _CELLS if span <= left + 1e-9] or [0.0]
        if fits == [0.0]:
            return [*found, left]
        span = min(fits, key=lambda each: abs(each - (1 + 3 * (1 - fast)) * rng.uniform(0.5, 1.3)))
        cells = _CELLS[span]
        found.extend(rng.choice(cells if fast > 0.3 else cells[:3]))
        left -= span
    return found


def grid(rng: random.Random, steps: int, *, dense: float = 0.4) -> tuple[bool, ...]:
    """A pattern of `steps` that has at least one hit: Euclid's, or a drawn one with accents."""
    if rng.random() < 0.5:
        hits = max(1, round(steps * dense * rng.uniform(0.6, 1.4)))
        return euclid(min(hits, steps), steps, rng.choice((0, 0, 0, 1, 2, 3)))
    marks = [rng.random() < dense * (1.5 if at % 4 == 0 else 0.8) for at in range(steps)]
    marks[0] = marks[0] or not any(marks)
    return tuple(marks)


def marks(pattern: Sequence[bool], hit: str = "x", rest: str = "-") -> str:
    """The pattern as people type it: "x--x--x-"."""
    return "".join(hit if each else rest for each in pattern)


def onsets(pattern: Sequence[bool]) -> list[int]:
    """The steps that are hit."""
    return [at for at, each in enumerate(pattern) if each]
