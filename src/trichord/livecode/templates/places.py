"""The literals of a program, and what each means where it stands.

`play choose([:e3, :g3]), cutoff: rrand(60, 100)` has four: two notes and two cutoffs. A literal's
meaning is found by climbing from it: through rings, choices and sums, to the argument of a function
that says what it is for. What nothing tells is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from trichord.livecode.literals import number, text, word
from trichord.livecode.templates import words
from trichord.livecode.templates.targets import MOST_LEVELS, target_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from trichord.livecode.calls import Call
    from trichord.livecode.tree import Tree

LITERALS = frozenset(("integer", "float", "unary", "simple_symbol", "string"))
CONTAINERS = frozenset(("array", "parenthesized_statements"))
SUMS = ("+", "-")


@dataclass(frozen=True)
class Place:
    """One literal and its meaning."""

    node: Node
    meaning: str
    """`sleep`, `bpm`, `note`, `interval`, `chord`, `sample` …, or a keyword argument's name."""
    value: float | int | str
    """The number, or what the symbol or string holds."""
    target: str = ""
    """"synth", "effect", "sample" for a keyword argument of one; else empty."""
    names: tuple[str, ...] = ()
    """The synth or effect that takes the argument, where known."""


@dataclass(frozen=True)
class _Found:
    meaning: str
    call: Call | None = None


def places(tree: Tree) -> tuple[Place, ...]:
    """Every literal whose meaning is known, in the order of the text."""
    found = (_place(tree, node) for node in tree.nodes if node.type in LITERALS)
    return tuple(place for place in found if place is not None)


def _place(tree: Tree, node: Node) -> Place | None:
    value = number(node)
    value = word(node) if value is None else value
    above = tree.parent(node)
    if value is None or (above is not None and number(above) is not None):
        return None
    found = _climb(tree, node, 0)
    if found is None:
        return None
    meaning = _by_type(found.meaning, value)
    if meaning is None:
        return None
    target, names = target_of(tree, node, found.call)
    return Place(node, meaning, value, target, names)


def _by_type(meaning: str, value: float | str) -> str | None:
    """The meaning if a value of this type can have it."""
    if meaning == "assigned":
        return "note" if isinstance(value, str) and words.is_note(value) else None
    is_word = isinstance(value, str)
    if meaning == "note":
        return None if is_word and words.pitch(value) is None else meaning
    if meaning in ("chord", "scale", "synth", "effect", "sample"):
        return meaning if is_word else None
    if meaning == "degree":
        return meaning
    return None if is_word else meaning


def _climb(tree: Tree, node: Node, depth: int) -> _Found | None:
    """What the value of `node` is used for; `depth` counts the variables followed."""
    below, sum_of, offset = node, False, False
    for above in islice(tree.ancestors(node), MOST_LEVELS):
        if above.type == "argument_list":
            continue
        if above.type == "binary":
            if not _is_sum(above):
                return None
            sum_of, offset = True, offset or _same(above.child_by_field_name("right"), below)
        elif above.type == "call":
            call = tree.call(above)
            if not _passes(call, below):
                return _settle(_argument(call, below), sum_of, offset)
        elif above.type == "pair":
            owner = next(tree.enclosing_calls(above), None)
            return _settle(_keyword(owner, below), sum_of, offset)
        elif above.type == "assignment":
            return _settle(_assigned(tree, above, depth), sum_of, offset)
        elif above.type in ("conditional", "element_reference"):
            first = "condition" if above.type == "conditional" else "object"
            if _same(above.child_by_field_name(first), below) != (first == "object"):
                return None
        elif above.type not in CONTAINERS:
            return None
        below = above
    return None


def _settle(found: _Found | None, sum_of: bool, offset: bool) -> _Found | None:
    """What part of a sum means: note or interval; of other sums nobody knows the limits."""
    if found is None or not sum_of:
        return found
    if found.meaning not in ("note", "assigned"):
        return None
    return _Found("interval", found.call) if offset and found.meaning == "note" else found


def _is_sum(node: Node) -> bool:
    sign = node.child_by_field_name("operator")
    return sign is not None and text(sign) in SUMS


def _same(one: Node | None, other: Node) -> bool:
    return one is not None and one.id == other.id


def _passes(call: Call, below: Node) -> bool:
    """Whether the value of the call is (one of) what `below` gives to it."""
    if _same(call.receiver, below):
        return call.name in words.RING_METHODS
    if call.receiver is not None:
        # What a method of a ring is given is a number of times: `.stretch(8)`, `.pick(3)`.
        return False
    index = _index(call, below)
    return index is not None and index in words.PASSED_ON.get(call.name, ())


def _index(call: Call, below: Node) -> int | None:
    """Which positional argument `below` is."""
    return next((i for i, each in enumerate(call.positional) if _same(each, below)), None)


def _argument(call: Call, below: Node) -> _Found | None:
    if _same(call.receiver, below):
        return _Found("times", call) if call.name == "times" else None
    index = _index(call, below)
    meanings = words.POSITIONAL.get(call.name, ())
    if index is None or index >= len(meanings):
        return None
    return _Found(meanings[index], call)


def _keyword(call: Call | None, below: Node) -> _Found | None:
    keyword = next((k for k in call.keywords if _same(k.value, below)), None) if call else None
    if call is None or keyword is None:
        return None
    if call.name in words.KEYED:
        return _Found(keyword.name, call)
    meaning = words.KEYWORDS_OF_RINGS.get(keyword.name)
    return _Found(meaning, call) if meaning else None


def _assigned(tree: Tree, assignment: Node, depth: int) -> _Found:
    """What a variable is used for: the first of its uses that tells."""
    left = assignment.child_by_field_name("left")
    if left is None or left.type != "identifier" or depth == words.MOST_VARIABLES:
        return _Found("assigned")
    return _used_for(tree, text(left), depth) or _Found("assigned")


@lru_cache(256)
def _used_for(tree: Tree, name: str, depth: int) -> _Found | None:
    for use in tree.uses(name)[: words.MOST_USES]:
        found = _climb(tree, use, depth + 1)
        if found is not None and found.meaning != "assigned":
            return found
    return None
