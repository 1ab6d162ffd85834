"""The head of a template: YAML in a Jinja comment, a line for every hole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any

import yaml

from trichord.errors import InputError
from trichord.livecode.templates.holes import Hole, from_header, read_choices, to_header
from trichord.livecode.templates.ranges import OneOf, Value

FIELDS = frozenset(("title", "ranges", "newline", "lists", "holes"))
MOST_HOLES = 5000
DEEPEST = 20
"""The reader of YAML takes time in the square of the brackets that are open."""


def write(fields: Mapping[str, Any], holes: Iterable[Hole]) -> str:
    """The header of a template, its last line end included."""
    holes = tuple(holes)
    groups = {
        hole.range.group: list(hole.range.choices)
        for hole in holes
        if isinstance(hole.range, OneOf) and hole.range.group
    }
    lines = [_line(name, value) for name, value in fields.items()]
    lines += _block("lists", groups) + _block("holes", {h.name: to_header(h) for h in holes})
    # The end of a comment, inside of it, would end it.
    said = "".join(lines).replace("#}", "# }")
    return "{#\n" + said + "#}\n"


def _block(name: str, rows: Mapping[str, Any]) -> list[str]:
    if not rows:
        return [f"{name}: {{}}\n"]
    return [f"{name}:\n", *("  " + _line(key, value) for key, value in rows.items())]


def _line(name: str, value: object) -> str:
    """`name: value` in YAML on one line, however long."""
    flow = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**9)
    # Behind a value that is no table, YAML writes the end of the document.
    return f"{name}: {flow.splitlines()[0]}\n"


def read(text: str) -> tuple[dict[str, Any], tuple[Hole, ...]]:
    """The fields of a header, and its holes.

    Raises:
        InputError: one line that names the field and the mend.
    """
    fields = _load(text)
    unknown = sorted(str(each)[:40] for each in fields if each not in FIELDS)
    if unknown:
        raise InputError(f"header: {unknown[0]} is no field; known are {', '.join(sorted(FIELDS))}")
    lists = {str(name): _choices(name, each) for name, each in _table(fields, "lists").items()}
    holes = _table(fields, "holes")
    if len(holes) > MOST_HOLES:
        raise InputError(f"header: {len(holes)} holes; at most {MOST_HOLES}")
    texts = {each: fields.get(each, "") for each in ("title", "ranges", "newline")}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise InputError(f"header: {name} is no text")
    if texts["newline"] not in ("", "crlf"):
        raise InputError("header: newline is crlf, or is left out")
    return texts, tuple(from_header(name, each, lists) for name, each in holes.items())


def _table(fields: Mapping[str, Any], name: str) -> dict[Any, Any]:
    table = fields.get(name) or {}
    if not isinstance(table, dict):
        raise InputError(f"header: {name} lists one `name: …` a line")
    return table


def _choices(name: object, values: object) -> tuple[Value, ...]:
    try:
        return read_choices(values)
    except ValueError as error:
        raise InputError(f"lists.{str(name)[:40]}: {error}") from None


def _depth(text: str) -> int:
    """How many brackets stand in one another, those inside of quotes counted too."""
    opened = accumulate((each in "[{") - (each in "]}") for each in text)
    return max(opened, default=0)


class _Loader(yaml.SafeLoader):
    """Plain YAML: without aliases, by which a short text says a long one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not part of a header")
        return super().compose_node(parent, index)


def _load(text: str) -> dict[str, Any]:
    if _depth(text) > DEEPEST:
        raise InputError(f"header: more than {DEEPEST} brackets in one another")
    try:
        # _Loader is SafeLoader with less.
        fields = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise InputError(f"header: no YAML: {' '.join(str(error).split())[:160]}") from None
    except (RecursionError, ValueError) as error:
        raise InputError(f"header: cannot be read: {str(error)[:160]}") from None
    if not isinstance(fields, dict):
        raise InputError("header: lists `title: …`, `holes: …`, one a line")
    return fields
