"""A typed hole: its name, its meaning, what stood there, what may; how values are spelt in Ruby."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trichord.errors import InputError
from trichord.livecode.templates.key import spell
from trichord.livecode.templates.ranges import OneOf, Pitches, Range, Real, Value, Whole
from trichord.livecode.templates.words import pitch

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")
NUMBER = re.compile(r"-?(0x[0-9a-fA-F_]+|0b[01_]+|[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?)")
NAMED = re.compile(r"""(?P<quote>:"|:'|:|"|')(?P<held>[A-Za-z0-9_+*#~./ -]{1,60})["']?""")
FIELDS = frozenset(("meaning", "was", "low", "high", "step", "log", "classes", "of"))


@dataclass(frozen=True)
class Hole:
    """One place of a template that may be filled with more than one value."""

    name: str
    meaning: str
    range: Range
    was: str
    """What stands there in the program that the template was made from, as Ruby text."""

    @property
    def original(self) -> Value:
        """`was` as a value: a number, or what the symbol or string holds."""
        return read_literal(self.was)

    def spell(self, value: Value) -> str:
        """A value as Ruby text, in the manner of what was there."""
        if value == self.original:
            return self.was
        if isinstance(value, str):
            return _spell_word(value, self.was)
        if self.meaning == "note" and self.is_word:
            return _spell_note(int(value), self.was)
        return spell_number(value)

    @property
    def is_word(self) -> bool:
        """Whether what was there is a symbol or a string."""
        return isinstance(self.original, str)

    def check(self, value: Value) -> None:
        """Refuses what the hole cannot be filled with; what was there it always takes.

        Raises:
            InputError: names the hole, the value and the range.
        """
        if value != self.original and not self.range.holds(value):
            raise InputError(f"{self.name}: {value!r} is not in {_said(self.range)}")


def read_literal(literal: str) -> Value:
    """The value of a Ruby number, symbol or string literal.

    Raises:
        InputError: it is none of them.
    """
    if NUMBER.fullmatch(literal):
        digits = literal.replace("_", "").lower()
        if not re.search(r"x|b|\.|e", digits):
            octal = len(digits.lstrip("-")) > 1 and digits.lstrip("-")[0] == "0"
            return int(digits, 8 if octal else 10)
        return int(digits, 0) if re.search("x|b", digits) else float(digits)
    found = NAMED.fullmatch(literal)
    if found is None:
        raise InputError(f"was: {literal[:40]!r} is no number, symbol or string of Ruby")
    return found["held"]


def spell_number(value: float) -> str:
    """A number as Ruby reads it: no exponent, no `.0` that was not drawn."""
    if value == int(value):
        return str(int(value))
    return f"{value:.6f}".rstrip("0")


def _spell_word(value: str, like: str) -> str:
    quote = like[0] if like[0] in "\"'" else "'"
    if like.startswith(":") and WORD.fullmatch(value):
        return f":{value}"
    return f"{quote}{value}{quote}"


def _spell_note(note: int, like: str) -> str:
    held = str(read_literal(like))
    name = spell(note, held)
    # `:fs` is in octave 4, and is meant to stay without one.
    name = name[:-1] if not held[-1].isdigit() and pitch(name[:-1]) == note else name
    return _spell_word(name, like)


def _said(each: Range) -> str:
    if isinstance(each, OneOf):
        return ", ".join(map(str, each.choices[:12])) + (" …" if len(each.choices) > 12 else "")
    return f"{each.low} to {each.high}"


def to_header(hole: Hole) -> dict[str, Any]:
    """A hole as the fields of the header."""
    each = hole.range
    fields: dict[str, Any] = {"meaning": hole.meaning, "was": hole.was}
    if isinstance(each, OneOf):
        return fields | {"of": each.group or list(each.choices)}
    fields |= {"low": each.low, "high": each.high}
    if isinstance(each, Real):
        return fields | ({"log": True} if each.log else {})
    return fields | ({"step": 1} if isinstance(each, Whole) else {"classes": list(each.classes)})


def from_header(name: object, fields: object, lists: Mapping[str, tuple[Value, ...]]) -> Hole:
    """A hole from the fields of the header.

    Raises:
        InputError: names the hole, the field and the mend.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise InputError(f"holes: {str(name)[:40]!r} is no name; use small letters, digits and _")
    if not isinstance(fields, dict):
        raise InputError(f"holes.{name}: give meaning, was, and low and high or of")
    unknown = sorted(str(each) for each in fields if each not in FIELDS)
    if unknown:
        known = ", ".join(sorted(FIELDS))
        raise InputError(f"holes.{name}: {unknown[0][:40]} is no field; known are {known}")
    meaning, was = fields.get("meaning"), fields.get("was")
    if not isinstance(meaning, str) or not isinstance(was, str):
        raise InputError(f"holes.{name}: meaning and was are texts (was: '0.5', was: ':e3')")
    try:
        each = _range(fields, lists)
        hole = Hole(name, meaning, each, was)
        hole.spell(hole.original)
    except (ValueError, OverflowError) as error:
        raise InputError(f"holes.{name}: {error}") from None
    return hole


def _range(fields: dict[str, Any], lists: Mapping[str, tuple[Value, ...]]) -> Range:
    of = fields.get("of")
    if isinstance(of, str):
        if of not in lists:
            raise ValueError(f"of: there is no list {of[:40]!r} under lists")
        return OneOf(lists[of], of)
    if of is not None:
        return OneOf(read_choices(of))
    low, high = _number(fields, "low"), _number(fields, "high")
    if "classes" in fields:
        return Pitches(
            _int(low), _int(high), tuple(_int(each) for each in _list(fields["classes"]))
        )
    if "step" in fields:
        if fields["step"] != 1:
            raise ValueError("step: only 1 is known, for whole numbers")
        return Whole(_int(low), _int(high))
    return Real(low, high, fields.get("log") is True)


def read_choices(values: object) -> tuple[Value, ...]:
    """The values of a list in the header: numbers, or names of letters, digits and signs.

    Raises:
        ValueError: it is no list, or a value is neither.
    """
    choices = _list(values)
    for each in choices:
        named = isinstance(each, str) and NAMED.fullmatch(f"'{each}'")
        if not named and (isinstance(each, bool) or not isinstance(each, int | float)):
            raise ValueError(f"{str(each)[:40]!r} is no choice; give numbers or plain names")
    return tuple(choices)


def _list(values: object) -> list[Any]:
    if not isinstance(values, list) or not 0 < len(values) <= 1000:
        raise ValueError("of and classes are lists of 1 to 1000 values")
    return values


def _number(fields: dict[str, Any], field: str) -> float:
    value = fields.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{field}: {str(value)[:40]!r} is no number")
    return value


def _int(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError(f"{str(value)[:40]!r} is no whole number")
    return int(value)
