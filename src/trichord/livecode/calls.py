"""Calls taken apart: name, receiver, positional and keyword arguments, block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trichord.livecode.literals import text, word

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True)
class Keyword:
    """One `name: value` of a call, however it is spelt (`:name => value`, `"name": value`)."""

    name: str
    key: Node
    value: Node


@dataclass(frozen=True)
class Call:
    """One call that is written as one: with arguments, a block or a receiver."""

    node: Node
    name: str
    """Empty for `f.(x)`."""
    receiver: Node | None
    """What stands before the dot."""
    positional: tuple[Node, ...]
    """In order; splats (`*x`, `**x`, `&x`) and pairs with computed keys are among them."""
    keywords: tuple[Keyword, ...]
    block: Node | None
    """The `do … end` or `{ … }`."""

    def keyword(self, name: str) -> Node | None:
        """The value of the last keyword `name`, the one that Ruby takes."""
        return next((each.value for each in reversed(self.keywords) if each.name == name), None)


def take_apart(node: Node) -> Call:
    """The parts of a `call` node."""
    method = node.child_by_field_name("method")
    arguments = node.child_by_field_name("arguments")
    positional: list[Node] = []
    keywords: list[Keyword] = []
    for each in arguments.named_children if arguments else ():
        keyword = _keyword(each) if each.type == "pair" else None
        if keyword is not None:
            keywords.append(keyword)
        elif each.type != "comment":
            positional.append(each)
    return Call(
        node=node,
        name=text(method) if method else "",
        receiver=node.child_by_field_name("receiver"),
        positional=tuple(positional),
        keywords=tuple(keywords),
        block=node.child_by_field_name("block"),
    )


def _keyword(pair: Node) -> Keyword | None:
    key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
    if key is None or value is None:
        return None
    name = text(key) if key.type == "hash_key_symbol" else word(key)
    return None if name is None else Keyword(name, key, value)
