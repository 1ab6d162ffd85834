"""From the parse tree to parts that can be followed: conditions, loops, assignments, functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trichord.livecode import literals
from trichord.livecode.reader.calling import make_block
from trichord.livecode.reader.language import truth
from trichord.livecode.reader.operators import OPERATORS
from trichord.livecode.reader.piece import Ended, Left
from trichord.livecode.reader.syntax import Constant, make, makes, sequence
from trichord.livecode.reader.values import UNKNOWN, Value, as_list, element
from trichord.livecode.reader.voice import Code, Voice

if TYPE_CHECKING:
    from tree_sitter import Node

TURNS = 4096
"""Rounds of a `while`."""


@makes("if", "elsif", "unless", "if_modifier", "unless_modifier", "conditional")
def _condition(node: Node, level: int) -> Code:
    test = make(node.child_by_field_name("condition"), level)
    body = node.child_by_field_name("consequence") or node.child_by_field_name("body")
    then, other = make(body, level), make(node.child_by_field_name("alternative"), level)
    if node.type.startswith("unless"):
        then, other = other, then
    return lambda voice: then(voice) if truth(test(voice), voice) else other(voice)


@makes("case")
def _case(node: Node, level: int) -> Code:
    subject = node.child_by_field_name("value")
    value = make(subject, level)
    branches = [
        (
            [make(part, level) for part in each.children_by_field_name("pattern")],
            make(each.child_by_field_name("body"), level),
        )
        for each in node.named_children
        if each.type == "when"
    ]
    last = next((each for each in node.named_children if each.type == "else"), None)
    other = make(last, level)

    def follow(voice: Voice) -> Value:
        held = value(voice)
        for patterns, body in branches:
            for pattern in patterns:
                found = pattern(voice)
                if _fits(found, held) if subject else truth(found, voice):
                    return body(voice)
        return other(voice)

    return follow


@makes("pattern")
def _pattern(node: Node, level: int) -> Code:
    return make(node.named_children[0] if node.named_children else None, level)


def _fits(pattern: Value, held: Value) -> bool:
    if isinstance(pattern, list) and not isinstance(held, list):
        return held in pattern
    return held is not UNKNOWN and pattern == held


@makes("while", "until", "while_modifier", "until_modifier")
def _while(node: Node, level: int) -> Code:
    test = make(node.child_by_field_name("condition"), level)
    body = make(node.child_by_field_name("body"), level)
    wanted = node.type.startswith("while")

    def follow(voice: Voice) -> Value:
        try:
            for _ in range(TURNS):
                if truth(test(voice), voice) != wanted:
                    break
                voice.piece.spend()
                body(voice)
        except Left as left:
            if left.level != "break":
                raise

    return follow


@makes("do")
def _do(node: Node, level: int) -> Code:
    return sequence(node, level)


@makes("for")
def _for(node: Node, level: int) -> Code:
    pattern = node.child_by_field_name("pattern")
    name = literals.text(pattern) if pattern else ""
    value = node.child_by_field_name("value")
    items = make(value.named_children[-1] if value and value.named_children else value, level)
    body = make(node.child_by_field_name("body"), level)

    def follow(voice: Voice) -> Value:
        try:
            for item in as_list(items(voice)):
                voice.piece.spend()
                voice.variables[name] = item
                body(voice)
        except Left as left:
            if left.level != "break":
                raise

    return follow


@makes("assignment")
def _assignment(node: Node, level: int) -> Code:
    left, value = node.child_by_field_name("left"), make(node.child_by_field_name("right"), level)
    if left is None:
        return value
    if left.type == "left_assignment_list":
        names = [literals.text(each) for each in left.named_children]
        return _unpack(names, value)
    if left.type == "element_reference":
        return _put(left, value, level)
    name = literals.text(left)

    def follow(voice: Voice) -> Value:
        found = voice.variables[name] = value(voice)
        return found

    return follow


def _unpack(names: list[str], value: Code) -> Code:
    def follow(voice: Voice) -> Value:
        found = value(voice)
        items = as_list(found)
        voice.variables.update({name: element(list(items), at) for at, name in enumerate(names)})
        return found

    return follow


def _put(left: Node, value: Code, level: int) -> Code:
    """`list[i] = x`, `hash[:k] = x`, `set` in its other spelling."""
    holder, *keys = [make(each, level) for each in left.named_children]

    def follow(voice: Voice) -> Value:
        found, held = value(voice), holder(voice)
        at = keys[0](voice) if keys else None
        if isinstance(held, dict):
            if len(held) < TURNS and isinstance(at, str | int):
                held[at] = found
        elif isinstance(held, list) and isinstance(at, int) and -len(held) <= at < len(held):
            held[at] = found
        return found

    return follow


@makes("right_assignment_list")
def _several(node: Node, level: int) -> Code:
    parts = [make(each, level) for each in node.named_children]
    return lambda voice: [part(voice) for part in parts]


@makes("operator_assignment")
def _operator_assignment(node: Node, level: int) -> Code:
    left = node.child_by_field_name("left")
    value = make(node.child_by_field_name("right"), level)
    name = literals.text(left) if left else ""
    sign = node.child_by_field_name("operator")
    spelt = literals.text(sign).removesuffix("=") if sign else ""
    compute = OPERATORS.get(spelt)

    def follow(voice: Voice) -> Value:
        held = voice.variables.get(name)
        if spelt in ("||", "&&"):
            take = truth(held, voice) == (spelt == "&&")
            found = value(voice) if take else held
        else:
            found = compute(held, value(voice)) if compute else UNKNOWN
        voice.variables[name] = found
        return found

    return follow


@makes("return", "break", "next")
def _leave(node: Node, level: int) -> Code:
    kept = node.named_children[0].named_children if node.named_children else []
    value, kind = make(kept[0] if kept else None, level), node.type

    def follow(voice: Voice) -> Value:
        raise Left(kind, value(voice))

    return follow


@makes("redo", "retry")
def _again(_node: Node, _level: int) -> Code:
    def follow(_: Voice) -> Value:
        raise Ended

    return follow


@makes("method")
def _method(node: Node, level: int) -> Code:
    name = node.child_by_field_name("name")
    block = make_block(
        node.child_by_field_name("parameters"), node.child_by_field_name("body"), level
    )
    spelt = literals.text(name) if name else ""

    def follow(voice: Voice) -> Value:
        voice.piece.functions[spelt] = block
        return spelt

    return follow


@makes("lambda")
def _lambda(node: Node, level: int) -> Code:
    body = node.child_by_field_name("body")
    inner = body.child_by_field_name("body") if body else None
    return Constant(make_block(node.child_by_field_name("parameters"), inner or body, level))
