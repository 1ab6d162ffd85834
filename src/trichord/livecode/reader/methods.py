"""Methods of texts, numbers and of a moment: draws, counters, loops over lists."""

from __future__ import annotations

import math
from collections.abc import Callable

from trichord.livecode.reader.lists import METHODS, PURE_METHODS, amount, named
from trichord.livecode.reader.piece import Left
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


@named("choose", "sample")
def _choose(voice: Voice, held: Value, _: Given) -> Value:
    return voice.chance.choose(list(held) if isinstance(held, str) else as_list(held))


@named("shuffle")
def _shuffle(voice: Voice, held: Value, _: Given) -> Value:
    items = list(held) if isinstance(held, str) else list(as_list(held))
    voice.chance.shuffle(items)
    return like(held, items)


@named("pick")
def _pick(voice: Voice, held: Value, given: Given) -> Value:
    return like(held, (voice.chance.choose(as_list(held)) for _ in range(amount(given, 1))))


@named("tick", "tick!")
def _tick(voice: Voice, held: Value, given: Given) -> Value:
    step = int(number(given.options.get("step"), 1))
    at = voice.tick(_counter(given), step)
    return element(Ring(list(held)), at) if isinstance(held, list | str) else UNKNOWN


@named("look")
def _look(voice: Voice, held: Value, given: Given) -> Value:
    at = voice.look(_counter(given)) + int(number(given.options.get("offset"), 0))
    return element(Ring(list(held)), at) if isinstance(held, list | str) else UNKNOWN


def _counter(given: Given) -> str:
    return str(next((each for each in given.values if isinstance(each, str)), ""))


@named("call", "()", "yield")
def _called(voice: Voice, held: Value, given: Given) -> Value:
    return held(voice, *given.values) if callable(held) else UNKNOWN


@named("times", "upto", "downto", "step")
def _times(voice: Voice, held: Value, given: Given) -> Value:
    first, past = 0, count(held, 2 if held is UNKNOWN else 0)
    if given.values:
        first, past = int(number(held, 0)), int(number(given.value(0), 0)) + 1
    return _each(voice, range(first, min(past, first + LONGEST)), given)


@named("each", "each_char")
def _over(voice: Voice, held: Value, given: Given) -> Value:
    return _each(voice, _items(held), given) if given.block else _items(held)


@named("each_with_index", "with_index")
def _numbered(voice: Voice, held: Value, given: Given) -> Value:
    items = _items(held)
    nested = given.block is not None and len(given.block.parameters) > 2
    return _each(voice, [[*_parts(e, nested), at] for at, e in enumerate(items)], given)


@named("each_slice", "each_cons")
def _sliced(voice: Voice, held: Value, given: Given) -> Value:
    items, size = _items(held), max(amount(given, 1), 1)
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


@named("map", "collect", "flat_map")
def _map(voice: Voice, held: Value, given: Given) -> Value:
    block = given.block
    if block is None:
        return held
    return like(held, [block(voice, item) for item in _items(held)])


@named("select", "filter", "reject", "find", "any?", "all?", "none?")
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


@named("round")
def _round(_: Voice, held: Value, given: Given) -> Value:
    digits = int(number(given.value(0), 0))
    return round(held, digits) if isinstance(held, int | float) else UNKNOWN


@named("clamp", "between?")
def _between(_: Voice, held: Value, given: Given) -> Value:
    low, high = number(given.value(0), 0), number(given.value(1), 1)
    return min(max(number(held, low), low), high)


@named("nil?")
def _is_nil(_voice: Voice, held: Value, _given: Given) -> Value:
    return UNKNOWN if held is UNKNOWN else held is None


@named("to_s", "to_sym", "freeze", "dup", "lazy", "flatten!", "itself")
def _same(_voice: Voice, held: Value, _given: Given) -> Value:
    return held


@named("split", "lines")
def _split(_: Voice, held: Value, given: Given) -> Value:
    if not isinstance(held, str):
        return UNKNOWN
    mark = given.value(0)
    return held.split(mark) if isinstance(mark, str) and mark else held.split()
