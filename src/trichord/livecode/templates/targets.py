"""Who takes the keyword arguments of a call: which synth or effect, or a sample."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from trichord.livecode.literals import text, word
from trichord.livecode.templates import words
from trichord.livecode.tree import BLOCKS

if TYPE_CHECKING:
    from tree_sitter import Node

    from trichord.livecode.calls import Call
    from trichord.livecode.tree import Tree

Target = tuple[str, tuple[str, ...]]
"""`synth`, `effect`, `sample` or nothing; the name, where it is known."""

NOBODY: Target = ("", ())

MOST_LEVELS = 200
"""Blocks and brackets in one another that are climbed; people stop at ten."""


def target_of(tree: Tree, node: Node, call: Call | None) -> Target:
    """Who takes the keyword arguments of `call` at `node`; nobody if that is not told."""
    if call is None:
        return NOBODY
    if call.name == "control":
        return _controlled(tree, node, call)
    first = word(call.positional[0]) if call.positional else None
    if call.name == "with_fx":
        return "effect", (first,) if first else ()
    if call.name == "synth":
        return "synth", (first,) if first else ()
    if call.name in words.SAMPLE_SOUNDS:
        return "sample", ()
    if call.name in words.SYNTH_SOUNDS:
        name = synth_in_force(tree, node)
        return "synth", (name,) if name else ()
    return NOBODY


def _controlled(tree: Tree, node: Node, call: Call) -> Target:
    """What the variable that is controlled stands for."""
    if not call.positional or call.positional[0].type != "identifier":
        return NOBODY
    name = text(call.positional[0])
    for around in islice(tree.enclosing_blocks(node), MOST_LEVELS):
        if around.name == "with_fx" and name in _parameters(around):
            return target_of(tree, around.node, around)
    made = _made(tree).get(name, [])
    before = bisect_left(made, node.start_byte, key=lambda call: call.node.start_byte)
    return target_of(tree, made[before - 1].node, made[before - 1]) if before else NOBODY


@lru_cache(8)
def _made(tree: Tree) -> dict[str, list[Call]]:
    """What each variable is assigned: the calls, in the order of the text."""
    made: dict[str, list[Call]] = {}
    for call in tree.calls:
        above = tree.parent(call.node)
        left = above.child_by_field_name("left") if above and above.type == "assignment" else None
        if left is not None and call.name != "control":
            made.setdefault(text(left), []).append(call)
    return made


def _parameters(call: Call) -> list[str]:
    """The names between the bars of a block."""
    found = call.block.child_by_field_name("parameters") if call.block else None
    return [text(each) for each in found.named_children] if found else []


def synth_in_force(tree: Tree, node: Node) -> str | None:
    """The synth that `play` uses at `node`, where it is told by a literal; `beep` at first."""
    chosen = _chosen(tree)
    before = bisect_left(chosen, node.start_byte, key=lambda each: each.start)
    for each in reversed(chosen[:before]):
        if each.end > node.start_byte:
            return each.name
    return "beep"


@dataclass(frozen=True)
class _Chosen:
    """From where to where, in bytes, a synth is in force."""

    start: int
    end: int
    name: str | None


@lru_cache(8)
def _chosen(tree: Tree) -> list[_Chosen]:
    return [
        _Chosen(call.node.start_byte, _end(tree, call), word(call.positional[0]))
        for call in tree.calls
        if call.name in ("use_synth", "with_synth") and call.positional
    ]


def _end(tree: Tree, call: Call) -> int:
    """`with_synth` holds in its own block, `use_synth` to the end of the block around it."""
    if call.name == "with_synth":
        return call.node.end_byte
    above = (each for each in tree.ancestors(call.node) if each.type in BLOCKS)
    return next(above, tree.root).end_byte
