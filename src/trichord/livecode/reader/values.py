"""The values that programs handle, as the reader holds them.

Numbers, texts, True, False and None are Python's own; a symbol is the text of its name. An array
is a list, a ring a list that goes round. What cannot be told from the text is `UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from trichord.livecode.reader.facts import facts
from trichord.livecode.templates.words import pitch

Value = Any
"""Any of the above."""

LONGEST = 4096
"""Elements of a list; a longer one is cut."""

LARGEST = 1e9
"""No time, loudness or pitch is beyond this, and sums of such numbers stay finite."""

RESTS = ("r", "rest")


class Ring(list[Value]):
    """A list whose end is followed by its beginning."""


class Unknown:
    """What the text does not tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


def as_list(value: Value) -> list[Value]:
    """The elements of a list; anything else alone in one."""
    if isinstance(value, list):
        return value
    if value is None or value is UNKNOWN:
        return []
    return list(value.items()) if isinstance(value, dict) else [value]


def like(model: Value, items: Iterable[Value]) -> list[Value]:
    """Items as a ring where `model` is one, else as an array."""
    found = list(items)[:LONGEST]
    return Ring(found) if isinstance(model, Ring) else found


def element(items: list[Value], index: Value) -> Value:
    """`items[index]` as Ruby has it: a ring goes round, an array ends."""
    if not items or not isinstance(index, int | float):
        return None if not items else UNKNOWN
    at = int(index)
    if isinstance(items, Ring):
        return items[at % len(items)]
    return items[at] if -len(items) <= at < len(items) else None


def number(value: Value, default: float) -> float:
    """The value where it is a number (a list counts by its first element), else `default`."""
    kind = type(value)
    if (kind is float or kind is int) and -LARGEST < value < LARGEST:
        return value
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, int | float) and value == value:
        return min(max(float(value), -LARGEST), LARGEST)
    return default


def count(value: Value, default: int = 1) -> int:
    """A number of times: whole, from 0, bounded."""
    return int(min(max(number(value, default), 0), LONGEST))


def midi(value: Value) -> float | None:
    """A note as a MIDI number; None for a rest and for what is no note."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return number(value, 60.0)
    if isinstance(value, str):
        return None if value in RESTS else pitch(value)
    return None


def notes(value: Value) -> list[float]:
    """The notes that are played together: one, a chord's, or none of a rest."""
    if value is UNKNOWN:
        return [60.0]
    each = (midi(item) for item in as_list(value)[:16])
    return [note for note in each if note is not None]


def add(left: Value, right: Value, sign: int = 1) -> Value:
    """`left + right` or `left - right`: numbers, names of notes, lists."""
    if isinstance(left, list) and isinstance(right, list):
        if sign > 0:
            return like(left, [*left, *right])
        return like(left, (each for each in left if each not in right))
    if isinstance(left, list):
        return like(left, (add(each, right, sign) for each in left))
    if isinstance(left, str):
        note = midi(left)
        if note is None and isinstance(right, str) and sign > 0:
            return (left + right)[:LONGEST]
        left = left if note is None else note
    if isinstance(right, str):
        right = midi(right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left + sign * right
    return left if left in RESTS else UNKNOWN


def chord(tonic: Value, name: Value, octaves: int = 1) -> Ring:
    """The notes of a chord."""
    return _stacked(tonic, facts().chords.get(str(name)) or (0, 4, 7), octaves, closed=False)


def scale(tonic: Value, name: Value, octaves: int = 1) -> Ring:
    """The notes of a scale, from its tonic to the tonic above."""
    steps = facts().scales.get(str(name)) or facts().scales["major"]
    return _stacked(tonic, steps[:-1], octaves, closed=True)


def _stacked(tonic: Value, steps: Iterable[float], octaves: int, closed: bool) -> Ring:
    low = midi(tonic)
    if low is None:
        low = 60.0
    low = int(low) if low == int(low) else low
    span = range(min(max(octaves, 1), 10))
    rising = [low + 12 * octave + _whole(step) for octave in span for step in steps]
    return Ring([*rising, low + 12 * len(span)] if closed else rising)


def _whole(step: float) -> float:
    return int(step) if step == int(step) else step


def invert(notes_: list[Value], shift: int) -> Ring:
    """A chord with its lowest note an octave up, `shift` times; or down, where it is negative."""
    held = [note for note in map(midi, notes_) if note is not None]
    for _ in range(min(abs(shift), 32)):
        held.sort()
        if held and shift > 0:
            held = [*held[1:], held[0] + 12]
        elif held:
            held = [held[-1] - 12, *held[:-1]]
    return Ring(held)


def spread(accents: int, size: int, rotate: int = 0) -> Ring:
    """Euclidean distribution of accents over steps (Bjorklund's, as Toussaint 2005 tells it)."""
    size = min(max(size, 0), LONGEST)
    if accents >= size:
        return Ring([True] * size)
    heads, tails = [[True]] * max(accents, 0), [[False]] * (size - max(accents, 0))
    while heads and len(tails) > 1:
        pairs = min(len(heads), len(tails))
        joined = [heads[at] + tails[at] for at in range(pairs)]
        heads, tails = joined, heads[pairs:] or tails[pairs:]
    steps = [step for group in (*heads, *tails) for step in group]
    for _ in range(min(abs(rotate), 64)):
        later = next((at for at in range(1, len(steps)) if steps[at]), 0)
        steps = steps[later:] + steps[:later]
    return Ring(steps)


def line(start: float, end: float, steps: int, inclusive: bool = False) -> Ring:
    """Even steps from `start` towards `end`."""
    steps = max(steps, 1)
    parts = max(steps - 1, 1) if inclusive else steps
    return Ring([start + (end - start) * at / parts for at in range(min(steps, LONGEST))])


def span(start: float, end: float, step: float, inclusive: bool = False) -> Ring:
    """Numbers from `start` towards `end`, `step` apart."""
    step = abs(step) or 1.0
    size = int(abs(end - start) / step + 1e-9)
    on_end = abs(size * step - abs(end - start)) < 1e-9
    total = size + 1 if inclusive or not on_end else size
    step = step if end >= start else -step
    return Ring([start + step * at for at in range(min(total, LONGEST))])


def wave(items: list[Value]) -> list[Value]:
    """There and back again, the ends played twice."""
    return like(items, [*items, *reversed(items)])


def reflected(items: list[Value]) -> list[Value]:
    """There and back again, the turning point played once."""
    return like(items, [*items, *reversed(items[:-1])])
