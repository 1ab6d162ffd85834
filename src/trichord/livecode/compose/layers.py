"""A layer: the body that its role wrote, in the effects around or inside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trichord.livecode.compose.arps import ARP
from trichord.livecode.compose.bass import BASS
from trichord.livecode.compose.bells import BELL
from trichord.livecode.compose.drone import DRONE
from trichord.livecode.compose.drums import DRUMS
from trichord.livecode.compose.effects import around, draw_effects
from trichord.livecode.compose.engine import Symbol, weighted
from trichord.livecode.compose.harmony import CHORDS
from trichord.livecode.compose.hats import BREAK, HATS
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.solos import MELODY
from trichord.livecode.compose.texture import TEXTURE
from trichord.livecode.compose.variation import VARIATION

ROLES: dict[str, Symbol[Body]] = {
    "drums": DRUMS, "hats": HATS, "break": BREAK, "bass": BASS, "melody": MELODY, "arp": ARP,
    "bell": BELL, "chords": CHORDS, "drone": DRONE, "texture": TEXTURE,
}  # fmt: skip
_BACKGROUND = frozenset(("texture", "hats"))
"""Roles that are no piece by themselves."""
_ONLY_ONCE = frozenset(("bass", "drums", "break", "drone", "chords"))


@dataclass(frozen=True)
class Layer:
    """One voice of a piece.

    Attributes:
        outer: effects that stand around the loop, outermost first.
    """

    role: str
    body: Body
    outer: list[str]


def draw_roles(piece: Piece) -> list[str]:
    """The roles of a piece; two layers never fight for the same place in the mix."""
    genre = piece.song.genre
    count = weighted(piece.rng, genre.layers)
    roles = list(genre.must)[:count]
    table = dict(genre.roles)
    while len(roles) < count:
        for role in roles:
            if role in _ONLY_ONCE:
                table.pop(role, None)
        if "break" in roles:
            table.pop("drums", None)
        elif "drums" in roles:
            table.pop("break", None)
        roles.append(weighted(piece.rng, table))
    if not set(roles) - _BACKGROUND:
        front = {role: weight for role, weight in genre.roles.items() if role not in _BACKGROUND}
        roles[0] = weighted(piece.rng, front)
    piece.rng.shuffle(roles)
    return roles


def draw_layer(piece: Piece, role: str) -> Layer:
    """A layer of a role."""
    body = VARIATION.expand(piece, ROLES[role].expand(piece), role)
    effects = draw_effects(piece, role)
    lines = body.lines
    if effects and body.beats >= piece.bar() and piece.chance(0.3):
        lines, effects = around(piece, effects, lines), []
    return Layer(role, replace(body, lines=lines), effects)
