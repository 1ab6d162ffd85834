"""Ways to write a stretch of time: what every role builds its loops from."""

from __future__ import annotations

from collections.abc import Sequence

from trichord.livecode.compose.engine import Lines, block
from trichord.livecode.compose.piece import Body, Piece, Ticker


def conditional(piece: Piece, statement: str, condition: str) -> Lines:
    """The statement under a condition: behind it, in a block, or as its option `on`."""
    if piece.chance(0.06) and not statement.endswith(")"):
        return [f"{statement}, on: {condition}"]
    if condition.startswith("one_in") and piece.chance(0.15):
        return [f"{statement} unless {condition}"]
    if piece.style.conditions == "suffix":
        return [f"{statement} if {condition}"]
    return block(f"if {condition}", [statement])


def either(condition: str, then: Lines, otherwise: Lines) -> Lines:
    """`if … else … end`."""
    return [f"if {condition}", *block_lines(then), "else", *block_lines(otherwise), "end"]


def block_lines(lines: Sequence[str]) -> Lines:
    """Lines one step deeper."""
    return [f"  {line}" if line else "" for line in lines]


def times(count: int, body: Lines, variable: str = "") -> Lines:
    """`count.times do … end`."""
    return block(f"{count}.times do{f' |{variable}|' if variable else ''}", body)


def pause_between(piece: Piece, statements: Sequence[Lines], durations: Sequence[float]) -> Lines:
    """Each of the statements followed by its wait; blank lines where this writer leaves them."""
    lines: Lines = []
    for at, (statement, beats) in enumerate(zip(statements, durations, strict=True)):
        if at and piece.style.spaced and len(statements) <= 4:
            lines.append("")
        lines += [*statement, piece.sleep(beats)]
    return lines


def stepped(piece: Piece, ticker: Ticker, lines: Lines, beats: float) -> Body:
    """A body that does `lines` and waits `beats`: one step of a loop."""
    return Body([*ticker.head(), *lines, piece.sleep(beats)], beats)
