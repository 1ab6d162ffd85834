"""Melodies: written tunes, improvised ones, walks with a memory, patterns with their times."""

from __future__ import annotations

from trichord.livecode.compose import rhythm
from trichord.livecode.compose.engine import Lines, Symbol, block
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.pitches import written_notes
from trichord.livecode.compose.steps import either, pause_between, times
from trichord.livecode.compose.tones import tone
from trichord.livecode.compose.values import CONDITION
from trichord.livecode.compose.voice import draw_series, draw_voice

MELODY: Symbol[Body] = Symbol("melody")
LOW = 60
"""The octave of a melody's tonic starts here."""


def step_of(piece: Piece) -> float:
    """Beats of a step of a melody, shorter in fast genres."""
    fast = piece.song.genre.fast
    return (
        piece.value(0.25, 0.25, 0.5, 0.5) if fast > 0.6 else piece.value(0.5, 0.5, 1, 2 - fast * 2)
    )


def wait_of(piece: Piece, step: float) -> str:
    """A wait: always the same, drawn, or from a ring of two."""
    kind = piece.weighted({"same": 5, "choose": 2, "ring": 0.0})
    if kind == "same":
        return piece.sleep(step)
    items = ", ".join(
        piece.beats(each) for each in (step, step, step * 2, *([step / 2] if step > 0.25 else []))
    )
    return f"sleep [{items}].choose"


@MELODY.rule(3, folk=2, chiptune=2)
def _tune(piece: Piece) -> Body:
    """A tune written out, note by note."""
    voice, ticker = draw_series(piece, "melody"), piece.ticker()
    ticker.manner = "none"
    lengths = rhythm.durations(piece.rng, piece.bar() * 2, fast=piece.song.genre.fast)[:12]
    options = tone(piece, voice, ticker, sum(lengths) / len(lengths))
    notes = written_notes(piece, LOW, len(lengths))
    statements: list[Lines] = [[voice.play(note, options)] for note in notes]
    return voice.dressed(Body(pause_between(piece, statements, lengths), sum(lengths)))


@MELODY.rule(3, folk=2, chiptune=2)
def _patterns(piece: Piece) -> Body:
    """`play_pattern_timed` bar by bar, perhaps with repeats."""
    voice = draw_series(piece, "melody")
    voice.manner = "use" if voice.manner == "direct" else voice.manner
    ticker = piece.ticker()
    ticker.manner = "none"
    options = {**({} if voice.defaults else voice.fixed), **tone(piece, voice, ticker, 0.6)}
    lines: Lines = []
    bars = piece.rng.choice((1, 2, 2, 3))
    for _ in range(bars):
        lengths = rhythm.durations(piece.rng, piece.bar(), fast=piece.song.genre.fast)
        notes = ", ".join(written_notes(piece, LOW, len(lengths)))
        waits = ", ".join(piece.beats(each) for each in lengths)
        if piece.chance(0.3):
            waits = piece.beats(piece.bar() / len(lengths))
        call = piece.style.statement("play_pattern_timed", [f"[{notes}]", f"[{waits}]"], options)
        lines += [call] if piece.chance(0.75) else times(2, [call])
    return voice.dressed(Body(lines, bars * piece.bar()))


@MELODY.rule(2)
def _question(piece: Piece) -> Body:
    """A phrase that ends in one of two ways."""
    voice, ticker = draw_series(piece, "melody"), piece.ticker()
    calm = piece.ticker()
    calm.manner = "none"
    step = step_of(piece)
    options = tone(piece, voice, calm, step)
    count = piece.rng.choice((3, 4, 6))
    pitch = f"{piece.scale_call(LOW)}.choose" if piece.chance(0.4) else ""
    opening = (
        times(count, [voice.play(pitch, options), piece.sleep(step)])
        if pitch
        else pause_between(
            piece,
            [[voice.play(note, options)] for note in written_notes(piece, LOW, count)],
            [step] * count,
        )
    )
    ends = [
        [voice.play(piece.note(piece.melodic(each, LOW)), options), piece.sleep(step * 2)]
        for each in (0, piece.rng.choice((1, 4, 2)))
    ]
    condition = CONDITION.expand(piece, ticker)
    return voice.dressed(
        Body([*ticker.head(), *opening, *either(condition, *ends)], step * (count + 2)),
    )


