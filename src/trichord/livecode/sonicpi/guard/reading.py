"""A program as the guard reads it: every node with its surroundings, and what the program names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trichord.livecode.literals import symbol, text
from trichord.livecode.sonicpi.guard.names import DEFINING

if TYPE_CHECKING:
    from tree_sitter import Node

    from trichord.livecode.tree import Tree

# (type of the node above, field in it or "*") in which an identifier is a name being bound.
_BINDING = {
    ("assignment", "left"),
    ("operator_assignment", "left"),
    ("optional_parameter", "name"),
    ("keyword_parameter", "name"),
    ("splat_parameter", "name"),
    ("hash_splat_parameter", "name"),
    ("block_parameter", "name"),
    ("for", "pattern"),
    ("as_pattern", "name"),
    ("in_clause", "pattern"),
    ("keyword_pattern", "value"),
    ("match_pattern", "pattern"),
    ("test_pattern", "pattern"),
    *(
        (kind, "*")
        for kind in (
            "left_assignment_list",
            "destructured_left_assignment",
            "rest_assignment",
            "block_parameters",
            "lambda_parameters",
            "method_parameters",
            "destructured_parameter",
            "exception_variable",
            "array_pattern",
            "find_pattern",
            "alternative_pattern",
            "parenthesized_pattern",
        )
    ),
}
# Here an identifier is the name of something, neither a variable nor a call of its own.
_NAMING = {("call", "method"), ("method", "name"), ("singleton_method", "name")}


@dataclass(frozen=True)
class Place:
    """A node and where it stands."""

    node: Node
    above: Node | None
    field: str | None
    depth: int

    @property
    def binds(self) -> bool:
        """Whether an identifier or constant here is being given a value."""
        kind = self.above.type if self.above else ""
        return (kind, self.field) in _BINDING or (kind, "*") in _BINDING

    @property
    def names(self) -> bool:
        """Whether an identifier here is the name of a call or definition."""
        return bool(self.above) and (self.above.type, self.field) in _NAMING


@dataclass
class Program:
    """What a program brings along of its own.

    Attributes:
        variables: Name -> first byte at which it is bound.
        functions: Names that `def` or `define` make, each with the node that names it.
        constants: Names that are assigned.
        other_values: Names that are bound to something else than a block, at least once.
        texts: Name -> the texts in what it is assigned.
    """

    variables: dict[str, int] = field(default_factory=dict[str, int])
    functions: dict[str, Node] = field(default_factory=dict[str, "Node"])
    constants: set[str] = field(default_factory=set[str])
    other_values: set[str] = field(default_factory=set[str])
    texts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


def places(tree: Tree) -> Iterator[Place]:
    """Every node from the root down, in the order of the text; nothing here recurses."""
    cursor = tree.root.walk()
    above: list[Node] = []
    while True:
        node = cursor.node
        assert node is not None
        yield Place(node, above[-1] if above else None, cursor.field_name, len(above))
        if cursor.goto_first_child():
            above.append(node)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            above.pop()


def take_in(program: list[Place]) -> Program:
    """What the program brings along."""
    found = Program()
    for place in program:
        kind = place.node.type
        if kind == "identifier" and place.binds:
            _bind(found, place)
        elif kind == "constant" and place.binds:
            found.constants.add(text(place.node))
        elif kind == "hash_key_symbol" and place.above and place.above.type == "keyword_pattern":
            found.variables.setdefault(text(place.node), place.node.start_byte)
        elif kind == "method":
            name = place.node.child_by_field_name("name")
            if name is not None:
                found.functions.setdefault(text(name), name)
        elif kind == "call" and (name := defined_name(place.node)) is not None:
            found.functions.setdefault(symbol(name) or "", name)
    return found


def defined_name(call: Node) -> Node | None:
    """The `:name` of `define :name do … end`; None for other calls and computed names."""
    method = call.child_by_field_name("method")
    arguments = call.child_by_field_name("arguments")
    if method is None or arguments is None or text(method) not in DEFINING:
        return None
    first = next((each for each in arguments.named_children if each.type != "comment"), None)
    return first if first is not None and symbol(first) else None


def texts_in(node: Node) -> Iterator[tuple[Node, str]]:
    """Every piece of literal text in `node`, symbols included; escapes as they are written."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.type in ("string_content", "escape_sequence"):
            yield each, text(each)
        elif each.type == "simple_symbol":
            yield each, text(each)[1:]
        waiting.extend(reversed(each.named_children))


def _bind(found: Program, place: Place) -> None:
    name, above = text(place.node), place.above
    found.variables.setdefault(name, place.node.start_byte)
    assert above is not None
    if above.type == "block_parameter":
        return
    value = above.child_by_field_name("right") if above.type == "assignment" else None
    if value is None or not is_block(value):
        found.other_values.add(name)
    if value is not None:
        found.texts.setdefault(name, []).extend(piece for _, piece in texts_in(value))


def is_block(value: Node) -> bool:
    """Whether an expression is a function written out: `-> { }`, `lambda { }`, `proc { }`."""
    if value.type == "lambda":
        return True
    method = value.child_by_field_name("method") if value.type == "call" else None
    return (
        method is not None
        and value.child_by_field_name("receiver") is None
        and value.child_by_field_name("arguments") is None
        and text(method) in ("lambda", "proc")
    )
