"""A template: a program with typed holes, as a value and as a text that a person mends."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trichord.errors import InputError
from trichord.livecode.templates import header
from trichord.livecode.templates.holes import Hole
from trichord.livecode.templates.jinja import Newline, check_body, fill_body
from trichord.livecode.templates.ranges import Value

MOST_TEXT = 1 << 18
"""Characters of the longest template that is read; the examples need 30,000 at most."""

HEADER = re.compile(r"\A\ufeff?\{#(.*?)#\}[ \t]*(\r\n|\n|\r|\Z)", re.DOTALL)


class _Number(float):
    """A number that knows how it is spelt."""

    spelling: str

    def __str__(self) -> str:
        return self.spelling


class _Word(str):
    """A name that compares by what it holds and prints as Ruby."""

    __slots__ = ("spelling",)
    spelling: str

    def __str__(self) -> str:
        return self.spelling


@dataclass(frozen=True)
class Template:
    """A program with typed holes."""

    title: str
    holes: tuple[Hole, ...]
    body: str
    """Jinja2 with `\\n` at the ends of lines, see `jinja` for what it may use."""
    ranges: str = "musical"
    """Where the ranges came from: `musical`, `paper`, or a person's own word."""
    newline: Newline = "\n"
    """What the filled program's lines end with."""
    _by_name: dict[str, Hole] = field(default_factory=dict[str, Hole], init=False, repr=False)

    def __post_init__(self) -> None:
        self._by_name.update({hole.name: hole for hole in self.holes})
        words = frozenset(hole.name for hole in self.holes if hole.is_word)
        check_body(self.body, frozenset(self._by_name) - words, words)

    @property
    def original(self) -> dict[str, Value]:
        """The values of the program that the template was made from."""
        return {hole.name: hole.original for hole in self.holes}

    def draw(self, rng: random.Random) -> dict[str, Value]:
        """Values for every hole."""
        return {hole.name: hole.range.draw(rng) for hole in self.holes}

    def fill(self, values: Mapping[str, Value]) -> str:
        """The program with these values; the original ones give the original program.

        Raises:
            InputError: a hole without a value, a value without a hole or out of its range.
        """
        unknown = sorted(set(values) - set(self._by_name))
        if unknown:
            raise InputError(f"{unknown[0][:40]}: the template has no such hole")
        missing = [name for name in self._by_name if name not in values]
        if missing:
            raise InputError(f"{missing[0]}: no value; give one for every hole")
        for name, value in values.items():
            self._by_name[name].check(value)
        spelt = {name: _spelt(self._by_name[name], value) for name, value in values.items()}
        return fill_body(self.body, spelt, self.newline)

    def to_text(self) -> str:
        """The template as a text, header first; `read_template` reads it back."""
        fields: dict[str, Any] = {"title": self.title, "ranges": self.ranges}
        if self.newline == "\r\n":
            fields["newline"] = "crlf"
        return header.write(fields, self.holes) + self.body


def read_template(text: str) -> Template:
    """A template from its text.

    Raises:
        InputError: one line that names what is wrong with it.
    """
    if len(text) > MOST_TEXT:
        raise InputError(f"{len(text)} characters; a template has at most {MOST_TEXT}")
    found = HEADER.match(text)
    if found is None:
        raise InputError("no header; a template begins with {# title: … holes: … #}")
    fields, holes = header.read(found[1])
    body = re.sub("\r\n|\r", "\n", text[found.end() :])
    newline: Newline = "\r\n" if fields.get("newline") == "crlf" else "\n"
    return Template(fields["title"], holes, body, fields["ranges"], newline)


def sample(template: Template, rng: random.Random) -> tuple[str, dict[str, Value]]:
    """A program drawn from a template, and the values that it was filled with."""
    values = template.draw(rng)
    return template.fill(values), values


def _spelt(hole: Hole, value: Value) -> _Number | _Word:
    spelt = _Word(value) if hole.is_word else _Number(value)
    spelt.spelling = hole.spell(value)
    return spelt
