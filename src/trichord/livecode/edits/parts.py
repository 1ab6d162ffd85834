"""The parts of a program: what a musician would call its loops and voices."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from trichord.livecode.literals import word
from trichord.livecode.tree import BLOCKS, Span, Tree, span

if TYPE_CHECKING:
    from tree_sitter import Node

    from trichord.livecode.calls import Call

HOLDERS = ("live_loop", "in_thread", "define", "ndefine", "loop", "times")
"""Calls whose outermost block is a part."""
SOUNDS = ("play", "synth", "sample", "play_chord", "play_pattern", "play_pattern_timed")
EVERYTHING = "everything"
_TREES = 4
"""Trees that are remembered, as in `known.py`."""
_BODIES = ("program", "body_statement", "block_body", "then", "else", *BLOCKS)


@dataclass(frozen=True)
class Part:
    """A block that plays by itself.

    Attributes:
        call: the loop, thread or function.
        name: how it is named in the program; empty where it has no name.
        label: how one speaks of it: "the loop :bass".
        outer: the outermost block that holds nothing else that sounds: the part with its effects.
    """

    call: Call
    name: str
    label: str
    outer: Node

    @property
    def span(self) -> Span:
        """The bytes of the part itself."""
        return span(self.call.node)

    def holds(self, node: Node) -> bool:
        """Whether `node` stands in the part."""
        start, end = self.span
        return start <= node.start_byte and node.end_byte <= end


@lru_cache(_TREES)
def parts(tree: Tree) -> tuple[Part, ...]:
    """The parts in the order of the text."""
    found = [call for call in tree.calls if _is_part(tree, call)]
    return tuple(
        Part(call, name := _name(call), _label(call, name, at), _outer(tree, call))
        for at, call in enumerate(found)
    )


def _is_part(tree: Tree, call: Call) -> bool:
    if call.name not in HOLDERS or call.block is None:
        return False
    # In an effect a part is still a part; in another part it is a detail of it.
    around = [each.name for each in tree.enclosing_blocks(call.node)]
    return not any(name in HOLDERS for name in around)


def _name(call: Call) -> str:
    if call.name in ("live_loop", "define", "ndefine") and call.positional:
        return word(call.positional[0]) or ""
    named = call.keyword("name")
    return (word(named) or "") if named is not None else ""


def _label(call: Call, name: str, at: int) -> str:
    if call.name in ("define", "ndefine"):
        return f"the function {name}"
    if name:
        return f"the loop :{name}"
    return {"in_thread": "thread", "loop": "loop", "times": "repeat"}.get(
        call.name, "loop"
    ) + f" number {at + 1}"


def _outer(tree: Tree, call: Call) -> Node:
    outer = call.node
    for around in tree.enclosing_blocks(call.node):
        if around.name != "with_fx" or len(statements(around)) != 1:
            break
        outer = around.node
    return outer


def statements(call: Call) -> list[Node]:
    """The statements in the block of a call, comments left out."""
    block = call.block
    if block is None:
        return []
    bodies = [
        each for each in block.named_children if each.type in ("body_statement", "block_body")
    ]
    if not bodies:
        return []
    return [each for each in bodies[0].named_children if each.type != "comment"]


@lru_cache(_TREES)
def sounding(tree: Tree) -> tuple[Call, ...]:
    """The calls that make a sound and stand as statements of their own, or with a condition."""
    return tuple(each for each in tree.calls if each.name in SOUNDS and each.receiver is None)


def is_statement(tree: Tree, node: Node) -> bool:
    """Whether the node is a line of a block, or of the program, by itself."""
    above = tree.parent(node)
    return above is not None and above.type in _BODIES


class _HasNode(Protocol):
    @property
    def node(self) -> Node: ...


Found = TypeVar("Found", bound="_HasNode")


def choose_part(
    tree: Tree, found: Sequence[Found], rng: random.Random, whole: float = 0.35
) -> tuple[list[Found], str]:
    """Those of the places that stand in one part, or all of them; and how to call the part.

    Args:
        tree: the program.
        found: places, at least one.
        rng: draws the part.
        whole: chance that the whole program is taken where it has several parts.
    """
    by_part: dict[str, list[Found]] = {}
    for each in found:
        part = next((part for part in parts(tree) if part.holds(each.node)), None)
        by_part.setdefault(part.label if part else EVERYTHING, []).append(each)
    if len(by_part) == 1:
        return list(found), next(iter(by_part))
    if rng.random() < whole:
        return list(found), EVERYTHING
    label = rng.choice([each for each in by_part if each != EVERYTHING])
    return by_part[label], label


def line_start(tree: Tree, at: int) -> int:
    """The byte after the line break before `at`."""
    return tree.source.rfind(b"\n", 0, at) + 1


def indent_of(tree: Tree, node: Node) -> str:
    """The white space before the first character of the node's line."""
    start = line_start(tree, node.start_byte)
    line = tree.source[start : node.start_byte].decode()
    return line[: len(line) - len(line.lstrip())]


def newline(tree: Tree) -> str:
    """The line break that the program uses."""
    return "\r\n" if b"\r\n" in tree.source else "\n"
