"""From the parse tree to parts that can be followed: literals, variables, calls, operators.

Each kind of node has a function here or in `control` that makes a `Code` of it: what the part
gives in a thread, at the moment when the thread comes to it. What depends on no moment is worked
out at once. A kind that nobody reads is unknown, and what stands in it is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trichord.livecode import literals
from trichord.livecode.reader.language import FUNCTIONS, METHODS, truth
from trichord.livecode.reader.operators import OPERATORS
from trichord.livecode.reader.piece import Piece
from trichord.livecode.reader.values import UNKNOWN, Value, element
from trichord.livecode.reader.voice import Code, Given, Voice

if TYPE_CHECKING:
    from tree_sitter import Node

Maker = Callable[["Node", int], Code]

NESTED = 120
"""Levels of the tree that are read; what stands deeper is unknown."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A part that always gives the same."""

    value: Value

    def __call__(self, _: Voice) -> Value:
        """The value."""
        return self.value


UNREAD = Constant(UNKNOWN)
NOBODY = Voice(Piece(1.0))
"""A thread in which what depends on no thread is worked out."""

MAKERS: dict[str, Maker] = {}


def makes(*types: str) -> Callable[[Maker], Maker]:
    """Names the kinds of nodes that a function reads."""

    def keep(maker: Maker) -> Maker:
        MAKERS.update(dict.fromkeys(types, maker))
        return maker

    return keep


def make(node: Node | None, level: int) -> Code:
    """The code of a node; no node is nil."""
    if node is None:
        return Constant(None)
    maker = MAKERS.get(node.type)
    return UNREAD if maker is None or level > NESTED else maker(node, level + 1)


@makes("program", "body_statement", "block_body", "then", "else", "ensure", "begin", "ERROR",
       "parenthesized_statements", "begin_block")  # fmt: skip
def sequence(node: Node, level: int) -> Code:
    """Statements one after the other."""
    parts = tuple(make(each, level) for each in node.named_children if each.type in MAKERS)
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Constant(None)
    *first, last = parts

    def follow(voice: Voice) -> Value:
        for part in first:
            part(voice)
        return last(voice)

    return follow


@makes("integer", "float")
def _number(node: Node, _: int) -> Code:
    return Constant(literals.number(node))


@makes("simple_symbol", "delimited_symbol")
def _symbol(node: Node, _: int) -> Code:
    return Constant(literals.symbol(node) or UNKNOWN)


@makes("hash_key_symbol")
def _key(node: Node, _: int) -> Code:
    return Constant(literals.text(node))


@makes("true", "false", "nil")
def _named(node: Node, _: int) -> Code:
    return Constant({"true": True, "false": False, "nil": None}[node.type])


@makes("string")
def _string(node: Node, level: int) -> Code:
    plain = literals.string(node)
    if plain is not None:
        return Constant(plain)
    parts = [_text_part(each, level) for each in node.named_children]

    def follow(voice: Voice) -> Value:
        values = [part(voice) for part in parts]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        return "".join(map(str, values))[:200]

    return follow


def _text_part(node: Node, level: int) -> Code:
    if node.type == "interpolation":
        return sequence(node, level)
    return Constant(literals.text(node))


@makes("array")
def _array(node: Node, level: int) -> Code:
    parts = tuple(make(each, level) for each in node.named_children if each.type != "comment")
    if all(isinstance(part, Constant) for part in parts):
        values = [part.value for part in parts if isinstance(part, Constant)]
        return lambda voice: [*values]
    return lambda voice: [part(voice) for part in parts]


@makes("string_array", "symbol_array")
def _words(node: Node, _: int) -> Code:
    values = [literals.text(each) for each in node.named_children]
    return lambda voice: [*values]


@makes("hash")
def _hash(node: Node, level: int) -> Code:
    pairs: list[tuple[Code, Code]] = []
    for each in node.named_children:
        key, value = each.child_by_field_name("key"), each.child_by_field_name("value")
        if key is not None:
            pairs.append((make(key, level), make(value, level)))

    def follow(voice: Voice) -> Value:
        found = [(key(voice), value(voice)) for key, value in pairs]
        return {key: value for key, value in found if isinstance(key, str | int | float)}

    return follow


@makes("range")
def _range(node: Node, level: int) -> Code:
    low = make(node.child_by_field_name("begin"), level)
    high = make(node.child_by_field_name("end"), level)
    past = 0 if "..." in literals.text(node) else 1

    def follow(voice: Voice) -> Value:
        first, last = low(voice), high(voice)
        if not (isinstance(first, int | float) and isinstance(last, int | float)):
            return UNKNOWN
        first = int(max(min(first, 1e6), -1e6))
        return list(range(first, min(int(min(last, 1e7)) + past, first + 4096)))

    return follow


@makes("unary")
def _unary(node: Node, level: int) -> Code:
    plain = literals.number(node)
    if plain is not None:
        return Constant(plain)
    operand = make(node.child_by_field_name("operand"), level)
    if literals.text(node).startswith(("!", "not")):
        return lambda voice: not truth(operand(voice), voice)
    if literals.text(node).startswith("-"):
        negate = OPERATORS["-"]
        return lambda voice: negate(0, operand(voice))
    return lambda voice: None if operand(voice) is None else "expression"


@makes("binary")
def _binary(node: Node, level: int) -> Code:
    left = make(node.child_by_field_name("left"), level)
    right = make(node.child_by_field_name("right"), level)
    sign = node.child_by_field_name("operator")
    name = literals.text(sign) if sign else ""
    if name in ("&&", "and"):
        return lambda voice: right(voice) if truth(left(voice), voice) else False
    if name in ("||", "or"):

        def either(voice: Voice) -> Value:
            found = left(voice)
            return found if truth(found, voice) else right(voice)

        return either
    compute = OPERATORS.get(name)
    if compute is None:
        return UNREAD
    if isinstance(right, Constant):
        known = right.value
        return lambda voice: compute(left(voice), known)
    return lambda voice: compute(left(voice), right(voice))


@makes("element_reference")
def _reference(node: Node, level: int) -> Code:
    first, *others = [make(each, level) for each in node.named_children]
    head = node.named_children[0]
    keep = head.type == "identifier" and literals.text(head) in ("get", "sync")

    def follow(voice: Voice) -> Value:
        arguments = [other(voice) for other in others]
        if keep:
            return FUNCTIONS["get"](voice, Given(arguments))
        held = first(voice)
        if isinstance(held, dict):
            return held.get(arguments[0]) if arguments else UNKNOWN
        if isinstance(held, str | list) and len(arguments) == 1:
            if isinstance(arguments[0], list):
                return [element(list(held), at) for at in arguments[0]]
            return element(held if isinstance(held, list) else list(held), arguments[0])
        if isinstance(held, list) and len(arguments) == 2:
            return METHODS["slice"](voice, held, Given(arguments))
        return UNKNOWN

    return follow
