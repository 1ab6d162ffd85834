"""What a call must satisfy: a known name, and arguments that bring nothing in by the back door."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from trichord.livecode.calls import Call, take_apart
from trichord.livecode.literals import symbol, text
from trichord.livecode.sonicpi.guard.names import DEFINING, names, words
from trichord.livecode.sonicpi.guard.reading import Program, texts_in

if TYPE_CHECKING:
    from tree_sitter import Node

_PATH = re.compile(r"[/\\~]|\.\.|\*\*")
_NO_FOLDERS = "sounds are named without folders; a program plays those that come with Sonic Pi"
_OPAQUE_STARTS = ("/", "%", "<<", "?")


def check_call(
    node: Node, program: Program, unknown: Callable[[str], str]
) -> Iterator[tuple[Node, str, str]]:
    """What is wrong with one call, its block apart; `unknown` words why a function is not known."""
    call = take_apart(node)
    method = node.child_by_field_name("method")
    if method is None:
        return  # f.(x) calls a function that the program holds in its hand
    if method.type == "operator":
        if text(method) == "`":
            yield node, text(node)[:20], words().why("processes")
        return
    yield from _called_name(call, method, program, unknown)
    if call.name in words().sounds:
        yield from _sound_names(call, program)
    elif call.name in ("inject", "reduce"):
        yield from _folding(call)
    elif call.name in DEFINING:
        yield from _definition(call, node)
    yield from _ambiguous(call, method, program)


def _called_name(
    call: Call, method: Node, program: Program, unknown: Callable[[str], str]
) -> Iterator[tuple[Node, str, str]]:
    name, receiver, allowed = call.name, call.receiver, names()
    if receiver is None or receiver.type == "self":
        own = name in program.functions or name in allowed.functions
        if not own and not (receiver is not None and name in allowed.methods):
            yield method, name, unknown(name)
        return
    target = re.sub(r"\s", "", text(receiver)) if receiver.type in _CONSTANTS else ""
    if (name == "now") != (target == "Time"):
        yield method, name, "of clocks, a program knows current_time and Time.now"
    elif name == "new" and target not in words().made_with_new:
        yield method, f"{text(receiver)[:30]}.new", words().why("inside")
    elif name not in allowed.methods:
        why = words().reasons.get(name, "not among the methods that a program may call")
        yield method, f".{name}", why


_CONSTANTS = ("constant", "scope_resolution")


def _sound_names(call: Call, program: Program) -> Iterator[tuple[Node, str, str]]:
    arguments = call.node.child_by_field_name("arguments")
    if arguments is None:
        return
    for node, piece in texts_in(arguments):
        if _PATH.search(piece):
            yield node, piece[:40], _NO_FOLDERS
    for each in call.positional:
        pieces = program.texts.get(text(each), ()) if each.type == "identifier" else ()
        if any(_PATH.search(piece) for piece in pieces):
            yield each, text(each), _NO_FOLDERS


def _folding(call: Call) -> Iterator[tuple[Node, str, str]]:
    """`inject(:name)` calls the method of that name."""
    for each in call.positional:
        name = symbol(each)
        if each.type == "block_argument" or (name is not None and name in words().folding):
            continue
        if name is not None or not (call.block or _passes_block(call) or _is_number(each)):
            why = "write the block out: inject { |a, b| … }"
            yield each, f"{call.name}({text(each)[:30]})", why


def _passes_block(call: Call) -> bool:
    return any(each.type == "block_argument" for each in call.positional)


def _is_number(node: Node) -> bool:
    return node.type in ("integer", "float", "array", "string", "rational", "unary")


def _definition(call: Call, node: Node) -> Iterator[tuple[Node, str, str]]:
    first = next(iter(call.positional), None)
    if first is None or symbol(first) is None:
        why = f"write the name of the function out: {call.name} :name do"
        yield node, f"{call.name} {text(first)[:20] if first else ''}".strip(), why


def _ambiguous(call: Call, method: Node, program: Program) -> Iterator[tuple[Node, str, str]]:
    """`x /1/` and `x%w(1)` hold a text, or divide, as Ruby knows `x` and sees spaces."""
    first = next(iter(call.positional), None)
    if first is None or not text(first).startswith(_OPAQUE_STARTS):
        return
    arguments = call.node.child_by_field_name("arguments")
    if arguments is None or text(arguments).startswith("("):
        return
    variable = call.receiver is None and call.name in program.variables
    if variable or first.start_byte == method.end_byte:
        why = "is it a text or a division? Write brackets, or spaces on both sides"
        yield first, f"{call.name} {text(first)[:20]}", why
