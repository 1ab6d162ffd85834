"""A whole program: the heading, what the layers share, the form, and what a conductor keeps."""

from __future__ import annotations

import random
from dataclasses import dataclass

from trichord.livecode.compose.engine import Lines, block
from trichord.livecode.compose.forms import separated
from trichord.livecode.compose.names import TITLES
from trichord.livecode.compose.piece import Piece, draw_piece
from trichord.livecode.compose.scores import FORM
from trichord.livecode.compose.theory import FLATS, SHARPS

_FIRST_CUTOFF = 90


@dataclass(frozen=True)
class Traits:
    """What a composed program was meant to be.

    Attributes:
        genre: the preset that weighted its productions.
        bpm: beats a minute.
        key: the tonic, such as "e" or "bb".
        mode: a scale of the language, such as "dorian".
        meter: beats a bar.
        roles: roles of its layers in the order of writing.
        productions: names of the productions that were taken, symbol first: "bass.walking".
    """

    genre: str
    bpm: int
    key: str
    mode: str
    meter: int
    roles: tuple[str, ...]
    productions: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """A composed program and what it was meant to be."""

    code: str
    traits: Traits


def compose(rng: random.Random) -> Program:
    """A program as a live coder might write it; the same generator state gives the same text."""
    piece = draw_piece(rng)
    if piece.chance(0.15):
        piece.shared["cutoff"] = piece.variable("cutoff", "brightness", "filter", "energy")
    form = FORM.expand(piece)
    code = "\n".join(separated([_heading(piece), piece.header, _state(piece, form), form])) + "\n"
    return Program(code, _traits(piece))


def _traits(piece: Piece) -> Traits:
    song = piece.song
    roles = tuple(name.split(".")[0] for name in piece.used if name.split(".")[0] in _ROLES)
    names = FLATS if piece.style.flats else SHARPS
    return Traits(
        genre=song.genre.name,
        bpm=song.bpm,
        key=names[song.tonic],
        mode=song.mode,
        meter=song.meter,
        roles=roles,
        productions=tuple(piece.used),
    )


_ROLES = frozenset(
    ["drums", "hats", "break", "bass", "melody", "arp", "bell", "chords", "drone", "texture"]
)


def _heading(piece: Piece) -> Lines:
    lines: Lines = []
    if piece.chance(piece.style.comments * 0.7):
        lines.append(f"# {piece.pick(TITLES[piece.song.genre.name])}")
        if piece.chance(0.25):
            lines.append(f"# {piece.song.bpm} bpm, {piece.song.mode.replace('_', ' ')}")
        lines.append("")
    if piece.song.unit == 1 and piece.song.bpm != 60:
        lines.append(piece.style.statement("use_bpm", [str(piece.song.bpm)], {}))
    if piece.chance(0.2):
        lines.append(f"use_random_seed {piece.rng.randrange(1, 99999)}")
    if piece.chance(0.06):
        lines.append("use_debug false")
    return lines


def _state(piece: Piece, form: Lines) -> Lines:
    """The loop that sets what `get` reads, where something reads it."""
    key = piece.shared.get("cutoff")
    if not key or not any(f"get[:{key}]" in line for line in form):
        return []
    move = piece.pick(
        (
            f"set :{key}, (line 70, 110, steps: 16).mirror.tick",
            f"set :{key}, rrand_i(70, 110)",
            f"set :{key}, (ring 70, 80, 95, 110).tick",
            f"set :{key}, [75, 90, 105].choose",
        )
    )
    name = piece.variable("director", f"set_{key}", "automation")
    loop = block(f"live_loop :{name} do", [move, piece.sleep(piece.rng.choice((1, 2, 4)))])
    return [f"set :{key}, {_FIRST_CUTOFF}", "", *loop]
