"""Chords: pads, stabs, comping, strums, progressions in rings and functions."""

from __future__ import annotations

from trichord.livecode.compose import rhythm
from trichord.livecode.compose.changes import (
    INLINE,
    LOW,
    chord,
    chord_now,
    progression_variable,
    size,
)
from trichord.livecode.compose.engine import Symbol, block
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.steps import conditional, either, pause_between, stepped, times
from trichord.livecode.compose.tones import tone
from trichord.livecode.compose.values import CONDITION
from trichord.livecode.compose.voice import Voice, draw_series, draw_voice

CHORDS: Symbol[Body] = Symbol("chords")


def _call(piece: Piece, voice: Voice, what: str, options: dict[str, str]) -> str:
    """`play chord…`, or `play_chord` as some write."""
    if voice.manner != "direct" and piece.chance(0.15):
        return piece.style.statement(
            "play_chord", [what], {**({} if voice.defaults else voice.fixed), **options}
        )
    return voice.play(what, options)


@CHORDS.rule(4, ambient=2, dub=0.5)
def _held(piece: Piece) -> Body:
    """Each chord held for its time."""
    voice, ticker = draw_voice(piece, "chords"), piece.ticker()
    beats = piece.song.chord_beats
    play = _call(piece, voice, chord_now(piece, ticker), tone(piece, voice, ticker, beats))
    return voice.dressed(stepped(piece, ticker, [play], beats))


@CHORDS.rule(2.5)
def _one_by_one(piece: Piece) -> Body:
    """Each chord on a line of its own."""
    voice, ticker = draw_series(piece, "chords"), piece.ticker()
    ticker.manner = "none"
    beats = piece.song.chord_beats
    options = tone(piece, voice, ticker, beats)
    statements = [
        [_call(piece, voice, chord(piece, each), options)] for each in piece.song.progression
    ]
    return voice.dressed(
        Body(
            pause_between(piece, statements, [beats] * len(statements)),
            beats * len(statements),
        ),
    )


@CHORDS.rule(3, dub=3, house=2)
def _stabs(piece: Piece) -> Body:
    """Short chords off the beat."""
    voice, ticker = draw_voice(piece, "chords"), piece.ticker()
    off = piece.value(0.5, 0.5, 1, 0.75, 1.5)
    rest = piece.rng.choice([each - off for each in (1, 2, 4) if each > off])
    play = _call(piece, voice, chord_now(piece, ticker), tone(piece, voice, ticker, 0.5))
    lines = [piece.sleep(off), play]
    if piece.chance(0.25):
        lines = [piece.sleep(off), *conditional(piece, play, CONDITION.expand(piece, ticker))]
    return voice.dressed(Body([*ticker.head(), *lines, piece.sleep(rest)], off + rest))


@CHORDS.rule(2.5, jazz=3)
def _comping(piece: Piece) -> Body:
    """A bar of a rhythm on each chord."""
    voice, ticker = draw_voice(piece, "chords"), piece.ticker()
    inner = piece.ticker()
    inner.manner = "none"
    c = piece.pick(("c", "ch", "now_playing", "harmony_now"))
    lengths = rhythm.durations(piece.rng, piece.song.chord_beats, fast=0.4)[:6]
    options = tone(piece, voice, inner, min(lengths))
    if piece.chance(0.5):
        written = f"[{', '.join(piece.beats(each) for each in lengths)}]"
        body = block(f"{written}.each do |d|", [voice.play(c, options), "sleep d"])
    else:
        statements = [
            [voice.play(c, options)]
            if at == 0 or piece.chance(0.7)
            else conditional(piece, voice.play(c, options), f"one_in({piece.rng.choice((2, 3))})")
            for at in range(len(lengths))
        ]
        body = pause_between(piece, statements, lengths)
    return voice.dressed(
        Body(
            [*ticker.head(), f"{c} = {chord_now(piece, ticker)}", *body]
            if ticker.manner != "line"
            else ["tick", f"{c} = {chord_now(piece, ticker)}", *body],
            sum(lengths),
        ),
    )


@CHORDS.rule(2)
def _on_spread(piece: Piece) -> Body:
    """The chord on the steps of a rhythm; it changes every bar."""
    voice, ticker = draw_voice(piece, "chords"), piece.ticker()
    step = piece.value(0.25, 0.5)
    count = max(2, round(piece.song.chord_beats / step))
    name = progression_variable(piece)
    condition = CONDITION.expand(piece, ticker)
    what = (
        f"{name}.stretch({count}).{'look' if ticker.started else 'tick'}"
        if ticker.manner != "named"
        else f"{name}.stretch({count}).tick(:chord)"
    )
    if not ticker.started and ticker.manner == "first":
        ticker.started = True
    if ticker.manner == "line":
        ticker.started = True
        what = f"{name}.stretch({count}).look"
    play = voice.play(what, tone(piece, voice, ticker, step))
    return voice.dressed(stepped(piece, ticker, conditional(piece, play, condition), step))


