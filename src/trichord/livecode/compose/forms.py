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


def live(piece: Piece, layer: Layer, options: str = "", before: Lines | None = None) -> Lines:
    """The layer as a live loop in its effects."""
    name = piece.loop_name(layer.role)
    loop = block(f"live_loop :{name}{options} do", [*(before or []), *layer.body.lines])
    if layer.outer and piece.chance(0.18) and movable(layer.outer):
        which = movable(layer.outer)[0]
        rest = [each for each in layer.outer if each != which]
        wrapped = moving(piece, which, around(piece, rest, loop), layer.body.beats)
    else:
        wrapped = around(piece, layer.outer, loop)
    setup = [*layer.body.setup, ""] if layer.body.setup and piece.chance(0.5) else layer.body.setup
    return [*piece.comment(layer.role), *setup, *wrapped]


@FORM.rule(7)
def _live_loops(piece: Piece) -> Lines:
    """A live loop a layer; later ones may wait for the first."""
    layers = draw_layers(piece)
    parts: list[Lines] = []
    synced = piece.chance(0.3)
    for at, layer in enumerate(layers):
        first = next(iter(piece.shared.get("first loop", "").split()), "")
        options = ""
        if at and synced and piece.chance(0.7) and first:
            options = f", sync: :{first}"
        elif at and piece.chance(0.08):
            options = f", delay: {piece.beats(piece.rng.choice((2, 4)))}"
        parts.append(live(piece, layer, options))
        if not at:
            names = [
                line.split(":")[1].split()[0].rstrip(",")
                for line in parts[0]
                if "live_loop :" in line
            ]
            piece.shared["first loop"] = names[-1] if layer.body.beats <= 4 else ""
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
    shared_loop: Lines = []
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
    return separated([*functions, *loops, shared_loop])


@FORM.rule(1.5)
def _conductor(piece: Piece) -> Lines:
    """One loop keeps the time; the others wait for its cue."""
    layers = draw_layers(piece)
    name = piece.variable("metro", "clock", "conductor", "bar", "pulse", "master")
    beats = float(piece.bar())
    cue = piece.variable("tick_bar", "go", "new_bar", "tock")
    own = piece.chance(0.4)
    clock = block(f"live_loop :{name} do", [*([f"cue :{cue}"] if own else []), piece.sleep(beats)])
    wait = f"sync :{cue if own else name}"
    parts = [clock]
    for layer in layers:
        rounds = beats / layer.body.beats
        if (
            1 <= rounds <= 16
            and abs(rounds - round(rounds)) < 1e-6
            and layer.body.beats < 2 * beats
        ):
            body = layer.body.lines if rounds < 2 else times(round(rounds), layer.body.lines)
            # A body that fills the bar is trimmed of its last wait: the cue does the waiting.
            loop = block(
                f"live_loop :{piece.loop_name(layer.role)} do",
                [wait, *_without_last_wait(body, rounds)],
            )
            parts.append(
                [*piece.comment(layer.role), *layer.body.setup, *around(piece, layer.outer, loop)]
            )
        else:
            parts.append(live(piece, layer, f", sync: :{name}"))
    return separated(parts)


def _without_last_wait(lines: Lines, rounds: float) -> Lines:
    if rounds < 2 and len(lines) > 1 and lines[-1].startswith("sleep"):
        return lines[:-1]
    return lines


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
