"""Methods whose value depends on a list alone; how methods are kept by name."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest

from trichord.livecode.reader import values
from trichord.livecode.reader.values import (
    LONGEST,
    UNKNOWN,
    Ring,
    Value,
    as_list,
    count,
    element,
    like,
    number,
)
from trichord.livecode.reader.voice import Given, Voice

Method = Callable[[Voice, Value, Given], Value]
METHODS: dict[str, Method] = {}
PURE_METHODS: set[str] = set()
"""Those whose value depends on what they are called on and given alone."""

_FACT = Callable[[list[Value], Given], Value]


def _of_list(*names: str) -> Callable[[_FACT], _FACT]:
    """A method of a list's elements that depends on nothing else."""

    def keep(compute: _FACT) -> _FACT:
        def apply(_: Voice, held: Value, given: Given) -> Value:
            if isinstance(held, str):
                held = list(held)
            return compute(held, given) if isinstance(held, list) else UNKNOWN

        METHODS.update(dict.fromkeys(names, apply))
        PURE_METHODS.update(names)
        return compute

    return keep


def named(*names: str) -> Callable[[Method], Method]:
    """Keeps a method under some names."""

    def keep(method: Method) -> Method:
        METHODS.update(dict.fromkeys(names, method))
        return method

    return keep


def amount(given: Given, default: int) -> int:
    """How many a method is asked for."""
    return count(given.value(0, default), default)


def _order(value: Value) -> tuple[int, float | str]:
    return (0, value) if isinstance(value, int | float) else (1, str(value))


def _distinct(held: list[Value]) -> list[Value]:
    found: list[Value] = []
    for each in held:
        if each not in found:
            found.append(each)
    return found


def _flat(held: list[Value]) -> list[Value]:
    found: list[Value] = []
    for each in held:
        found += each[:LONGEST] if isinstance(each, list) else [each]
    return found[:LONGEST]


def _zipped(held: list[Value], given: Given) -> list[Value]:
    others = [as_list(each) for each in given.values]
    rows = zip_longest(held, *others)
    return [list(row) for row, _ in zip(rows, held, strict=False)]


_LISTS: dict[str, _FACT] = {
    "ring": lambda held, _: Ring(held),
    "to_a": lambda held, _: [*held],
    "reverse": lambda held, _: like(held, reversed(held)),
    "mirror": lambda held, given: like(held, values.wave(held) * amount(given, 1)),
    "reflect": lambda held, _: values.reflected(held),
    "repeat": lambda held, given: like(held, held * min(amount(given, 2), 64)),
    "stretch": lambda held, given: like(
        held, (each for each in held for _ in range(min(amount(given, 2), 512)))
    ),
    "drop": lambda held, given: like(held, held[amount(given, 1) :]),
    "drop_last": lambda held, given: like(held, held[: max(len(held) - amount(given, 1), 0)]),
    "butlast": lambda held, _: like(held, held[:-1]),
    "take_last": lambda held, given: like(held, held[max(len(held) - amount(given, 1), 0) :]),
    "sort": lambda held, _: like(held, sorted(held, key=_order)),
    "uniq": lambda held, _: like(held, _distinct(held)),
    "flatten": lambda held, _: _flat(held),
    "compact": lambda held, _: like(held, (each for each in held if each is not None)),
    "length": lambda held, _: len(held),
    "size": lambda held, _: len(held),
    "count": lambda held, given: held.count(given.values[0]) if given.values else len(held),
    "empty?": lambda held, _: not held,
    "include?": lambda held, given: given.value(0) in held,
    "index": lambda held, given: held.index(given.value(0)) if given.value(0) in held else None,
    "sum": lambda held, _: sum(number(each, 0) for each in held),
    "scale": lambda held, given: [number(e, 0) * number(given.value(0), 1) for e in held],
    "ramp": lambda held, _: Ring(held),
    "join": lambda held, _: "".join(map(str, held))[:200],
    "chars": lambda held, _: [*held],
    "zip": _zipped,
    "cycle": lambda held, _: Ring(held),
    "combination": lambda held, _: [held],
}  # fmt: skip
for _name, _compute in _LISTS.items():
    _of_list(_name)(_compute)


@_of_list("take")
def _take(held: list[Value], given: Given) -> Value:
    wanted = amount(given, 1)
    if isinstance(held, Ring) and held:
        return Ring([held[at % len(held)] for at in range(wanted)])
    return held[:wanted]


@_of_list("rotate")
def _rotate(held: list[Value], given: Given) -> Value:
    at = int(number(given.value(0), 1)) % max(len(held), 1)
    return like(held, held[at:] + held[:at])


@_of_list("first")
def _first(held: list[Value], given: Given) -> Value:
    return held[: amount(given, 1)] if given.values else element(held, 0)


@_of_list("last")
def _last(held: list[Value], _: Given) -> Value:
    return element(held, -1)


@_of_list("slice")
def _slice(held: list[Value], given: Given) -> Value:
    start = int(number(given.value(0), 0))
    return like(held, held[start:][: count(given.value(1), 1)])


@_of_list("min", "max")
def _least(held: list[Value], _: Given) -> Value:
    return min(held, key=_order) if held else None


METHODS["max"] = lambda voice, held, given: (
    max(held, key=_order) if isinstance(held, list) and held else UNKNOWN
)
