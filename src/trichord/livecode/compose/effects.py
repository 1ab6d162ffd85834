"""Effects: around a loop or inside it, one in another, still or moved by `control`."""

from __future__ import annotations

from trichord.livecode.compose.effect_tables import MOVED, OPTIONS, WEIGHTS
from trichord.livecode.compose.engine import Lines, block
from trichord.livecode.compose.piece import Piece


def draw_effects(piece: Piece, role: str, *, most: int = 3) -> list[str]:
    """Effects for a role, outermost first; none where the draw is dry."""
    if not piece.chance(piece.song.genre.wet):
        return []
    table = dict(WEIGHTS[role])
    count = min(most, piece.rng.choice((1, 1, 1, 1, 2, 2, 3)))
    found: list[str] = []
    while len(found) < count:
        name = piece.weighted(table)
        del table[name]
        found.append(name)
    # A room stands around what else there is, as in a mixing desk's last slot.
    return sorted(found, key=lambda name: name not in ("reverb", "gverb"))


def head(piece: Piece, name: str, handle: str = "") -> str:
    """`with_fx :echo, phase: 0.5 do |e|`."""
    options = dict(OPTIONS[name](piece))
    if handle:
        key = MOVED[name][0]
        options[f"{key}_slide"] = piece.beats(piece.value(1, 2, 4))
    call = piece.style.statement("with_fx", [f":{name}"], options)
    return f"{call} do{f' |{handle}|' if handle else ''}"


def around(piece: Piece, names: list[str], lines: Lines) -> Lines:
    """The lines inside the effects, which do not move."""
    for name in reversed(names):
        lines = block(head(piece, name), lines)
    return lines


def movable(names: list[str]) -> list[str]:
    """Those of the effects that a hand may move."""
    return [name for name in names if name in MOVED]


def moving(piece: Piece, name: str, lines: Lines, beats: float) -> Lines:
    """The effect around a loop, and a loop beside it that moves the effect."""
    handle = piece.pick(("fx", name[:1], "e", "effect"))
    key, low, high = MOVED[name]
    value = piece.pick(
        (
            f"rrand({low}, {high})",
            f"(line {low}, {high}, steps: 8).mirror.tick",
            f"[{low}, {high}].choose",
        )
    )
    move = [piece.style.statement("control", [handle], {key: value}), piece.sleep(max(1.0, beats))]
    label = piece.variable(f"{name}_control", f"move_{name}", "fx_control")
    loop = block(f"live_loop :{label} do", move)
    return block(head(piece, name, handle), [*loop, "", *lines])
