"""Forms with a shape in time: counted repeats, sections, canons.

The productions join those of `forms.py`; who wants a form takes the symbol from here.
"""

from __future__ import annotations

from trichord.livecode.compose.effects import around
from trichord.livecode.compose.engine import Lines, block
from trichord.livecode.compose.forms import FORM, draw_layers, live, separated
from trichord.livecode.compose.layers import Layer, draw_layer, draw_roles
from trichord.livecode.compose.piece import Piece
from trichord.livecode.compose.steps import times

_COUNTS = (2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 100, 128, 200, 256, 400, 512)
"""How often people let things repeat."""


@FORM.rule(1.2)
def _sections(piece: Piece) -> Lines:
    """A piece with a beginning and an end: functions played so many times, side by side."""
    layers = draw_layers(piece)
    functions: list[Lines] = []
    score: Lines = []
    for at, layer in enumerate(layers):
        name = piece.function_name(layer.role)
        functions.append(
            [
                *piece.comment(layer.role),
                *layer.body.setup,
                *block(f"define :{name} do", layer.body.lines),
            ]
        )
        count = _rounds(piece, layer)
        play = around(piece, layer.outer, times(count, [name]))
        if at < len(layers) - 1:
            wait = [piece.sleep(piece.bar())] if at and piece.chance(0.4) else []
            score += block("in_thread do", [*wait, *play])
        else:
            score += play
    return separated([*functions, score])


@FORM.rule(1.2, sketch=4, ambient=1.5)
def _plain(piece: Piece) -> Lines:
    """No live loops at all: one loop or a counted repeat, others in threads before it."""
    layers = sorted(draw_layers(piece), key=lambda each: each.role in ("melody", "arp"))[:3]
    parts: list[Lines] = []
    for layer in layers[:-1]:
        thread = block("in_thread do", around(piece, layer.outer, _for_long(piece, layer)))
        parts.append([*piece.comment(layer.role), *layer.body.setup, *thread])
    last = layers[-1]
    repeat = around(piece, last.outer, _for_long(piece, last))
    parts.append([*piece.comment(last.role), *last.body.setup, *repeat])
    return separated(parts)


def _for_long(piece: Piece, layer: Layer) -> Lines:
    """The layer for ever, or as often as makes a piece."""
    if piece.chance(0.45):
        return block("loop do", layer.body.lines)
    return times(_rounds(piece, layer), layer.body.lines)


def _rounds(piece: Piece, layer: Layer) -> int:
    """A round number of rounds that lasts for some twenty seconds or more."""
    beats = piece.song.bpm / 60 * piece.rng.uniform(20, 36)
    wanted = beats / max(layer.body.beats, 0.125)
    return next((each for each in _COUNTS if each >= wanted), _COUNTS[-1])


@FORM.rule(0.7, minimal=4, poly=3)
def _canon(piece: Piece) -> Lines:
    """One function in several threads: later, slower, or an octave away."""
    roles = draw_roles(piece)
    role = next((each for each in roles if each in ("arp", "melody", "bell")), "arp")
    layer = draw_layer(piece, role)
    name = piece.function_name(role)
    function = [
        *piece.comment(role),
        *layer.body.setup,
        *block(f"define :{name} do", layer.body.lines),
    ]
    how = piece.pick(("late", "tempo", "octave", "octave"))
    parts: list[Lines] = [function]
    for at in range(piece.rng.choice((2, 2, 3))):
        call = [name]
        if at and how == "octave":
            call = block(f"with_transpose {12 if at == 1 else -12} do", call)
        loop = block("loop do", call) if piece.chance(0.3) else []
        head_ = []
        if at and how == "tempo":
            head_ = [f"use_bpm {piece.song.bpm + at}" if piece.song.unit == 1 else "use_bpm 61"]
        if at and how == "late":
            head_ = [piece.sleep(at * piece.value(1, 2, 0.5))]
        if loop:
            thread = block("in_thread do", [*head_, *loop])
        else:
            thread = block(f"live_loop :{piece.loop_name(role)} do", call)
            if how == "tempo" and head_:
                thread = block(f"live_loop :{piece.loop_name(role)} do", [*head_, *call])
            elif head_:
                thread = [*head_, *thread]
        parts.append(around(piece, layer.outer if at == 0 else [], thread))
    others = [draw_layer(piece, each) for each in roles if each != role][:2]
    return separated([*parts, *(live(piece, each) for each in others)])
