"""What Ruby's operators give for the values of the reader."""

from __future__ import annotations

import operator
from collections.abc import Callable

from trichord.livecode.reader.values import LONGEST, UNKNOWN, Ring, Value, add, like, midi

Operator = Callable[[Value, Value], Value]

_LARGEST = 1 << 60


def _numbers(compute: Callable[[float, float], float]) -> Operator:
    """An operator of two numbers; names of notes count as their numbers."""

    def apply(left: Value, right: Value) -> Value:
        left = midi(left) if isinstance(left, str) else left
        right = midi(right) if isinstance(right, str) else right
        if not (isinstance(left, int | float) and isinstance(right, int | float)):
            return UNKNOWN
        found = compute(left, right)
        # Whole numbers do not grow without end here as they do in Ruby.
        return float(found) if isinstance(found, int) and abs(found) > _LARGEST else found

    return apply


def _divide(left: float, right: float) -> float:
    if isinstance(left, int) and isinstance(right, int):
        return left // right
    return left / right


def _power(left: float, right: float) -> float:
    if isinstance(left, int) and isinstance(right, int) and abs(left) < 1000 and 0 <= right < 8:
        return left**right
    found = float(left) ** float(right)
    return found if isinstance(found, float) else 0.0


_multiplied = _numbers(operator.mul)


def _times(left: Value, right: Value) -> Value:
    if isinstance(left, list | str) and isinstance(right, int | float):
        most = max(min(int(right), LONGEST // max(len(left), 1)), 0)
        return like(left, list(left) * most) if isinstance(left, list) else left * most
    return _multiplied(left, right)


def _compare(test: Callable[[float, float], bool]) -> Operator:
    def apply(left: Value, right: Value) -> Value:
        if isinstance(left, int | float) and isinstance(right, int | float):
            return test(left, right)
        if isinstance(left, str) and isinstance(right, str):
            one, other = midi(left), midi(right)
            return UNKNOWN if one is None or other is None else test(one, other)
        return UNKNOWN

    return apply


def _equal(left: Value, right: Value) -> Value:
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    return left == right


def _unequal(left: Value, right: Value) -> Value:
    same = _equal(left, right)
    return UNKNOWN if same is UNKNOWN else not same


def _append(left: Value, right: Value) -> Value:
    if isinstance(left, list) and not isinstance(left, Ring):
        if len(left) < LONGEST:
            left.append(right)
        return left
    return UNKNOWN


def _spaceship(left: Value, right: Value) -> Value:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return (left > right) - (left < right)
    return UNKNOWN


def _whole(compute: Callable[[int, int], int]) -> Operator:
    return _numbers(lambda left, right: compute(int(left), int(right)))


OPERATORS: dict[str, Operator] = {
    "+": add,
    "-": lambda left, right: add(left, right, -1),
    "*": _times,
    "/": _numbers(_divide),
    "%": _numbers(lambda left, right: left % right),
    "**": _numbers(_power),
    "<": _compare(operator.lt),
    ">": _compare(operator.gt),
    "<=": _compare(operator.le),
    ">=": _compare(operator.ge),
    "==": _equal,
    "===": _equal,
    "!=": _unequal,
    "<=>": _spaceship,
    "<<": _append,
    "&": _whole(operator.and_),
    "|": _whole(operator.or_),
    "^": _whole(operator.xor),
    ">>": _whole(lambda left, right: left >> min(max(right, 0), 64)),
}
"""By their signs; `&&` and `||` are no operators of values."""
