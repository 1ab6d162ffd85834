"""What each kind of syntax must satisfy: a function per kind, from a place to refusals."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from trichord.livecode.literals import symbol, text
from trichord.livecode.sonicpi.guard.calls import check_call
from trichord.livecode.sonicpi.guard.names import names, words
from trichord.livecode.sonicpi.guard.reading import Place, Program, is_block

if TYPE_CHECKING:
    from tree_sitter import Node

Finding = tuple["Node", str, str]
"""Node, what, why."""

# Kind of syntax -> group of words.toml that says why it is refused.
_REFUSED_SYNTAX = {
    "class": "classes",
    "module": "classes",
    "singleton_class": "classes",
    "singleton_method": "classes",
    "class_variable": "classes",
    "alias": "classes",
    "undef": "classes",
    "super": "classes",
    "setter": "classes",
    "subshell": "processes",
    "begin_block": "ending",
    "end_block": "ending",
    "uninterpreted": "ending",
    "heredoc_beginning": "texts",
    "heredoc_body": "texts",
    "file": "files",
    "encoding": "inside",
}

_NUMBERED = re.compile(r"_[1-9]|it")
_OWN_GLOBAL = re.compile(r"\$(?:[A-Za-z_]\w*|[1-9]\d*|~)")
# In texts that Ruby and the guard's parser might end at different places.
_HIDDEN = re.compile(
    r"`|%x|\b(?:system|exec|spawn|fork|eval|instance_eval|__send__|IO|File|Process|Kernel"
    r"|ObjectSpace|Object|Open3|Socket)\b"
)
# %w[a b], %(text): with other signs around them they are read in more than one way.
_PERCENT = re.compile(r"%[qQwWiIrs]?[(\[{<|!]")
_OPAQUE = ("regex", "string_array", "symbol_array")


def check_place(place: Place, program: Program) -> Iterator[Finding]:
    """What is wrong with one node, children apart."""
    node, kind = place.node, place.node.type
    if kind in _REFUSED_SYNTAX:
        what = "__END__" if kind == "uninterpreted" else first_words(node)
        yield node, what, words().why(_REFUSED_SYNTAX[kind])
    elif kind not in words().syntax:
        yield node, first_words(node), "this construct is not among those that programs use"
    elif kind in _RULES:
        yield from _RULES[kind](place, program)
    if kind in _OPAQUE or (kind in ("string", "delimited_symbol") and text(node)[:1] == "%"):
        yield from _opaque(node)


def unknown(name: str) -> str:
    """Why a function that is not in the language's list is refused."""
    if name in words().reasons:
        return words().reasons[name]
    if name.startswith("mc_"):
        return "there is no Minecraft here"
    if name in words().newer:
        return "a function of a newer Sonic Pi than the one installed"
    close = difflib.get_close_matches(name, names().functions, n=1, cutoff=0.7)
    meant = f"; did you mean {close[0]}?" if close else ""
    return f"neither a function of Sonic Pi nor defined in this program{meant}"


def first_words(node: Node) -> str:
    """The first line of a node's text."""
    return text(node)[:60].split("\n")[0].strip()


def _identifier(place: Place, program: Program) -> Iterator[Finding]:
    if not place.names:
        yield from _name(place.node, text(place.node), place.binds, program)


def _name(node: Node, name: str, binds: bool, program: Program) -> Iterator[Finding]:
    """A variable, or a call without arguments: the text alone does not tell."""
    allowed = names()
    if name.startswith("__"):
        yield node, name, words().why("inside")
    elif name in allowed.functions or name in program.functions:
        return
    elif binds or program.variables.get(name, node.end_byte) < node.start_byte:
        if name in allowed.unusable_variables:
            yield node, name, "a name of the machinery; choose another for the variable"
    elif not _NUMBERED.fullmatch(name):
        yield node, name, unknown(name)


def _pair(place: Place, program: Program) -> Iterator[Finding]:
    key = place.node.child_by_field_name("key")
    if key is not None and place.node.child_by_field_name("value") is None:
        # {name:} stands for {name: name}.
        yield from _name(key, text(key), binds=False, program=program)


def _method(place: Place, _program: Program) -> Iterator[Finding]:
    name = place.node.child_by_field_name("name")
    if name is not None and name.type != "identifier":
        yield name, first_words(name), "a function's name is a word in small letters"


def _constant(place: Place, program: Program) -> Iterator[Finding]:
    name, above = text(place.node), place.above
    if place.names or (above is not None and above.type == "scope_resolution"):
        return
    if place.binds:
        if name in names().constants:
            yield place.node, name, "exists already; choose another name"
    elif name not in words().constants and name not in program.constants:
        why = words().reasons.get(name, "not among the constants that a program may name")
        yield place.node, name, why


def _scope_resolution(place: Place, _program: Program) -> Iterator[Finding]:
    if place.above is not None and place.above.type == "scope_resolution":
        return
    path = re.sub(r"\s", "", text(place.node))
    if path in words().paths_of_constants and not place.binds:
        return
    reasons = [words().reasons[part] for part in path.split("::") if part in words().reasons]
    why = reasons[0] if reasons else "not among the constants that a program may name"
    yield place.node, first_words(place.node), why


def _instance_variable(place: Place, _program: Program) -> Iterator[Finding]:
    name = text(place.node)
    if name in names().fields or name.startswith(("@__", "@sp_", "@mod_")):
        yield place.node, name, "a variable of the machinery; choose another name"


def _global_variable(place: Place, _program: Program) -> Iterator[Finding]:
    name = text(place.node)
    if name in names().globals or not _OWN_GLOBAL.fullmatch(name):
        yield place.node, name, "a variable of Ruby itself; use one of your own, or set and get"


def _block_argument(place: Place, program: Program) -> Iterator[Finding]:
    """`&:name` calls the method of that name; `&variable` must not hold a name."""
    node = place.node
    value = next(iter(node.named_children), None)
    if value is None or is_block(value):
        return
    if value.type == "simple_symbol":
        name = symbol(value) or ""
        if name not in names().methods:
            yield (
                node,
                first_words(node),
                words().reasons.get(name, "not a method to call on values"),
            )
    elif value.type != "identifier" or not _holds_block(text(value), program):
        yield node, first_words(node), "write the block out; what is passed here cannot be seen"


def _holds_block(name: str, program: Program) -> bool:
    return name in program.variables and name not in program.other_values


def _opaque(node: Node) -> Iterator[Finding]:
    content = text(node)
    found = _HIDDEN.search(content)
    if found:
        yield node, found[0], words().why("texts")
    elif content[:1] == "%" and not _PERCENT.match(content):
        yield node, content[:3], words().why("texts")


def _chained_string(place: Place, _program: Program) -> Iterator[Finding]:
    """`"a" "b"` is one text; in `"a" %[b]` Ruby takes a remainder."""
    for each in place.node.named_children:
        if text(each)[:1] not in ("'", '"'):
            yield each, first_words(each), words().why("texts")


def _call(place: Place, program: Program) -> Iterator[Finding]:
    return check_call(place.node, program, unknown)


_RULES: dict[str, Callable[[Place, Program], Iterator[Finding]]] = {
    "identifier": _identifier,
    "pair": _pair,
    "method": _method,
    "constant": _constant,
    "scope_resolution": _scope_resolution,
    "instance_variable": _instance_variable,
    "global_variable": _global_variable,
    "block_argument": _block_argument,
    "chained_string": _chained_string,
    "call": _call,
}
