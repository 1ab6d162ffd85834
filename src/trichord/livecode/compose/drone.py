"""Drones: long notes and chords under everything."""

from __future__ import annotations

from trichord.livecode.compose import theory
from trichord.livecode.compose.changes import progression_variable
from trichord.livecode.compose.engine import Symbol
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.steps import stepped, times
from trichord.livecode.compose.tones import tone
from trichord.livecode.compose.voice import draw_voice

DRONE: Symbol[Body] = Symbol("drone")
LOW = 41


def _long(piece: Piece) -> float:
    return float(piece.bar() * piece.rng.choice((1, 2, 2)))


@DRONE.rule(3)
def _root_and_fifth(piece: Piece) -> Body:
    """The tonic, perhaps its fifth or octave beside it, held."""
    voice, ticker = draw_voice(piece, "drone"), piece.ticker()
    beats = _long(piece)
    lines = [
        voice.play(piece.note(piece.tonic(LOW - 5, LOW + 6)), tone(piece, voice, ticker, beats))
    ]
    for degree in theory.walk(piece.rng, piece.rng.choice((0, 1, 2)))[1:]:
        lines.append(
            voice.play(
                piece.note(piece.melodic(abs(degree) + 4, LOW - 5)),
                tone(piece, voice, ticker, beats, 0.7),
            )
        )
    return voice.dressed(stepped(piece, ticker, lines, beats))


@DRONE.rule(2.5)
def _pad(piece: Piece) -> Body:
    """A chord held for bars."""
    voice, ticker = draw_voice(piece, "drone"), piece.ticker()
    beats = _long(piece)
    what = piece.chord_call(piece.song.progression[0], LOW + 7, piece.rng.choice((3, 4)))
    if len(piece.song.progression) > 1 and piece.chance(0.7):
        what = ticker.on(progression_variable(piece, LOW + 7), "pad")
    return voice.dressed(
        stepped(piece, ticker, [voice.play(what, tone(piece, voice, ticker, beats))], beats)
    )


@DRONE.rule(2)
def _swept(piece: Piece) -> Body:
    """A held note whose filter `control` opens and closes."""
    voice = draw_voice(piece, "drone")
    voice.synth = voice.synth if voice.filtered else "prophet"
    voice.fixed = {} if voice.synth == "prophet" else voice.fixed
    ticker = piece.ticker()
    ticker.manner = "none"
    count = piece.rng.choice((2, 3, 4))
    step = piece.bar() / piece.rng.choice((1, 2))
    name = piece.pick(("d", "s", "pad", "hold_note", "node"))
    options = tone(piece, voice, ticker, count * step)
    options |= {
        "sustain": piece.beats(count * step),
        "release": piece.beats(step),
        "cutoff": str(piece.rng.choice((60, 65, 70, 80))),
        "cutoff_slide": piece.beats(step),
    }
    what = (
        piece.chord_call(0, LOW + 7)
        if piece.chance(0.3)
        else piece.note(piece.tonic(LOW - 5, LOW + 6))
    )
    lines = [f"{name} = {voice.play(what, options)}"]
    moved = f"rrand({piece.rng.choice((60, 65))}, {piece.rng.choice((90, 100, 110))})"
    if piece.chance(0.5):
        lines += times(
            count,
            [piece.style.statement("control", [name], {"cutoff": moved}), piece.sleep(step)],
        )
    else:
        for _ in range(count):
            value = piece.pick((moved, str(piece.rng.randrange(65, 111, 5))))
            lines += [
                piece.style.statement("control", [name], {"cutoff": value}),
                piece.sleep(step),
            ]
    return voice.dressed(Body(lines, count * step))


@DRONE.rule(1.5)
def _drawn(piece: Piece) -> Body:
    """Long notes of the key, one after the other."""
    voice, ticker = draw_voice(piece, "drone"), piece.ticker()
    beats = _long(piece)
    what = piece.pick(
        (
            f"{piece.scale_call(LOW)}.choose",
            f"{piece.chord_call(0, LOW)}.choose",
            f"{piece.chord_call(0, LOW)}.pick(2)",
            f"{piece.scale_call(LOW)}.shuffle.take(2)",
        )
    )
    options = tone(piece, voice, ticker, beats * 1.2)
    if piece.chance(0.4):
        wait = f"sleep [{piece.beats(beats / 2)}, {piece.beats(beats)}].choose"
        return voice.dressed(Body([*ticker.head(), voice.play(what, options), wait], beats))
    return voice.dressed(stepped(piece, ticker, [voice.play(what, options)], beats))


@DRONE.rule(1)
def _detuned(piece: Piece) -> Body:
    """The same note several times, a few cents apart."""
    voice, ticker = draw_voice(piece, "drone"), piece.ticker()
    ticker.manner = "none"
    beats = _long(piece)
    low = piece.tonic(LOW - 5, LOW + 6)
    root = piece.note(low)
    if piece.style.notes == "names":
        detuned = piece.style.function("note", root) + " + rrand(-0.1, 0.1)"
    else:
        detuned = f"{root} + rrand(-0.1, 0.1)"
    pan = piece.pick(("rrand(-0.8, 0.8)", "[-0.5, 0.5].choose"))
    lines = times(
        piece.rng.choice((2, 3)),
        [voice.play(detuned, {**tone(piece, voice, ticker, beats, 0.6), "pan": pan})],
    )
    return voice.dressed(Body([*lines, piece.sleep(beats)], beats))
