"""Chords and progressions as they stand in a program: calls, lists, a ring at the top."""

from __future__ import annotations

from trichord.livecode.compose import theory
from trichord.livecode.compose.engine import listed
from trichord.livecode.compose.piece import Piece, Ticker
from trichord.livecode.compose.pitches import wide

INLINE = 64
"""A ring of chords longer than this gets a line of its own at the top."""
LOW = 52
"""Roots of chords lie in the octave from here."""


def size(piece: Piece) -> int:
    """Notes a chord: four in jazz, three or four elsewhere."""
    return (
        4
        if piece.song.genre.name in ("jazz", "house", "hiphop")
        else piece.rng.choice((3, 3, 3, 4))
    )


def chord(piece: Piece, degree: int, notes: int | None = None) -> str:
    """The chord on a degree, as a call, a named degree, or a list of notes."""
    how = piece.weighted({"chord": 7, "degree": 1, "list": 1})
    notes = notes or size(piece)
    if how == "degree" and len(theory.MODES[piece.song.mode]) == 7:
        name = (":i", ":ii", ":iii", ":iv", ":v", ":vi", ":vii")[degree % 7]
        tonic = piece.note(piece.tonic(LOW - 4, LOW + 7))
        return piece.style.function("chord_degree", name, tonic, f":{piece.song.mode}", str(notes))
    if how == "list":
        root, _ = piece.chord(degree, LOW)
        base = 60 + piece.song.tonic
        shift = root - theory.chord_on(base, piece.song.mode, degree)[0]
        parent = theory.parent_of(piece.song.mode)
        tones = [theory.degree_note(base, parent, degree + 2 * at) + shift for at in range(notes)]
        return f"[{', '.join(piece.note(each) for each in tones)}]"
    return piece.chord_call(degree, LOW, notes, **wide(piece))


def progression_variable(piece: Piece, low: int = LOW) -> str:
    """The name of the ring of chords at the top of the program; written once an octave."""
    key = f"chords {low // 12}"
    if key not in piece.shared:
        name = piece.variable("prog", "progression", "chords", "changes", "chord_ring")
        calls = [piece.chord_call(each, low, size(piece)) for each in piece.song.progression]
        head, tail = piece.style.ring_marks()
        piece.header += listed(f"{name} = {head}", calls, tail)
        piece.shared[key] = name
    return piece.shared[key]


def chord_now(piece: Piece, ticker: Ticker) -> str:
    """The chord of the moment."""
    if len(piece.song.progression) == 1:
        return chord(piece, piece.song.progression[0])
    ring = piece.style.ring([chord(piece, each) for each in piece.song.progression])
    if len(ring) > INLINE or piece.chance(0.4):
        ring = progression_variable(piece)
    return ticker.on(ring, "chord")
