"""Who takes the keyword arguments of a call: which synth or effect, or a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trichord.livecode.literals import text, word
from trichord.livecode.templates import words

if TYPE_CHECKING:
    from tree_sitter import Node

    from trichord.livecode.calls import Call
    from trichord.livecode.tree import Tree

Target = tuple[str, tuple[str, ...]]
"""`synth`, `effect`, `sample` or nothing; the name, where it is known."""

NOBODY: Target = ("", ())


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
    for around in tree.enclosing_blocks(node):
        if around.name == "with_fx" and name in _parameters(around):
            return target_of(tree, around.node, around)
    for made in reversed(tree.calls):
        above = tree.parent(made.node)
        if made.name != "control" and above is not None and above.type == "assignment":
            left = above.child_by_field_name("left")
            before = made.node.start_byte < node.start_byte
            if before and left is not None and text(left) == name:
                return target_of(tree, made.node, made)
    return NOBODY


def _parameters(call: Call) -> list[str]:
    """The names between the bars of a block."""
    found = call.block.child_by_field_name("parameters") if call.block else None
    return [text(each) for each in found.named_children] if found else []


def synth_in_force(tree: Tree, node: Node) -> str | None:
    """The synth that `play` uses at `node`, where it is told by a literal; `beep` at first."""
    inside = {above.id for above in tree.ancestors(node)}
    name: str | None = "beep"
    for call in tree.calls:
        if call.node.start_byte >= node.start_byte:
            break
        before = call.name == "use_synth" and _reaches(tree, call, inside)
        around = call.name == "with_synth" and call.node.id in inside
        if (before or around) and call.positional:
            name = word(call.positional[0])
    return name


def _reaches(tree: Tree, call: Call, inside: set[int]) -> bool:
    """Whether what `call` sets holds in the blocks `inside`: its own block is one of them."""
    block = next((a for a in tree.ancestors(call.node) if a.type in ("do_block", "block")), None)
    return block is None or block.id in inside