@CHORDS.rule(1.5, folk=3)
def _strummed(piece: Piece) -> Body:
    """The notes of a chord a moment apart."""
    voice, ticker = draw_voice(piece, "chords"), piece.ticker()
    inner = piece.ticker()
    inner.manner = "none"
    gap = piece.value(0.05, 0.1, 0.125)
    notes = size(piece)
    what = chord_now(piece, ticker)
    tail = piece.pick(("", "", ".reverse"))
    inside = [voice.play("n", tone(piece, voice, inner, 1)), piece.sleep(gap)]
    lines = block(f"{what}{tail}.each do |n|", inside)
    beats = max(1.0, round(piece.song.chord_beats - gap * notes, 3))
    return voice.dressed(Body([*ticker.head(), *lines, piece.sleep(beats)], beats + gap * notes))


@CHORDS.rule(1.5)
def _each_degree(piece: Piece) -> Body:
    """The progression as a list that `each` goes through."""
    voice = draw_series(piece, "chords")
    ticker = piece.ticker()
    ticker.manner = "none"
    beats = piece.song.chord_beats
    written = f"[{', '.join(chord(piece, each) for each in piece.song.progression)}]"
    if len(written) > INLINE or piece.chance(0.5):
        written = progression_variable(piece)
    count = piece.rng.choice((1, 1, 2, 4))
    options = tone(piece, voice, ticker, beats / count)
    inside = [_call(piece, voice, "c", options), piece.sleep(beats / count)]
    if count > 1:
        inside = times(count, inside)
    return voice.dressed(
        Body(
            block(f"{written}.each do |c|", inside),
            beats * len(piece.song.progression),
        ),
    )


@CHORDS.rule(1.2)
def _inverted(piece: Piece) -> Body:
    """One chord in its inversions."""
    voice, ticker = draw_voice(piece, "chords"), piece.ticker()
    beats = piece.value(1, 2, piece.song.chord_beats)
    root, kind = piece.chord(piece.song.progression[0], LOW, size(piece))
    turn = piece.pick(
        (
            f"{ticker.on('(range 0, 3)', 'inv')}",
            "rand_i(3)",
            f"{ticker.on(piece.style.ring(['0', '1', '2', '1']), 'inv')}",
            "[0, 1, -1].choose",
        )
    )
    what = piece.style.function("chord", piece.note(root), piece.kind(kind), f"invert: {turn}")
    if piece.chance(0.3):
        what = piece.style.function(
            "chord_invert", piece.style.function("chord", piece.note(root), piece.kind(kind)), turn
        )
    play = voice.play(what, tone(piece, voice, ticker, beats))
    head = ["tick"] if ticker.manner == "line" and ".look" in what else []
    return voice.dressed(Body([*head, play, piece.sleep(beats)], beats))


@CHORDS.rule(1.2)
def _two_choices(piece: Piece) -> Body:
    """This chord, or now and then that one."""
    voice, ticker = draw_voice(piece, "chords"), piece.ticker()
    beats = piece.song.chord_beats
    inner = piece.ticker()
    inner.manner = "none"
    options = tone(piece, voice, inner, beats)
    condition = CONDITION.expand(piece, ticker)
    branches = [
        [_call(piece, voice, chord(piece, each), options)]
        for each in (piece.rng.choice((3, 4, 5)), 0)
    ]
    return voice.dressed(stepped(piece, ticker, either(condition, *branches), beats))


@CHORDS.rule(1)
def _low_and_high(piece: Piece) -> Body:
    """Root first, the rest of the chord on the weak beats."""
    voice, ticker = draw_voice(piece, "chords"), piece.ticker()
    inner = piece.ticker()
    inner.manner = "none"
    c = piece.pick(("c", "ch", "harm"))
    options = tone(piece, voice, inner, 0.8)
    low = voice.play(piece.pick((f"{c}[0] - 12", f"{c}.first - 12")), options)
    high = voice.play(piece.pick((c, f"{c}.drop(1)")), options)
    weak = times(piece.bar() - 1, [high, piece.sleep(1)])
    what = ticker.on(progression_variable(piece), "chord")
    lines = (
        ["tick", f"{c} = {progression_variable(piece)}.look"]
        if ticker.manner == "line"
        else [f"{c} = {what}"]
    )
    return voice.dressed(Body([*lines, low, piece.sleep(1), *weak], piece.bar()))
