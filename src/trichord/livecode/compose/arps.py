"""Arpeggios: chords and figures taken apart, note by note."""

from __future__ import annotations

from trichord.livecode.compose import theory
from trichord.livecode.compose.changes import progression_variable
from trichord.livecode.compose.engine import Symbol, block
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.pitches import PITCH
from trichord.livecode.compose.steps import conditional, pause_between, stepped, times
from trichord.livecode.compose.tones import tone
from trichord.livecode.compose.values import CONDITION
from trichord.livecode.compose.voice import draw_series, draw_voice

ARP: Symbol[Body] = Symbol("arp")
LOW = 57
"""The octave of an arpeggio's tonic starts here."""


def _step(piece: Piece) -> float:
    return piece.value(0.25, 0.25, 0.5) if piece.song.genre.fast > 0.4 else piece.value(0.5, 0.5, 1)


@ARP.rule(3)
def _running(piece: Piece) -> Body:
    """One expression for the notes, one step."""
    voice, ticker = draw_voice(piece, "arp"), piece.ticker()
    step = _step(piece)
    play = voice.play(PITCH.expand(piece, ticker, LOW), tone(piece, voice, ticker, step))
    return voice.dressed(stepped(piece, ticker, [play], step))


@ARP.rule(3)
def _through_the_chords(piece: Piece) -> Body:
    """Each chord of the progression broken into steps."""
    voice, ticker = draw_voice(piece, "arp"), piece.ticker()
    step = _step(piece)
    count = max(2, round(piece.song.chord_beats / step))
    chords = progression_variable(piece, LOW)
    c = piece.pick(("c", "ch", "notes_now", "current"))
    inner = piece.ticker()
    inner.manner = "none"
    tail = piece.pick(
        (
            "{c}.choose",
            "{c}[i]",
            "{c}.tick(:arp)",
            "{c}.mirror.tick(:arp)",
            "{c}.shuffle[i]",
            "{c}.reflect.tick(:up)",
            "{c}.reverse[i]",
            "{c}[i * 2]",
            "{c}[i % 3]",
        )
    )
    pitch = tail.format(c=c)
    play = voice.play(pitch, tone(piece, voice, inner, step))
    lines = (
        [play]
        if piece.chance(0.75)
        else conditional(piece, play, f"spread({piece.rng.choice((3, 5, 7))}, 8).tick(:gate)")
    )
    body = times(count, [*lines, piece.sleep(step)], "i" if "[i" in pitch else "")
    return voice.dressed(
        Body(
            [*ticker.head(), f"{c} = {ticker.on(chords, 'chord')}", *body]
            if ticker.manner != "line"
            else ["tick", f"{c} = {chords}.look", *body],
            count * step,
        ),
    )


@ARP.rule(2)
def _each_chord(piece: Piece) -> Body:
    """Nested `each`: chords, and the notes of each."""
    voice = draw_voice(piece, "arp")
    ticker = piece.ticker()
    ticker.manner = "none"
    step = _step(piece)
    chords = [
        piece.chord_call(each, LOW, piece.rng.choice((3, 3, 4))) for each in piece.song.progression
    ]
    order = piece.pick(("", ".shuffle", ".reverse", ".mirror", ".reflect", ".take(3)"))
    inside = block(
        f"c{order}.each do |n|",
        [voice.play("n", tone(piece, voice, ticker, step)), piece.sleep(step)],
    )
    if piece.chance(0.5):
        inside = times(piece.rng.choice((2, 2, 4)), inside)
    written = f"[{', '.join(chords)}]"
    if len(written) > 60 or piece.chance(0.4):
        written = progression_variable(piece, LOW)
    return voice.dressed(Body(block(f"{written}.each do |c|", inside), 8 * step))


@ARP.rule(1.5)
def _play_pattern(piece: Piece) -> Body:
    """`play_pattern_timed` on a chord or a scale with one length."""
    voice = draw_series(piece, "arp")
    voice.manner = "use" if voice.manner == "direct" else voice.manner
    ticker = piece.ticker()
    ticker.manner = "none"
    step = _step(piece)
    options = {**({} if voice.defaults else voice.fixed), **tone(piece, voice, ticker, step)}
    lines = [
        piece.style.statement(
            "play_pattern_timed",
            [
                piece.chord_call(each, LOW, 4) if piece.chance(0.6) else piece.scale_call(LOW),
                piece.beats(step),
            ],
            options,
        )
        for each in piece.song.progression[:2]
    ]
    return voice.dressed(Body(lines, 8 * step))


@ARP.rule(1.5, minimal=3, poly=3)
def _phasing(piece: Piece) -> Body:
    """A short figure whose length does not fit the bar."""
    voice, ticker = draw_voice(piece, "arp"), piece.ticker()
    size = piece.rng.choice((3, 5, 6, 7, 9, 12))
    notes = [piece.note(piece.melodic(each, LOW)) for each in theory.phrase(piece.rng, size)]
    step = piece.value(0.25, 0.25, 1 / 3, 0.5, 0.2 if piece.song.genre.name == "poly" else 0.25)
    name = piece.variable("figure", "cell", "motif", "pattern_notes")
    ring = piece.style.ring(notes)
    options = tone(piece, voice, ticker, step)
    if piece.chance(0.5):
        play = voice.play(ticker.on(name, "cell"), options)
        return voice.dressed(
            Body(stepped(piece, ticker, [play], step).lines, step, [f"{name} = {ring}"])
        )
    play = voice.play(
        ticker.on(ring + piece.pick(("", ".mirror", ".reverse", ".stretch(2)")), "cell"), options
    )
    return voice.dressed(stepped(piece, ticker, [play], step))


@ARP.rule(1.5)
def _gated(piece: Piece) -> Body:
    """The arpeggio only where a spread says so."""
    voice, ticker = draw_voice(piece, "arp"), piece.ticker()
    step = _step(piece)
    condition = CONDITION.expand(piece, ticker)
    play = voice.play(PITCH.expand(piece, ticker, LOW), tone(piece, voice, ticker, step))
    lines = conditional(piece, play, condition)
    if piece.chance(0.3):
        lines = [
            f"if {condition}",
            f"  {play}",
            "else",
            f"  {voice.play(piece.note(piece.melodic(0, LOW)), tone(piece, voice, ticker, step))}",
            "end",
        ]
    return voice.dressed(stepped(piece, ticker, lines, step))


@ARP.rule(1)
def _transposed(piece: Piece) -> Body:
    """A figure played again an interval away."""
    voice, ticker = draw_series(piece, "arp"), piece.ticker()
    calm = piece.ticker()
    calm.manner = "none"
    step = _step(piece)
    notes = [
        piece.note(piece.melodic(each, LOW))
        for each in theory.phrase(piece.rng, piece.rng.choice((3, 4)))
    ]
    inside = pause_between(
        piece,
        [[voice.play(each, tone(piece, voice, calm, step))] for each in notes],
        [step] * len(notes),
    )
    shifts = piece.rng.choice((("0", "0", "12", "0"), ("0", "-12"), ("0", "12", "-12")))
    by = ticker.on(piece.style.ring(shifts), "shift")
    call = "with_transpose"
    return voice.dressed(
        Body([*ticker.head(), *block(f"{call} {by} do", inside)], len(notes) * step)
    )
