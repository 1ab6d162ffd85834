"""From a program to the places that may not run."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from trichord.errors import InputError
from trichord.livecode.literals import text
from trichord.livecode.sonicpi.guard import text as plain
from trichord.livecode.sonicpi.guard.names import names
from trichord.livecode.sonicpi.guard.reading import Place, Program, places, take_in
from trichord.livecode.sonicpi.guard.refusal import Refusal, RefusedProgram
from trichord.livecode.sonicpi.guard.rules import check_place

if TYPE_CHECKING:
    from tree_sitter import Node

    from trichord.livecode.tree import Tree

MOST = 20
"""Nobody reads more refusals than this."""


def check(code: str) -> None:
    """Let a program pass, or not; nothing of it is run.

    Raises:
        RefusedProgram: names the first place with line and column, what, and why.
    """
    found = findings(code)
    if found:
        raise RefusedProgram(found)


def findings(code: str) -> list[Refusal]:
    """The first places of a program that may not run, in the order of the text; none is good."""
    code = code.removeprefix("\ufeff")
    found = list(islice(plain.faults(code), MOST))
    if found:
        return found
    found = _read(code)
    run = plain.preparsed(code, names().list_functions)
    if run != code and all(each.kind == "syntax" for each in found):
        # Also what our parser cannot read may be plain to Ruby once it is rewritten.
        found = _read(run)
    return sorted(set(found))[:MOST]


def _read(code: str) -> list[Refusal]:
    from trichord.livecode.tree import parse

    try:
        tree = parse(code)
    except InputError as error:
        return [Refusal(1, 1, "the program", str(error))]
    if tree.faults:
        fault = tree.faults[0]
        return [Refusal(fault.line, fault.column, fault.found, "mend the syntax", "syntax")]
    return list(islice(_refusals(tree), MOST))


def _refusals(tree: Tree) -> Iterator[Refusal]:
    program: list[Place] = []
    for place in places(tree):
        if place.depth > 4 * plain.MAX_DEPTH:
            yield plain.too_deep(*tree.position(place.node), text(place.node)[:20])
            return
        if place.node.is_named:
            program.append(place)
    facts = take_in(program)
    yield from _own_functions(tree, facts)
    for place in program:
        for node, what, why in check_place(place, facts):
            yield _refusal(tree, node, what, why)


def _own_functions(tree: Tree, facts: Program) -> Iterator[Refusal]:
    for name, node in facts.functions.items():
        if name in names().taken or name.startswith("__"):
            why = "exists already; choose another name for the function"
            yield _refusal(tree, node, name, why)


def _refusal(tree: Tree, node: Node, what: str, why: str) -> Refusal:
    words = " ".join(what.split())
    return Refusal(*tree.position(node), words if len(words) <= 40 else words[:39] + "…", why)
