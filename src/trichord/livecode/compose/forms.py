"""Forms: how layers become a program: live loops, threads, functions, a conductor, sections."""

from __future__ import annotations

from trichord.livecode.compose.effects import around, head, movable, moving
from trichord.livecode.compose.engine import Lines, Symbol, block
from trichord.livecode.compose.layers import Layer, draw_layer, draw_roles
from trichord.livecode.compose.piece import Piece
from trichord.livecode.compose.steps import times

FORM: Symbol[Lines] = Symbol("form")


def draw_layers(piece: Piece) -> list[Layer]:
    """The layers of a piece."""
    return [draw_layer(piece, role) for role in draw_roles(piece)]


def separated(parts: list[Lines]) -> Lines:
    """Parts with a blank line between."""
    lines: Lines = []
    for part in parts:
        if lines and part:
            lines.append("")
        lines += part
    return lines


def live(piece: Piece, layer: Layer, options: str = "", name: str = "") -> Lines:
    """The layer as a live loop in its effects, with further options behind the loop's name."""
    name = name or piece.loop_name(layer.role)
    loop = block(f"live_loop :{name}{options} do", layer.body.lines)
    moved = movable(layer.outer)
    if moved and piece.chance(0.18):
        rest = [each for each in layer.outer if each != moved[0]]
        wrapped = moving(piece, moved[0], around(piece, rest, loop), layer.body.beats)
    else:
        wrapped = around(piece, layer.outer, loop)
    setup = [*layer.body.setup, ""] if layer.body.setup and piece.chance(0.5) else layer.body.setup
    return [*piece.comment(layer.role), *setup, *wrapped]


@FORM.rule(7)
def _live_loops(piece: Piece) -> Lines:
    """A live loop a layer; later ones may wait for the first."""
    layers = draw_layers(piece)
    names = [piece.loop_name(layer.role) for layer in layers]
    leads = layers[0].body.beats <= piece.bar() and piece.chance(0.3)
    parts = [live(piece, layers[0], name=names[0])]
    for layer, name in zip(layers[1:], names[1:], strict=True):
        options = ""
        if leads and piece.chance(0.7):
            options = f", sync: :{names[0]}"
        elif piece.chance(0.08):
            options = f", delay: {piece.beats(piece.rng.choice((2, 4)))}"
        parts.append(live(piece, layer, options, name))
    return separated(parts)


@FORM.rule(2)
def _one_room(piece: Piece) -> Lines:
    """All live loops, or most, in one room."""
    layers = draw_layers(piece)
    dry = [each for each in layers if each.role in ("bass", "drums") and piece.chance(0.6)]
    wet = [each for each in layers if each not in dry]
    inside = separated([live(piece, each) for each in wet])
    name = piece.pick(("reverb", "reverb", "reverb", "echo", "gverb", "lpf"))
    parts = [block(head(piece, name), inside)] if wet else []
    return separated([*(live(piece, each) for each in dry), *parts])


@FORM.rule(2)
def _threads(piece: Piece) -> Lines:
    """Threads that loop for ever, the last layer in the main thread or not."""
    layers = draw_layers(piece)
    parts: list[Lines] = []
    for layer in layers[:-1]:
        loop = around(piece, layer.outer, block("loop do", layer.body.lines))
        named = (
            f"in_thread(name: :{piece.loop_name(layer.role)}) do"
            if piece.chance(0.3)
            else "in_thread do"
        )
        parts.append([*piece.comment(layer.role), *layer.body.setup, *block(named, loop)])
    last = layers[-1]
    loop = around(piece, last.outer, block("loop do", last.body.lines))
    if piece.chance(0.3):
        loop = block("in_thread do", loop)
    parts.append([*piece.comment(last.role), *last.body.setup, *loop])
    return separated(parts)


@FORM.rule(2.5)
def _functions(piece: Piece) -> Lines:
    """A function a layer, and loops that call them."""
    layers = draw_layers(piece)
    functions: list[Lines] = []
    loops: list[Lines] = []
    for layer in layers:
        if piece.chance(0.3):
            loops.append(live(piece, layer))
            continue
        name = piece.function_name(layer.role)
        count = piece.rng.choice((1, 1, 2, 4))
        arguments, lines = "", layer.body.lines
        call = name
        if layer.role in ("melody", "arp", "bass", "chords") and piece.chance(0.4):
            arguments, lines = " |shift|", block("with_transpose shift do", lines)
            shifts = ("0", "12", "[0, 12].choose", "0" if layer.role == "bass" else "-12")
            call = f"{name} {piece.pick(shifts)}"
        elif count > 1 and layer.body.beats <= 4 and piece.chance(0.4):
            arguments, lines = " |n|", block("n.times do", lines)
            call = f"{name} {count}"
        functions.append(
            [
                *piece.comment(layer.role),
                *layer.body.setup,
                *block(f"define :{name} do{arguments}", lines),
            ]
        )
        body = [call] if piece.chance(0.75) else times(2, [call])
        loop = block(f"live_loop :{piece.loop_name(layer.role)} do", body)
        loops.append(around(piece, layer.outer, loop))
    return separated([*functions, *loops])


@FORM.rule(1.5)
def _conductor(piece: Piece) -> Lines:
    """One loop keeps the time; the others wait for its cue.

    A cue that comes at the very moment of a `sync` has gone by for a thread that was there before:
    so the clock stands last, or loops wait at their end.
    """
    layers = draw_layers(piece)
    name = piece.variable("metro", "clock", "conductor", "bar", "pulse", "master")
    cue = piece.variable("tick_bar", "go", "new_bar", "tock")
    beats = float(piece.bar())
    last = piece.chance(0.6)
    clock = block(f"live_loop :{name} do", [*([f"cue :{cue}"] if last else []), piece.sleep(beats)])
    parts = [_cued(piece, layer, cue if last else name, at_end=not last) for layer in layers]
    return separated([*parts, clock] if last else [clock, *parts])


def _cued(piece: Piece, layer: Layer, cue: str, *, at_end: bool) -> Lines:
    """A layer that waits for a cue each round if it fills the bar, else before its first."""
    lines = layer.body.lines
    fills = layer.body.beats == piece.bar() and len(lines) > 1 and lines[-1].startswith("sleep")
    if not fills:
        return live(piece, layer, "" if at_end else f", sync: :{cue}")
    # The cue does the waiting, in the place of the last wait.
    round_ = [*lines[:-1], f"sync :{cue}"] if at_end else [f"sync :{cue}", *lines[:-1]]
    loop = block(f"live_loop :{piece.loop_name(layer.role)} do", round_)
    return [*piece.comment(layer.role), *layer.body.setup, *around(piece, layer.outer, loop)]


@FORM.rule(1.2)
def _entrances(piece: Piece) -> Lines:
    """Layers that come in one after the other."""
    layers = draw_layers(piece)
    parts: list[Lines] = []
    for at, layer in enumerate(layers):
        part = (
            live(piece, layer)
            if piece.chance(0.7)
            else [
                *layer.body.setup,
                *block(
                    "in_thread do", around(piece, layer.outer, block("loop do", layer.body.lines))
                ),
            ]
        )
        parts.append([*([piece.sleep(piece.rng.choice((2, 4, piece.bar())))] if at else []), *part])
    return separated(parts)
