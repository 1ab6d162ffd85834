"""Bells: few, high, long notes."""

from __future__ import annotations

from trichord.livecode.compose import rhythm, theory
from trichord.livecode.compose.engine import Symbol, block
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.pitches import PITCH, scale_variable
from trichord.livecode.compose.steps import conditional, pause_between, stepped, times
from trichord.livecode.compose.tones import tone
from trichord.livecode.compose.values import CONDITION
from trichord.livecode.compose.voice import draw_series, draw_voice

BELL: Symbol[Body] = Symbol("bell")
HIGH = 72
"""The octave of a bell's tonic starts here."""


@BELL.rule(3)
def _now_and_then(piece: Piece) -> Body:
    """A high note now and then."""
    voice, ticker = draw_voice(piece, "bell"), piece.ticker()
    beats = piece.value(0.5, 1, 1.5, 2)
    play = voice.play(PITCH.expand(piece, ticker, HIGH), tone(piece, voice, ticker, beats))
    lines = (
        [play] if piece.chance(0.5) else conditional(piece, play, CONDITION.expand(piece, ticker))
    )
    if piece.chance(0.4):
        waits = ", ".join(
            piece.beats(beats * each)
            for each in piece.rng.choice(((1, 2), (0.5, 1, 1.5), (1, 1, 2)))
        )
        return voice.dressed(Body([*ticker.head(), *lines, f"sleep [{waits}].choose"], beats))
    return voice.dressed(stepped(piece, ticker, lines, beats))


@BELL.rule(2, gamelan=3)
def _interlocking(piece: Piece) -> Body:
    """Two hands that fill each other's gaps."""
    voice = draw_voice(piece, "bell")
    ticker = piece.ticker()
    ticker.manner = "none"
    step = piece.value(0.25, 0.5)
    scale = scale_variable(piece, HIGH - 12)
    hits, steps = piece.rng.choice(((3, 8), (5, 8), (3, 4), (4, 7)))
    first = voice.play(
        f"{scale}.choose" if piece.chance(0.5) else f"{scale}.tick",
        tone(piece, voice, ticker, step),
    )
    second = voice.play(
        f"{scale}.choose" if piece.chance(0.5) else f"{scale}.look",
        tone(piece, voice, ticker, step),
    )
    pattern = f"spread({hits}, {steps}).{'look' if '.tick' in first else 'tick'}"
    lines = [f"if {pattern}", f"  {first}", "else", f"  {second}", "end", piece.sleep(step)]
    if "tick" not in first + pattern:
        lines.insert(0, "tick")
    if piece.chance(0.5):
        lines = ["tick", *(line.replace(".tick", ".look") for line in lines)]
    return voice.dressed(Body(lines, step))


@BELL.rule(1.5)
def _scattered(piece: Piece) -> Body:
    """A handful of notes at drawn times."""
    voice = draw_voice(piece, "bell")
    ticker = piece.ticker()
    ticker.manner = "none"
    beats = piece.bar()
    count = piece.rng.choice((2, 3, 4))
    play = voice.play(f"{piece.scale_call(HIGH)}.choose", tone(piece, voice, ticker, 1))
    times_ = ", ".join(
        piece.beats(each)
        for each in sorted(piece.rng.sample([at / 2 for at in range(2 * beats)], count))
    )
    if piece.chance(0.5):
        lines = [*block(f"at [{times_}] do", [play]), piece.sleep(beats)]
    else:
        lines = [
            *times(count, [play, f"sleep rrand({piece.beats(0.25)}, {piece.beats(1)})"]),
            piece.sleep(beats / 2),
        ]
    return voice.dressed(Body(lines, beats))


@BELL.rule(1.5)
def _figure(piece: Piece) -> Body:
    """A short figure and silence."""
    voice = draw_series(piece, "bell")
    ticker = piece.ticker()
    ticker.manner = "none"
    lengths = [*rhythm.durations(piece.rng, 2, fast=0.7), float(piece.bar())]
    options = tone(piece, voice, ticker, 1)
    statements = [
        [voice.play(piece.note(piece.melodic(each, HIGH)), options)]
        for each in theory.phrase(piece.rng, len(lengths))
    ]
    return voice.dressed(Body(pause_between(piece, statements, lengths), sum(lengths)))


@BELL.rule(1)
def _echoed(piece: Piece) -> Body:
    """A note that repeats softer and softer."""
    voice, ticker = draw_voice(piece, "bell"), piece.ticker()
    count = piece.rng.choice((3, 4, 5))
    options = tone(piece, voice, ticker, 1)
    options["amp"] = f"{_plain_or(options.get('amp', ''), '0.5')} / (i + 1.0)"
    n = piece.pick(("n", "note1", "bell_note"))
    lines = [
        f"{n} = {PITCH.expand(piece, ticker, HIGH)}",
        *times(
            count,
            [
                voice.play(n, {**options, "pan": piece.pick(("rrand(-0.7, 0.7)", "0"))}),
                piece.sleep(piece.value(0.25, 0.5)),
            ],
            "i",
        ),
        piece.sleep(piece.value(1, 2)),
    ]
    return voice.dressed(Body([*ticker.head(), *lines], count * 0.5 + 1.5))


def _plain_or(value: str, other: str) -> str:
    """The value where it is a plain number."""
    return value if value.replace(".", "").isdigit() else other
