"""A small grammar engine: symbols, their weighted productions, and blocks of lines.

A production is a Python function that writes a piece of a program. Which of the productions of a
symbol is taken is drawn by weight, and the weight may depend on the genre of the piece: that is
all there is to a probabilistic grammar whose attributes (key, tempo, style, names in use) travel
in the object that is passed down, `Piece`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from trichord.livecode.compose.piece import Piece

Result = TypeVar("Result")
Item = TypeVar("Item")
Lines = list[str]
Make = Callable[..., Result]

_INDENT = "  "
_COLUMNS = 90
"""Lists that would pass this column are written one item a line, as people do."""


@dataclass(frozen=True)
class Production(Generic[Result]):
    """One way to write a symbol."""

    name: str
    make: Make[Result]
    weight: float
    genres: Mapping[str, float]

    def weight_in(self, genre: str) -> float:
        """The weight in a piece of `genre`: the general one times the genre's own factor."""
        return self.weight * self.genres.get(genre, self.genres.get("else", 1.0))


class Symbol(Generic[Result]):
    """A symbol of the grammar: the productions that may stand for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.productions: list[Production[Result]] = []

    def rule(self, weight: float = 1.0, **genres: float) -> Callable[[Make[Result]], Make[Result]]:
        """Decorator: the function below it is a production of this symbol.

        Args:
            weight: how often it is taken, relative to the others.
            genres: factors on the weight by genre (`dub=3, techno=0`); `else_=0` is for all others.
        """
        factors = {name.rstrip("_"): factor for name, factor in genres.items()}

        def register(make: Make[Result]) -> Make[Result]:
            name = getattr(make, "__name__", "production")
            self.productions.append(Production(name, make, weight, factors))
            return make

        return register

    def expand(self, piece: Piece, *given: object) -> Result:
        """Draws a production for the genre of `piece`, notes its name and writes it.

        Args:
            piece: the program that is being written.
            given: what productions of this symbol take besides the piece.
        """
        weights = [each.weight_in(piece.song.genre.name) for each in self.productions]
        chosen = piece.rng.choices(self.productions, weights)[0]
        piece.used.append(f"{self.name}.{chosen.name.strip('_')}")
        return chosen.make(piece, *given)


def weighted(rng: random.Random, table: Mapping[Item, float]) -> Item:
    """One key of `table`, drawn by its value."""
    return rng.choices(list(table), list(table.values()))[0]


def indent(lines: Sequence[str]) -> Lines:
    """The lines one step deeper; empty ones stay empty."""
    return [_INDENT + line if line else "" for line in lines]


def block(head: str, body: Sequence[str], end: str = "end") -> Lines:
    """`head`, the indented body, `end`."""
    return [head, *indent(body), end]


def listed(head: str, items: Sequence[str], tail: str) -> Lines:
    """`head` with the items in a row, or one below the other where the row would be too long."""
    row = f"{head}{', '.join(items)}{tail}"
    if len(row) <= _COLUMNS or len(items) < 2:
        return [row]
    margin = " " * len(head)
    middle = [f"{margin}{item}," for item in items[1:-1]]
    return [f"{head}{items[0]},", *middle, f"{margin}{items[-1]}{tail}"]
