"""Melodies: written tunes, improvised ones, walks with a memory, patterns with their times."""

from __future__ import annotations

from trichord.livecode.compose import rhythm
from trichord.livecode.compose.engine import Lines, Symbol, block
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.pitches import PITCH, scale_variable, written_notes
from trichord.livecode.compose.steps import conditional, either, pause_between, times
from trichord.livecode.compose.tones import tone
from trichord.livecode.compose.values import CONDITION
from trichord.livecode.compose.voice import Voice, draw_series, draw_voice

MELODY: Symbol[Body] = Symbol("melody")
LOW = 60
"""The octave of a melody's tonic starts here."""


def _done(voice: Voice, body: Body) -> Body:
    return Body(voice.dress(body.lines), body.beats, body.setup, body.tickless)


def _step(piece: Piece) -> float:
    fast = piece.song.genre.fast
    return (
        piece.value(0.25, 0.25, 0.5, 0.5) if fast > 0.6 else piece.value(0.5, 0.5, 1, 2 - fast * 2)
    )


def _wait(piece: Piece, step: float) -> str:
    """A wait: always the same, drawn, or from a ring of two."""
    kind = piece.weighted({"same": 5, "choose": 2, "ring": 0.0})
    if kind == "same":
        return piece.sleep(step)
    items = ", ".join(
        piece.beats(each) for each in (step, step, step * 2, *([step / 2] if step > 0.25 else []))
    )
    return f"sleep [{items}].choose"


@MELODY.rule(4)
def _improvised(piece: Piece) -> Body:
    """A note drawn each step."""
    voice, ticker = draw_voice(piece, "melody"), piece.ticker()
    step = _step(piece)
    play = voice.play(PITCH.expand(piece, ticker, LOW), tone(piece, voice, ticker, step * 1.5))
    lines = (
        [play] if piece.chance(0.5) else conditional(piece, play, CONDITION.expand(piece, ticker))
    )
    return _done(voice, Body([*ticker.head(), *lines, _wait(piece, step)], step))


@MELODY.rule(3, folk=2, chiptune=2)
def _tune(piece: Piece) -> Body:
    """A tune written out, note by note."""
    voice, ticker = draw_series(piece, "melody"), piece.ticker()
    ticker.manner = "none"
    lengths = rhythm.durations(piece.rng, piece.bar() * 2, fast=piece.song.genre.fast)[:12]
    options = tone(piece, voice, ticker, sum(lengths) / len(lengths))
    notes = written_notes(piece, LOW, len(lengths))
    statements: list[Lines] = [[voice.play(note, options)] for note in notes]
    return _done(
        voice, Body(pause_between(piece, statements, lengths), sum(lengths), tickless=True)
    )


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
    return _done(voice, Body(lines, bars * piece.bar(), tickless=True))


@MELODY.rule(2.5)
def _notes_and_lengths(piece: Piece) -> Body:
    """Rings of notes and lengths that need not be of one size."""
    voice, ticker = draw_voice(piece, "melody"), piece.ticker()
    size = piece.rng.choice((3, 4, 5, 6, 7))
    lengths = [piece.beats(piece.value(0.25, 0.5, 0.5, 0.75, 1, 1.5)) for _ in range(size)]
    pitch = PITCH.expand(piece, ticker, LOW)
    play = voice.play(pitch, tone(piece, voice, ticker, 0.7))
    wait = ticker.on(piece.style.ring(lengths), "wait")
    return _done(voice, Body([*ticker.head(), play, f"sleep {wait}"], 0.7))


@MELODY.rule(2.5)
def _walked(piece: Piece) -> Body:
    """A random walk on a scale, its place kept in a variable or in the time-state."""
    voice, ticker = draw_voice(piece, "melody"), piece.ticker()
    scale = scale_variable(piece, LOW)
    steps = piece.pick(
        ("[-1, 1]", "[-1, 1, 2]", "[-2, -1, 1, 2]", "[-1, 0, 1]", "[-1, 1, 1, -2, 3]")
    )
    step = _step(piece)
    place = piece.variable("pos", "idx", "place", "where_am_i")
    options = tone(piece, voice, ticker, step)
    if piece.chance(0.3):
        setup = [f"set :{place}, {piece.rng.randrange(5)}"]
        lines = [f"{place} = get[:{place}] + {steps}.choose", f"set :{place}, {place}",
                 voice.play(f"{scale}[{place}]", options), piece.sleep(step)]  # fmt: skip
        return _done(voice, Body([*ticker.head(), *lines], step, setup))
    setup = [f"{place} = {piece.rng.randrange(5)}"]
    move = piece.pick(
        (
            f"{place} = ({place} + {steps}.choose) % {scale}.length",
            f"{place} = [0, {place} + {steps}.choose, {scale}.length - 1].sort[1]",
            f"{place} += {steps}.choose",
        )
    )
    lines = [voice.play(f"{scale}[{place}]", options), move, piece.sleep(step)]
    return _done(voice, Body([*ticker.head(), *lines], step, setup))


@MELODY.rule(2)
def _question(piece: Piece) -> Body:
    """A phrase that ends in one of two ways."""
    voice, ticker = draw_series(piece, "melody"), piece.ticker()
    calm = piece.ticker()
    calm.manner = "none"
    step = _step(piece)
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
    return _done(
        voice,
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
        return _done(voice, Body([*setup, *lines], sum(lengths), tickless=True))
    return _done(voice, Body(lines, sum(lengths), setup, tickless=True))


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
    return _done(
        voice, Body([*block(f"{run}.each do |{n}|", inside), *tail], 8 * step, tickless=True)
    )


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
    return _done(
        voice,
        Body(
            [f"use_random_seed {seed}", *times(count, [*lines, piece.sleep(step)])],
            count * step,
        ),
    )


def ticker_pair(piece: Piece) -> str:
    """A ring of two seeds, for two phrases in turn."""
    first, second = piece.rng.randrange(1, 999), piece.rng.randrange(1, 999)
    return f"{piece.style.ring([str(first), str(first), str(second)])}.tick(:seed)"


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
    return _done(voice, Body([*lines, piece.sleep(step * 2)], step * (count + 3), tickless=True))


@MELODY.rule(1)
def _doubled(piece: Piece) -> Body:
    """The note and, sometimes, another above it."""
    voice, ticker = draw_voice(piece, "melody"), piece.ticker()
    step = _step(piece)
    n = piece.pick(("n", "note1", "root"))
    options = tone(piece, voice, ticker, step * 1.5)
    over = voice.play(piece.pick((f"{n} + 12", f"{n} - 12")), options)
    line = f"{n} = {piece.scale_call(LOW)}.choose"
    lines = [
        line,
        voice.play(n, options),
        *conditional(piece, over, CONDITION.expand(piece, ticker)),
    ]
    return _done(voice, Body([*ticker.head(), *lines, _wait(piece, step)], step))
