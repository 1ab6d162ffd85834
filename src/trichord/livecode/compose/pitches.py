"""Expressions whose value is the next note of a line: where the notes of a melody come from."""

from __future__ import annotations

from trichord.livecode.compose import theory
from trichord.livecode.compose.engine import Symbol
from trichord.livecode.compose.piece import Piece, Ticker

PITCH: Symbol[str] = Symbol("pitch")
"""(piece, ticker, low) -> an expression for one note, from about `low` up."""

_TAILS = ("", "", "", ".shuffle", ".mirror", ".reverse", ".reflect", ".stretch(2)", ".take(5)",
          ".drop(1)", ".take(4)", ".butlast", ".drop_last", ".take(3)", ".repeat(2)",
          ".reverse.stretch(2)", ".take(5).mirror", ".shuffle.take(4)", ".pick(6)",
          ".rotate(2)", ".take(6).reflect")  # fmt: skip


@PITCH.rule(5)
def _written(piece: Piece, ticker: Ticker, low: int) -> str:
    """A phrase written out, rests among its notes now and then."""
    length = piece.rng.choice((4, 4, 5, 6, 7, 8, 8))
    return ticker.on(piece.style.ring(written_notes(piece, low, length, rests=0.1)), "notes")


@PITCH.rule(4)
def _scale_choose(piece: Piece, _ticker: Ticker, low: int) -> str:
    return f"{piece.scale_call(low, piece.rng.choice((1, 1, 2)))}.choose"


@PITCH.rule(4)
def _scale_tick(piece: Piece, ticker: Ticker, low: int) -> str:
    tail = piece.pick(_TAILS)
    return ticker.on(piece.scale_call(low, piece.rng.choice((1, 1, 2))) + tail, "notes")


@PITCH.rule(3)
def _chord_tick(piece: Piece, ticker: Ticker, low: int) -> str:
    chord = piece.chord_call(
        piece.song.progression[0], low, piece.rng.choice((3, 4)), **wide(piece)
    )
    return ticker.on(chord + piece.pick(_TAILS), "arp")


@PITCH.rule(1.5)
def _chord_choose(piece: Piece, _ticker: Ticker, low: int) -> str:
    return f"{piece.chord_call(piece.song.progression[0], low, 3, **wide(piece))}.choose"


@PITCH.rule(1)
def _knit(piece: Piece, ticker: Ticker, low: int) -> str:
    parts: list[str] = []
    for degree in theory.walk(piece.rng, piece.rng.choice((2, 2, 3))):
        parts += [piece.note(piece.melodic(degree, low)), str(piece.rng.choice((1, 2, 3, 4)))]
    return ticker.on(piece.style.function("knit", *parts), "n")


@PITCH.rule(1)
def _named_degree(piece: Piece, ticker: Ticker, low: int) -> str:
    """Notes by their degree; only modes of seven notes count so."""
    if len(theory.MODES[piece.song.mode]) < 7:
        return _scale_choose(piece, ticker, low)
    tonic = piece.note(piece.tonic(low, low + 11))
    steps = [str(abs(degree) % 7 + 1) for degree in theory.phrase(piece.rng, 4)]
    which = ticker.on(piece.style.ring(steps), "deg")
    return piece.style.function("degree", which, tonic, f":{piece.song.mode}")


@PITCH.rule(1.2)
def _indexed(piece: Piece, ticker: Ticker, low: int) -> str:
    """Elements of a named scale by a list of indices."""
    name = scale_variable(piece, low)
    steps = [
        str(max(0, degree)) for degree in theory.phrase(piece.rng, piece.rng.choice((4, 6, 8)))
    ]
    return f"{name}[{ticker.on(piece.style.ring(steps), 'i')}]"


@PITCH.rule(2)
def _variable(piece: Piece, ticker: Ticker, low: int) -> str:
    name = scale_variable(piece, low)
    if ticker.manner == "none" or piece.chance(0.4):
        return f"{name}.choose"
    return ticker.on(
        name + piece.pick(("", "", ".shuffle", ".mirror", ".reverse", ".take(3)")), "n"
    )


@PITCH.rule(0.8)
def _ranged(piece: Piece, ticker: Ticker, low: int) -> str:
    top = piece.note(low + piece.rng.choice((12, 16, 19)))
    chord = piece.chord_call(piece.song.progression[0], low, 3)
    call = piece.style.function("note_range", piece.note(low), top, f"pitches: {chord}")
    return f"{call}.choose" if piece.chance(0.6) else ticker.on(call, "r")


@PITCH.rule(0.8)
def _octaves(piece: Piece, ticker: Ticker, low: int) -> str:
    note = piece.note(piece.melodic(piece.rng.choice((0, 0, 2, 4)), low))
    return piece.pick(
        (
            f"{note} + [0, 12].choose" if note.isdigit() else f"octs({note}, 2).choose",
            ticker.on(piece.style.function("octs", note, "2"), "oct"),
        )
    )


def wide(piece: Piece) -> dict[str, str]:
    """Options that widen or turn a chord, sometimes."""
    if piece.chance(0.2):
        return {"num_octaves": "2"}
    return {"invert": str(piece.rng.choice((1, 2, -1)))} if piece.chance(0.12) else {}


def written_notes(piece: Piece, low: int, length: int, rests: float = 0.0) -> list[str]:
    """A phrase of `length` notes in the song's key as texts; some are rests."""
    degrees = theory.phrase(piece.rng, length)
    texts = [piece.note(piece.melodic(degree, low)) for degree in degrees]
    return [":r" if at and piece.chance(rests) else text for at, text in enumerate(texts)]


def scale_variable(piece: Piece, low: int) -> str:
    """The name of a scale that stands at the top of the program; written once."""
    key = f"scale {low // 12}"
    if key not in piece.shared:
        name = piece.variable("notes", "sc", "my_scale", "pool", "tones")
        octaves = piece.rng.choice((1, 2, 2))
        tail = piece.pick(("", "", "", ".shuffle", ".take(7)", ".drop(1)"))
        piece.header.append(f"{name} = {piece.scale_call(low, octaves)}{tail}")
        piece.shared[key] = name
    return piece.shared[key]
