"""A program's text followed in its own terms: what it sounds, when, how high, through what.

Nothing is run. The text is parsed, and its parts are followed as far as they can be told: loops
and threads are gone through up to a given length, names are looked up, chords and rings are worked
out, chance is drawn from a table. What cannot be told is unknown and is passed over; text that is
no Ruby is read around. A program can reach nothing through the reader, and what the reader does is
bounded whatever the program says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trichord.errors import InputError
from trichord.livecode.reader.chance import installed
from trichord.livecode.reader.control import make
from trichord.livecode.reader.piece import Ended, Left, Piece
from trichord.livecode.reader.voice import Voice
from trichord.livecode.tree import parse

SECONDS = 18.0
"""How far a program is followed."""

LONGEST = 100_000
"""Characters of a program; what comes after them is not read."""

FAULTS = (Ended, Left, ArithmeticError, LookupError, TypeError, ValueError, AttributeError,
          RecursionError)  # fmt: skip
"""What ends a thread: its own end, or a part that makes no sense, which Ruby would raise at too."""


def follow(code: str, seconds: float = SECONDS, table: Sequence[float] | None = None) -> Piece:
    """Follows a program.

    Args:
        code: any text.
        seconds: how far.
        table: uniform numbers to draw from; the installed Sonic Pi's where None is given, the
            reader's own where it is empty.

    Returns:
        The piece, its sounds in order of their start.
    """
    try:
        root = parse(code[:LONGEST]).root
    except InputError:
        # A text that no file can hold says nothing.
        return Piece(seconds)
    piece = Piece(seconds, installed() if table is None else table)
    main = Voice(piece)
    _go(main, make(root, 0))
    while piece.waiting:
        turn = piece.waiting.pop(_turn(piece))
        _go(turn.voice, turn.work)
    piece.sounds.sort(key=lambda sound: sound.start)
    return piece


def _go(voice: Voice, work: Callable[[Voice], object]) -> None:
    try:
        work(voice)
    except FAULTS:
        return


def _turn(piece: Piece) -> int:
    """Which thread to read next: the first that waits for no cue of one yet unread."""
    for at, turn in enumerate(piece.waiting):
        others = (each.cues for each in piece.waiting if each is not turn)
        if not any(turn.awaits & cues for cues in others):
            return at
    return 0
