"""Methods of lists, texts and numbers, as far as programs use them."""

from __future__ import annotations

import math
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
from trichord.livecode.reader.voice import Given, Left, Voice

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


def _named(*names: str) -> Callable[[Method], Method]:
    def keep(method: Method) -> Method:
        METHODS.update(dict.fromkeys(names, method))
        return method

    return keep


def _amount(given: Given, default: int) -> int:
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
    "mirror": lambda held, given: like(held, values.wave(held) * _amount(given, 1)),
    "reflect": lambda held, _: values.reflected(held),
    "repeat": lambda held, given: like(held, held * min(_amount(given, 2), 64)),
    "stretch": lambda held, given: like(
        held, (each for each in held for _ in range(min(_amount(given, 2), 512)))
    ),
    "drop": lambda held, given: like(held, held[_amount(given, 1) :]),
    "drop_last": lambda held, given: like(held, held[: max(len(held) - _amount(given, 1), 0)]),
    "butlast": lambda held, _: like(held, held[:-1]),
    "take_last": lambda held, given: like(held, held[max(len(held) - _amount(given, 1), 0) :]),
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
    amount = _amount(given, 1)
    if isinstance(held, Ring) and held:
        return Ring([held[at % len(held)] for at in range(amount)])
    return held[:amount]


@_of_list("rotate")
def _rotate(held: list[Value], given: Given) -> Value:
    at = int(number(given.value(0), 1)) % max(len(held), 1)
    return like(held, held[at:] + held[:at])


@_of_list("first")
def _first(held: list[Value], given: Given) -> Value:
    return held[: _amount(given, 1)] if given.values else element(held, 0)


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


@_named("choose", "sample")
def _choose(voice: Voice, held: Value, _: Given) -> Value:
    return voice.chance.choose(list(held) if isinstance(held, str) else as_list(held))


@_named("shuffle")
def _shuffle(voice: Voice, held: Value, _: Given) -> Value:
    items = list(held) if isinstance(held, str) else list(as_list(held))
    voice.chance.shuffle(items)
    return like(held, items)


@_named("pick")
def _pick(voice: Voice, held: Value, given: Given) -> Value:
    return like(held, (voice.chance.choose(as_list(held)) for _ in range(_amount(given, 1))))


@_named("tick", "tick!")
def _tick(voice: Voice, held: Value, given: Given) -> Value:
    step = int(number(given.options.get("step"), 1))
    at = voice.tick(_counter(given), step)
    return element(Ring(list(held)), at) if isinstance(held, list | str) else UNKNOWN


@_named("look")
def _look(voice: Voice, held: Value, given: Given) -> Value:
    at = voice.look(_counter(given)) + int(number(given.options.get("offset"), 0))
    return element(Ring(list(held)), at) if isinstance(held, list | str) else UNKNOWN


def _counter(given: Given) -> str:
    return str(next((each for each in given.values if isinstance(each, str)), ""))


@_named("call", "()", "yield")
def _called(voice: Voice, held: Value, given: Given) -> Value:
    return held(voice, *given.values) if callable(held) else UNKNOWN


@_named("times", "upto", "downto", "step")
def _times(voice: Voice, held: Value, given: Given) -> Value:
    first, past = 0, count(held, 2 if held is UNKNOWN else 0)
    if given.values:
        first, past = int(number(held, 0)), int(number(given.value(0), 0)) + 1
    return _each(voice, range(first, min(past, first + LONGEST)), given)


@_named("each", "each_char")
def _over(voice: Voice, held: Value, given: Given) -> Value:
    return _each(voice, _items(held), given) if given.block else _items(held)


@_named("each_with_index", "with_index")
def _numbered(voice: Voice, held: Value, given: Given) -> Value:
    items = _items(held)
    nested = given.block is not None and len(given.block.parameters) > 2
    return _each(voice, [[*_parts(e, nested), at] for at, e in enumerate(items)], given)


@_named("each_slice", "each_cons")
def _sliced(voice: Voice, held: Value, given: Given) -> Value:
    items, size = _items(held), max(_amount(given, 1), 1)
    slices: list[Value] = [items[at : at + size] for at in range(0, len(items), size)]
    return _each(voice, slices, given)


def _parts(item: Value, nested: bool) -> list[Value]:
    """`|(a, b), i|` takes a pair apart, `|c, i|` leaves a chord whole."""
    return item if nested and isinstance(item, list) else [item]


def _items(held: Value) -> list[Value]:
    return list(held) if isinstance(held, str) else as_list(held)


def _each(voice: Voice, items: range | list[Value], given: Given) -> Value:
    block = given.block
    if block is None:
        return list(items)
    try:
        for item in items:
            block(voice, item)
    except Left as left:
        if left.level != "break":
            raise
        return left.value
    return items


@_named("map", "collect", "flat_map")
def _map(voice: Voice, held: Value, given: Given) -> Value:
    block = given.block
    if block is None:
        return held
    return like(held, [block(voice, item) for item in _items(held)])


@_named("select", "filter", "reject", "find", "any?", "all?", "none?")
def _select(voice: Voice, held: Value, given: Given) -> Value:
    block = given.block
    if block is None:
        return held
    return like(held, [item for item in _items(held) if block(voice, item) is True])


def _of_number(name: str, compute: Callable[[float], Value]) -> None:
    def apply(_: Voice, held: Value, given: Given) -> Value:
        # `Math.sin(x)` stands beside `x.sin`.
        value = given.values[0] if held is UNKNOWN and given.values else held
        return compute(value) if isinstance(value, int | float) else UNKNOWN

    METHODS[name] = apply
    PURE_METHODS.add(name)


for _name, _number_of in {
    "even?": lambda n: int(n) % 2 == 0,
    "odd?": lambda n: int(n) % 2 == 1,
    "zero?": lambda n: n == 0,
    "to_i": int,
    "to_f": float,
    "floor": math.floor,
    "ceil": math.ceil,
    "abs": abs,
    "sin": math.sin,
    "cos": math.cos,
    "sqrt": lambda n: math.sqrt(abs(n)),
    "exp": lambda n: math.exp(min(n, 100.0)),
    "succ": lambda n: n + 1,
    "positive?": lambda n: n > 0,
    "negative?": lambda n: n < 0,
}.items():
    _of_number(_name, _number_of)


@_named("round")
def _round(_: Voice, held: Value, given: Given) -> Value:
    digits = int(number(given.value(0), 0))
    return round(held, digits) if isinstance(held, int | float) else UNKNOWN


@_named("clamp", "between?")
def _between(_: Voice, held: Value, given: Given) -> Value:
    low, high = number(given.value(0), 0), number(given.value(1), 1)
    return min(max(number(held, low), low), high)


@_named("nil?")
def _is_nil(_voice: Voice, held: Value, _given: Given) -> Value:
    return UNKNOWN if held is UNKNOWN else held is None


@_named("to_s", "to_sym", "freeze", "dup", "lazy", "flatten!", "itself")
def _same(_voice: Voice, held: Value, _given: Given) -> Value:
    return held


@_named("split", "lines")
def _split(_: Voice, held: Value, given: Given) -> Value:
    if not isinstance(held, str):
        return UNKNOWN
    mark = given.value(0)
    return held.split(mark) if isinstance(mark, str) and mark else held.split()
