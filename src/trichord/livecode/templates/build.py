"""From a program to its template: what means something becomes a hole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Literal

from trichord.errors import InputError
from trichord.livecode.literals import text
from trichord.livecode.templates.holes import NAMED, NUMBER, Hole
from trichord.livecode.templates.jinja import Newline, escape
from trichord.livecode.templates.musical import SHARED, Context, musical_range
from trichord.livecode.templates.paper import paper_range
from trichord.livecode.templates.places import Place, places
from trichord.livecode.templates.ranges import Range
from trichord.livecode.templates.template import Template
from trichord.livecode.templates.vocabulary import Vocabulary
from trichord.livecode.tree import Tree, parse_valid

Ranges = Literal["musical", "paper"]

MOST_CODE = 1 << 15
"""Characters of the longest program that becomes a template; no example has more than 8,000."""


def from_program(
    code: str, vocabulary: Vocabulary, *, title: str = "", ranges: Ranges = "musical"
) -> Template:
    """The template of a program: filled with its `original` values it is the program again.

    Args:
        code: a Sonic Pi program.
        vocabulary: what the installation knows, for the limits.
        title: what the template is called.
        ranges: `musical` varies the piece; `paper` draws as arXiv 2508.05473 did.

    Raises:
        InputError: the text is no program, or too long for one.
    """
    if len(code) > MOST_CODE:
        raise InputError(f"{len(code)} characters; a program has at most {MOST_CODE}")
    tree = parse_valid(code)
    found = places(tree)
    range_of: Callable[[Place], Range | None] = paper_range
    if ranges == "musical":
        range_of = partial(musical_range, context=Context.of(found, vocabulary))
    named = _name(found, range_of, share=ranges == "musical")
    newline = _newline(code)
    holes = {hole.name: hole for _, hole in named}
    body = _body(tree, named, newline)
    return Template(title, tuple(holes.values()), body, ranges, newline)


def _name(
    found: tuple[Place, ...], range_of: Callable[[Place], Range | None], *, share: bool
) -> list[tuple[Place, Hole]]:
    """The places that become holes, each with its hole; equal values may share one."""
    counts: Counter[str] = Counter()
    shared: dict[tuple[str, object], Hole] = {}
    named: list[tuple[Place, Hole]] = []
    for place in found:
        was = text(place.node)
        if not (NUMBER.fullmatch(was) or NAMED.fullmatch(was)):
            continue
        key = (place.meaning, was)
        hole = shared.get(key)
        if hole is None:
            each = range_of(place)
            if each is None:
                continue
            counts[place.meaning] += 1
            hole = Hole(f"{place.meaning}_{counts[place.meaning]}", place.meaning, each, was)
            if share and place.meaning in SHARED:
                shared[key] = hole
        named.append((place, hole))
    return named


def _newline(code: str) -> Newline:
    """What most lines end with; the others are spelt out in the body."""
    return "\r\n" if code.count("\r\n") == code.count("\n") > 0 else "\n"


def _body(tree: Tree, named: list[tuple[Place, Hole]], newline: Newline) -> str:
    parts: list[str] = []
    at = 0
    for place, hole in named:
        before = tree.source[at : place.node.start_byte].decode()
        parts.append(escape(before, before_hole=True, newline=newline))
        parts.append(f"{{{{ {hole.name} }}}}")
        at = place.node.end_byte
    parts.append(escape(tree.source[at:].decode(), before_hole=False, newline=newline))
    return "".join(parts)
