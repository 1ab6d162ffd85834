"""From the parse tree to parts that can be followed: literals, variables, calls, operators.

Each kind of node has a function here or in `control` that makes a `Code` of it: what the part
gives in a thread, at the moment when the thread comes to it. What depends on no moment is worked
out at once. A kind that nobody reads is unknown, and what stands in it is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from trichord.livecode import literals
from trichord.livecode.reader.language import FUNCTIONS, METHODS, PURE, PURE_METHODS, truth
from trichord.livecode.reader.operators import OPERATORS
from trichord.livecode.reader.values import UNKNOWN, Value, element
from trichord.livecode.reader.voice import (
    DEEPEST,
    Block,
    Code,
    Ended,
    Given,
    Left,
    Piece,
    Voice,
)

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


_UNREAD = Constant(UNKNOWN)
_NOBODY = Voice(Piece(1.0))
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
    return _UNREAD if maker is None or level > NESTED else maker(node, level + 1)


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
        return _UNREAD
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


@makes("identifier", "instance_variable", "global_variable", "constant", "class_variable")
def _identifier(node: Node, _: int) -> Code:
    name = literals.text(node)
    function, site = FUNCTIONS.get(name), node.start_byte

    def follow(voice: Voice) -> Value:
        if name in voice.variables:
            return voice.variables[name]
        defined = voice.piece.functions.get(name)
        if defined is not None:
            return _call_own(voice, defined, [], {})
        return function(voice, Given([], {}, None, site)) if function else UNKNOWN

    return follow


@makes("call", "yield", "super")
def _call(node: Node, level: int) -> Code:
    method = node.child_by_field_name("method")
    name = literals.text(method) if method else "call"
    held = node.child_by_field_name("arguments")
    receiver = node.child_by_field_name("receiver")
    block = _block(node.child_by_field_name("block"), level)
    arguments = _arguments(held.named_children if held else (), level)
    if receiver is not None:
        return _method(make(receiver, level), name, arguments, block)
    return _function(name, arguments, block, node.start_byte)


Arguments = tuple[tuple[Code, ...], tuple[tuple[str, Code], ...], Block | None]


def _arguments(nodes: Sequence[Node], level: int) -> Arguments:
    """Positional arguments, keywords, and the block of a `&:name`."""
    positional: list[Code] = []
    pairs: list[tuple[str, Code]] = []
    for node in nodes:
        if node.type == "pair":
            key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
            name = None if key is None else _key_name(key)
            if name is not None:
                pairs.append((name, make(value, level)))
        elif node.type in ("splat_argument", "hash_splat_argument"):
            inner = make(node.named_children[0] if node.named_children else None, level)
            pairs.append(("*" if node.type == "splat_argument" else "**", inner))
        elif node.type != "comment":
            positional.append(make(node, level))
    return tuple(positional), tuple(pairs), None


def _key_name(key: Node) -> str | None:
    return literals.text(key) if key.type == "hash_key_symbol" else literals.word(key)


def _method(receiver: Code, name: str, arguments: Arguments, block: Block | None) -> Code:
    positional, pairs, _ = arguments
    apply = METHODS.get(name)
    if apply is None:
        return _UNREAD
    still = not pairs and not block and name in PURE_METHODS
    if still and all(isinstance(part, Constant) for part in (receiver, *positional)):
        return Constant(apply(_NOBODY, receiver(_NOBODY), Given([p(_NOBODY) for p in positional])))

    def follow(voice: Voice) -> Value:
        held = receiver(voice)
        values = [part(voice) for part in positional]
        return apply(voice, held, Given(values, _options(pairs, voice, values), block))

    return follow


def _options(
    pairs: tuple[tuple[str, Code], ...], voice: Voice, values: list[Value]
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, code in pairs:
        value = code(voice)
        if name == "*" and isinstance(value, list):
            values.extend(value[:64])
        elif name == "**" and isinstance(value, dict):
            found.update(value)
        elif name not in ("*", "**"):
            found[name] = value
    return found


def _function(name: str, arguments: Arguments, block: Block | None, site: int) -> Code:
    positional, pairs, _ = arguments
    known = FUNCTIONS.get(name)
    parts = (*positional, *(code for _, code in pairs))
    if known and name in PURE and all(isinstance(part, Constant) for part in parts):
        values = [part(_NOBODY) for part in positional]
        options = {key: code(_NOBODY) for key, code in pairs}
        return Constant(known(_NOBODY, Given(values, options, None, site)))

    def follow(voice: Voice) -> Value:
        values = [part(voice) for part in positional]
        options = _options(pairs, voice, values) if pairs else {}
        defined = voice.piece.functions.get(name)
        if defined is not None:
            return _call_own(voice, defined, values, options)
        voice.piece.spend()
        if known is not None:
            return known(voice, Given(values, options, block, site))
        if block is not None:
            return block(voice)
        return UNKNOWN

    return follow


def _call_own(voice: Voice, block: Block, values: list[Value], options: dict[str, Value]) -> Value:
    """Follows a function of the program: it has variables of its own."""
    if voice.depth >= DEEPEST:
        raise Ended
    outer, voice.variables = voice.variables, dict(voice.variables)
    voice.depth += 1
    try:
        return block(voice, *values, keywords=options)
    except Left as left:
        if left.level != "return":
            raise
        return left.value
    finally:
        voice.depth -= 1
        voice.variables = outer


def _block(node: Node | None, level: int) -> Block | None:
    if node is None:
        return None
    return make_block(
        node.child_by_field_name("parameters"), node.child_by_field_name("body"), level
    )


def make_block(parameters: Node | None, body: Node | None, level: int) -> Block:
    """The block or function with these parameters and this body."""
    names: list[str] = []
    defaults: dict[str, Code] = {}
    for each in parameters.named_children if parameters else ():
        name = each.child_by_field_name("name") or each
        if each.type == "destructured_parameter":
            names += [literals.text(part) for part in each.named_children]
            continue
        names.append(literals.text(name).lstrip("*&"))
        value = each.child_by_field_name("value")
        if value is not None:
            defaults[names[-1]] = make(value, level)
    return Block(
        tuple(names),
        defaults,
        make(body, level),
        _named_after(body, "sync", "sync:", "sync_bpm"),
        _named_after(body, "cue", "live_loop"),
    )


def _named_after(body: Node | None, *verbs: str) -> frozenset[str]:
    """Names after `sync` or `cue` in a block's text: what its thread waits for, or gives."""
    source = literals.text(body) if body is not None else ""
    if not any(verb in source for verb in verbs):
        return frozenset()
    words = source.replace("(", " ").replace(",", " ").split()
    pairs = pairwise(words)
    return frozenset(name.lstrip(":\"'/").rstrip(")\"'") for verb, name in pairs if verb in verbs)
