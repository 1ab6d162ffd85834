"""From the parse tree to parts that can be followed: variables, calls, blocks, arguments."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from trichord.livecode import literals
from trichord.livecode.reader.language import FUNCTIONS, METHODS, PURE, PURE_METHODS
from trichord.livecode.reader.piece import DEEPEST, Ended, Left
from trichord.livecode.reader.syntax import NOBODY, UNREAD, Constant, make, makes
from trichord.livecode.reader.values import UNKNOWN, Value
from trichord.livecode.reader.voice import Block, Code, Given, Voice

if TYPE_CHECKING:
    from tree_sitter import Node


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
        return UNREAD
    still = not pairs and not block and name in PURE_METHODS
    if still and all(isinstance(part, Constant) for part in (receiver, *positional)):
        return Constant(apply(NOBODY, receiver(NOBODY), Given([p(NOBODY) for p in positional])))

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
        values = [part(NOBODY) for part in positional]
        options = {key: code(NOBODY) for key, code in pairs}
        return Constant(known(NOBODY, Given(values, options, None, site)))

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
