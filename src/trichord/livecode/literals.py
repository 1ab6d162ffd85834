"""The values of literals in a parse tree: numbers, symbols, strings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


def text(node: Node) -> str:
    """The part of the program that `node` spans."""
    return (node.text or b"").decode()


def number(node: Node) -> int | float | None:
    """The value of a number literal (`4`, `-0.5`, `1e3`, `0x1F`, `1_000`); None for all else."""
    if node.type == "unary":
        operand = node.child_by_field_name("operand")
        if operand is None or operand.type == "unary" or not text(node).startswith("-"):
            return None
        value = number(operand)
        return None if value is None else -value
    if node.type == "float":
        return float(text(node))
    return _integer(text(node)) if node.type == "integer" else None


def _integer(digits: str) -> int | None:
    digits = digits.replace("_", "").lower().replace("0d", "")
    octal = len(digits) > 1 and digits.isdigit() and digits[0] == "0"
    try:
        return int(digits, 8) if octal else int(digits, 0)
    except ValueError:
        # `09`, which the parser lets pass, or a number of more digits than Python reads.
        return None


def symbol(node: Node) -> str | None:
    """The name that a symbol literal holds (`:e3`, `:"e3"`); None for all else."""
    if node.type == "simple_symbol":
        return text(node)[1:]
    return _content(node) if node.type == "delimited_symbol" else None


def string(node: Node) -> str | None:
    """What a string literal holds; None for all else, and where it interpolates or escapes."""
    return _content(node) if node.type == "string" else None


def word(node: Node) -> str | None:
    """What a symbol or string literal holds: Sonic Pi takes both for names."""
    found = symbol(node)
    return string(node) if found is None else found


def _content(node: Node) -> str | None:
    parts = node.named_children
    if any(part.type != "string_content" for part in parts):
        return None
    return "".join(text(part) for part in parts)
