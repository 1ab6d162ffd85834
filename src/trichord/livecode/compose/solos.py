"""Melodies that are drawn while they play: solos, random walks, runs.

The productions join those of `melody.py`; who wants a melody takes the symbol from here.
"""

from __future__ import annotations

from trichord.livecode.compose.engine import block
from trichord.livecode.compose.melody import LOW, MELODY, step_of, wait_of
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.pitches import PITCH, scale_variable
from trichord.livecode.compose.steps import conditional, times
from trichord.livecode.compose.tones import tone
from trichord.livecode.compose.values import CONDITION
from trichord.livecode.compose.voice import draw_voice


@MELODY.rule(4)
def _improvised(piece: Piece) -> Body:
    """A note drawn each step."""
    voice, ticker = draw_voice(piece, "melody"), piece.ticker()
    step = step_of(piece)
    play = voice.play(PITCH.expand(piece, ticker, LOW), tone(piece, voice, ticker, step * 1.5))
    lines = (
        [play] if piece.chance(0.5) else conditional(piece, play, CONDITION.expand(piece, ticker))
    )
    return voice.dressed(Body([*ticker.head(), *lines, wait_of(piece, step)], step))


@MELODY.rule(2.5)
def _notes_and_lengths(piece: Piece) -> Body:
    """Rings of notes and lengths that need not be of one size."""
    voice, ticker = draw_voice(piece, "melody"), piece.ticker()
    size = piece.rng.choice((3, 4, 5, 6, 7))
    lengths = [piece.beats(piece.value(0.25, 0.5, 0.5, 0.75, 1, 1.5)) for _ in range(size)]
    pitch = PITCH.expand(piece, ticker, LOW)
    play = voice.play(pitch, tone(piece, voice, ticker, 0.7))
    wait = ticker.on(piece.style.ring(lengths), "wait")
    return voice.dressed(Body([*ticker.head(), play, f"sleep {wait}"], 0.7))


@MELODY.rule(2.5)
def _walked(piece: Piece) -> Body:
    """A random walk on a scale, its place kept in a variable or in the time-state."""
    voice, ticker = draw_voice(piece, "melody"), piece.ticker()
    scale = scale_variable(piece, LOW)
    steps = piece.pick(
        ("[-1, 1]", "[-1, 1, 2]", "[-2, -1, 1, 2]", "[-1, 0, 1]", "[-1, 1, 1, -2, 3]")
    )
    step = step_of(piece)
    place = piece.variable("pos", "idx", "place", "where_am_i")
    options = tone(piece, voice, ticker, step)
    if piece.chance(0.3):
        setup = [f"set :{place}, {piece.rng.randrange(5)}"]
        lines = [f"{place} = get[:{place}] + {steps}.choose", f"set :{place}, {place}",
                 voice.play(f"{scale}[{place}]", options), piece.sleep(step)]  # fmt: skip
        return voice.dressed(Body([*ticker.head(), *lines], step, setup))
    setup = [f"{place} = {piece.rng.randrange(5)}"]
    move = piece.pick(
        (
            f"{place} = ({place} + {steps}.choose) % {scale}.length",
            f"{place} = [0, {place} + {steps}.choose, {scale}.length - 1].sort[1]",
            f"{place} += {steps}.choose",
        )
    )
    lines = [voice.play(f"{scale}[{place}]", options), move, piece.sleep(step)]
    return voice.dressed(Body([*ticker.head(), *lines], step, setup))


@MELODY.rule(1.5)
def _each_reversed(piece: Piece) -> Body:
    """A scale run through with `each`, upwards and back."""
    voice, ticker = draw_voice(piece, "melody"), piece.ticker()
    ticker.manner = "none"
    step = piece.value(0.25, 0.5)
    run = piece.scale_call(LOW) + piece.pick(
        (
            "",
            ".reverse",
            ".shuffle",
            ".mirror",
            ".take(4)",
            ".shuffle.take(4)",
            ".take(5).reflect",
            ".drop(2)",
        )
    )
    n = piece.pick(("n", "note", "pitch"))
    inside = [voice.play(n, tone(piece, voice, ticker, step)), piece.sleep(step)]
    if piece.chance(0.3):
        inside = [*conditional(piece, inside[0], f"one_in({piece.rng.choice((2, 3))})"), inside[1]]
    tail = [piece.sleep(piece.value(0.5, 1, 2))] if piece.chance(0.5) else []
    return voice.dressed(Body([*block(f"{run}.each do |{n}|", inside), *tail], 8 * step))


@MELODY.rule(1.5)
def _seeded(piece: Piece) -> Body:
    """Chance that repeats: the seed is reset before each round."""
    voice, ticker = draw_voice(piece, "melody"), piece.ticker()
    ticker.manner = "none"
    step = piece.value(0.25, 0.5)
    count = 2 * piece.bar()
    play = voice.play(
        f"{piece.scale_call(LOW, piece.rng.choice((1, 2)))}.choose",
        tone(piece, voice, ticker, step),
    )
    lines = (
        [play]
        if piece.chance(0.6)
        else conditional(piece, play, f"one_in({piece.rng.choice((2, 3))})")
    )
    seed = piece.pick(
        (
            str(piece.rng.randrange(1, 9999)),
            f"{ticker_pair(piece)}",
            str(piece.rng.randrange(1, 100) * 1000),
        )
    )
    return voice.dressed(
        Body(
            [f"use_random_seed {seed}", *times(count, [*lines, piece.sleep(step)])],
            count * step,
        ),
    )


def ticker_pair(piece: Piece) -> str:
    """A ring of two seeds, for two phrases in turn."""
    first, second = piece.rng.randrange(1, 999), piece.rng.randrange(1, 999)
    return f"{piece.style.ring([str(first), str(first), str(second)])}.tick(:seed)"


@MELODY.rule(1)
def _doubled(piece: Piece) -> Body:
    """The note and, sometimes, another above it."""
    voice, ticker = draw_voice(piece, "melody"), piece.ticker()
    step = step_of(piece)
    n = piece.pick(("n", "note1", "root"))
    options = tone(piece, voice, ticker, step * 1.5)
    over = voice.play(piece.pick((f"{n} + 12", f"{n} - 12")), options)
    line = f"{n} = {piece.scale_call(LOW)}.choose"
    lines = [
        line,
        voice.play(n, options),
        *conditional(piece, over, CONDITION.expand(piece, ticker)),
    ]
    return voice.dressed(Body([*ticker.head(), *lines, wait_of(piece, step)], step))
