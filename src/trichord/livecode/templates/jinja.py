"""The part of Jinja2 that a template's body may use, and nothing beside it.

`{{ cutoff_1 }}`, sums and products of numbers, comparisons, `{% if … %}`. No loops, no attributes,
no calls, no filters but `round` and `int`: what a template makes is never longer than what it says,
and no text of it can reach Python. Jinja's sandbox stands behind that.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from trichord.errors import InputError, MissingProgramError

if TYPE_CHECKING:
    from jinja2 import Template as JinjaTemplate
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

Newline = Literal["\n", "\r\n"]

ARITHMETIC = ("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Neg", "Pos", "Filter")
PLAIN = ("Template", "Output", "TemplateData", "Name", "Const")
CONDITIONS = ("If", "CondExpr", "Compare", "Operand", "And", "Or", "Not")
ALLOWED = frozenset(ARITHMETIC + PLAIN + CONDITIONS)
FILTERS = ("round", "int")
DEEPEST = 20
"""Nobody nests conditions deeper; Python's own compiler gives up at a hundred."""

OPENING = re.compile("\\{(?=[{%#\r\0])")
"""A brace that Jinja would take as its own; a NUL stands for one before a hole."""


def escape(part: str, *, before_hole: bool, newline: Newline) -> str:
    """Text of a program as text of a template: what Jinja would read as its own is quoted.

    Args:
        part: text between two holes.
        before_hole: whether a hole follows, whose braces would join one at the end of `part`.
        newline: the line end that the template writes; a carriage return beside it is quoted.
    """
    if newline == "\r\n":
        part = part.replace("\r\n", "\n")
    if before_hole and part.endswith("{"):
        part = part[:-1] + "\0"
    part = OPENING.sub("{{ '{' }}", part).replace("\0", "{{ '{' }}")
    return part.replace("\r", r"{{ '\r' }}")


def check_body(body: str, numbers: frozenset[str], words: frozenset[str]) -> None:
    """Refuses a body that uses more of Jinja than templates do, or names that are no holes.

    Args:
        body: the template after its header.
        numbers: names of the holes that hold numbers.
        words: names of the holes that hold symbols and strings.

    Raises:
        InputError: names the line and what is refused.
    """
    from jinja2 import TemplateSyntaxError

    try:
        root = _environment("\n").parse(body)
    except TemplateSyntaxError as error:
        raise InputError(f"line {error.lineno} of the body: {error.message}") from None
    except ValueError as error:
        raise InputError(f"the body: {error}") from None
    except RecursionError:
        raise InputError("the body nests too deep; a program needs no such template") from None
    stack: list[tuple[nodes.Node, int, bool]] = [(root, 0, False)]
    while stack:
        node, depth, reckons = stack.pop()
        reckons = reckons or type(node).__name__ in ARITHMETIC
        reason = "nests too deep" if depth > DEEPEST else _reason(node, reckons, numbers, words)
        if reason:
            raise InputError(f"line {node.lineno} of the body: {reason}")
        stack += [(child, depth + 1, reckons) for child in node.iter_child_nodes()]


def _reason(
    node: nodes.Node, reckons: bool, numbers: frozenset[str], words: frozenset[str]
) -> str | None:
    """Why a node is refused; None if it is not."""
    kind, name = type(node).__name__, getattr(node, "name", "")
    if kind not in ALLOWED:
        return f"{kind.lower()} is not part of a template; use holes, sums and if"
    if kind == "Filter" and not (name in FILTERS and _plain_arguments(node)):
        return f"the filter {name} is not part of a template; known are int and round(0 to 6)"
    if kind == "Name":
        if name not in numbers and name not in words:
            return f"{name} is no hole; name it in the header"
        if reckons and name in words:
            return f"{name} holds a name, with which nothing can be reckoned"
    if kind == "Const" and getattr(node, "value", None) == math.inf:
        return "a number without end"
    if kind == "Const" and reckons and isinstance(getattr(node, "value", None), str):
        return "texts cannot be reckoned with"
    return None


def _plain_arguments(node: nodes.Node) -> bool:
    """Whether a filter has at most one argument, a small number."""
    given: list[nodes.Node] = getattr(node, "args", [])
    more = [getattr(node, field, None) for field in ("kwargs", "dyn_args", "dyn_kwargs")]
    small = [getattr(each, "value", None) in range(7) for each in given]
    return len(given) <= 1 and all(small) and not any(more)


def fill_body(body: str, spelt: Mapping[str, object], newline: Newline) -> str:
    """The body with its holes filled.

    Raises:
        InputError: a sum that has no value.
    """
    try:
        return _compiled(body, newline).render(dict(spelt))
    except (ArithmeticError, TypeError, ValueError) as error:
        raise InputError(f"the template cannot be filled: {error}") from None


@lru_cache(64)
def _compiled(body: str, newline: Newline) -> JinjaTemplate:
    return _environment(newline).from_string(body)


@cache
def _environment(newline: Newline) -> ImmutableSandboxedEnvironment:
    try:
        from jinja2 import StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment
    except ImportError:
        raise MissingProgramError(
            "templates need Jinja: pip install 'trichord[livecode]'"
        ) from None
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
        newline_sequence=newline,
        finalize=_finalize,
    )
    environment.globals.clear()
    return environment


def _finalize(value: object) -> object:
    """Sums come out of the machine with noise in their last digits."""
    from trichord.livecode.templates.holes import spell_number

    # A hole's own value is of a class of its own, and knows how it is spelt.
    if type(value) is int or type(value) is float:
        return spell_number(value)
    return value
