"""The structure of a program without its numbers, and how alike two programs are."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from trichord.livecode.literals import text
from trichord.livecode.tree import parse

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tree_sitter import Node

_LITERALS = frozenset(("integer", "float", "simple_symbol", "string", "true", "false", "unary"))
_NAMED = frozenset(("method", "key"))
_TOKEN = re.compile(r"[:]?[A-Za-z_]\w*[?!]?|\d+\.?\d*|[^\s\w]")
_PRIME = (1 << 31) - 1
HASHES = 64


def shape(code: str) -> str:
    """The parse tree with what is merely a value taken out.

    Literals become `_`, and a run of them a single one, so that a ring of three notes has the
    shape of a ring of eight; names of variables become `v`; comments go. Names of what is called
    and of options stay.
    """
    return "".join(_shape(parse(code).root))


def _shape(node: Node) -> Iterator[str]:
    """Recursion is bounded: only composed programs and those that the guard passed come here."""
    if node.type in _LITERALS:
        yield "_"
    elif node.type == "identifier":
        yield "v"
    elif not node.named_child_count:
        yield text(node)
    else:
        yield f"({node.type}"
        last = ""
        for at, child in enumerate(node.children):
            if not child.is_named or child.type == "comment":
                continue
            named = node.field_name_for_child(at) in _NAMED
            part = f" {text(child)}" if named else " " + "".join(_shape(child))
            if part != " _" or last != " _":
                yield part
            last = part
        yield ")"


def sketch(code: str) -> NDArray[np.int64]:
    """MinHash of the program's triples of tokens, numbers rounded to a third of an octave.

    Returns:
        [HASHES] int64; two programs share about the part of its entries that they share of their
        triples (Broder 1997).
    """
    tokens = [_token(each) for line in code.splitlines() for each in _TOKEN.findall(_bare(line))]
    triples = {" ".join(tokens[at : at + 3]) for at in range(max(1, len(tokens) - 2))}
    hashed = np.array([zlib.crc32(each.encode()) & 0x7FFFFFFF for each in triples], dtype=np.int64)
    return ((np.outer(hashed, _FACTORS) + _SHIFTS) % _PRIME).min(axis=0)


def alikeness(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Estimated part of the triples that two sketches have in common, 0 to 1."""
    return float(np.mean(first == second))


def _bare(line: str) -> str:
    return line.split("#", 1)[0]


def _token(word: str) -> str:
    if not word[0].isdigit():
        return word
    value = float(word)
    return "0" if value == 0 else f"n{round(3 * math.log2(value))}"


_draw = np.random.default_rng(1997)
_FACTORS = _draw.integers(1, _PRIME, HASHES)
_SHIFTS = _draw.integers(0, _PRIME, HASHES)