@MELODY.rule(2)
def _zip_each(piece: Piece) -> Body:
    """Notes and lengths zipped, or an index that runs over both."""
    voice, ticker = draw_series(piece, "melody"), piece.ticker()
    ticker.manner = "none"
    lengths = rhythm.durations(piece.rng, piece.bar(), fast=piece.song.genre.fast)[:8]
    notes = written_notes(piece, LOW, len(lengths))
    tune, times_ = (
        piece.variable("tune", "line_notes", "melody_notes"),
        piece.variable("times", "durs", "lengths"),
    )
    setup = [
        f"{tune} = [{', '.join(notes)}]",
        f"{times_} = [{', '.join(piece.beats(each) for each in lengths)}]",
    ]
    options = tone(piece, voice, ticker, 0.7)
    if piece.chance(0.5):
        lines = block(f"{tune}.zip({times_}).each do |n, d|", [voice.play("n", options), "sleep d"])
    else:
        lines = block(
            f"{tune}.length.times do |i|", [voice.play(f"{tune}[i]", options), f"sleep {times_}[i]"]
        )
    if piece.chance(0.4):
        return voice.dressed(Body([*setup, *lines], sum(lengths)))
    return voice.dressed(Body(lines, sum(lengths), setup))


@MELODY.rule(1.2)
def _numbered(piece: Piece) -> Body:
    """Notes with their numbers: the number says how loud or how long."""
    voice, ticker = draw_voice(piece, "melody"), piece.ticker()
    ticker.manner = "none"
    step = piece.value(0.25, 0.5)
    notes = written_notes(piece, LOW, piece.rng.choice((4, 6, 8)))
    options = tone(piece, voice, ticker, step)
    accent = piece.weighted({"amp": 2, "release": 1, "pan": 1})
    options[accent] = {
        "amp": piece.pick(("(i.even? ? 0.9 : 0.5)", "1.0 - i * 0.08", "0.3 + i * 0.08")),
        "release": piece.pick(("(i == 0 ? 1 : 0.3)", "0.1 + i * 0.1")),
        "pan": piece.pick(("(i.even? ? -0.4 : 0.4)", "-0.6 + i * 0.15")),
    }[accent]
    wait = piece.pick(
        (piece.sleep(step), f"sleep (i == 0 ? {piece.beats(2 * step)} : {piece.beats(step)})")
    )
    inside = [voice.play("n", options), wait]
    head = f"[{', '.join(notes)}].each_with_index do |n, i|"
    return voice.dressed(Body(block(head, inside), step * len(notes)))


@MELODY.rule(1.2)
def _bent(piece: Piece) -> Body:
    """A note that slides to others."""
    voice = draw_voice(piece, "melody")
    ticker = piece.ticker()
    ticker.manner = "none"
    step = piece.value(0.5, 1)
    count = piece.rng.choice((2, 3, 4))
    name = piece.pick(("s", "n", "lead_note", "voice"))
    options = tone(piece, voice, ticker, 1)
    options.pop("attack", None)
    options |= {
        "sustain": piece.beats(step * (count + 1)),
        "release": piece.beats(step),
        "note_slide": piece.beats(piece.value(0.1, 0.2, 0.25, 0.5)),
    }
    move = piece.style.statement("control", [name], {"note": f"{piece.scale_call(LOW)}.choose"})
    lines = [
        f"{name} = {voice.play(piece.note(piece.melodic(0, LOW)), options)}",
        piece.sleep(step),
        *times(count, [move, piece.sleep(step)]),
    ]
    return voice.dressed(Body([*lines, piece.sleep(step * 2)], step * (count + 3)))
