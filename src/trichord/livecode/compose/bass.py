"""Basses: roots of the chords, riffs, walks, octaves, and a line that an acid box would play."""

from __future__ import annotations

from trichord.livecode.compose import rhythm, theory
from trichord.livecode.compose.engine import Symbol, block
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.steps import conditional, either, pause_between, stepped, times
from trichord.livecode.compose.tones import tone
from trichord.livecode.compose.values import CONDITION
from trichord.livecode.compose.voice import draw_series, draw_voice

BASS: Symbol[Body] = Symbol("bass")
LOW = 31
"""Lowest tonic of a bass, MIDI; its octave ends at 42."""


def _root(piece: Piece, degree: int) -> str:
    return piece.note(piece.chord(degree, LOW)[0])


@BASS.rule(2.5)
def _roots_with_length(piece: Piece) -> Body:
    """The root of each chord, held."""
    voice, ticker = draw_voice(piece, "bass"), piece.ticker()
    beats = piece.song.chord_beats
    ring = piece.style.ring([_root(piece, each) for each in piece.song.progression])
    note = ticker.on(ring, "root") if len(piece.song.progression) > 1 else _root(piece, 0)
    play = voice.play(note, tone(piece, voice, ticker, beats))
    return voice.dressed(stepped(piece, ticker, [play], beats))


@BASS.rule(3)
def _pulsing_roots(piece: Piece) -> Body:
    """Each root repeated: `.stretch` or an inner loop."""
    voice, ticker = draw_voice(piece, "bass"), piece.ticker()
    step = piece.value(0.5, 0.5, 1, 0.25)
    count = max(1, round(piece.song.chord_beats / step))
    roots = [_root(piece, each) for each in piece.song.progression]
    if piece.chance(0.5):
        ring = f"{piece.style.ring(roots)}.stretch({count})"
        play = voice.play(ticker.on(ring, "root"), tone(piece, voice, ticker, step))
        lines = (
            [play]
            if piece.chance(0.6)
            else conditional(piece, play, CONDITION.expand(piece, ticker))
        )
        return voice.dressed(stepped(piece, ticker, lines, step))
    name = piece.pick(("root", "n", "r", "note_now"))
    inner = piece.ticker()
    inner.started = True
    play = voice.play(name, tone(piece, voice, inner, step))
    lines = [f"{name} = {ticker.on(piece.style.ring(roots), 'root')}"]
    lines += times(count, [play, piece.sleep(step)])
    return voice.dressed(Body([*ticker.head(), *lines], count * step))


@BASS.rule(3)
def _riff(piece: Piece) -> Body:
    """A riff written out: notes and waits in turn."""
    voice, ticker = draw_series(piece, "bass"), piece.ticker()
    ticker.manner = "none"
    beats = piece.bar() * piece.rng.choice((1, 1, 2))
    lengths = rhythm.durations(piece.rng, beats, fast=piece.song.genre.fast * 0.8)[:10]
    options = tone(piece, voice, ticker, min(lengths))
    degrees = [0, *(piece.rng.choice((0, 0, 0, 4, 2, -1, 3)) for _ in lengths[1:])]
    statements = [[voice.play(piece.note(piece.melodic(each, LOW)), options)] for each in degrees]
    return voice.dressed(Body(pause_between(piece, statements, lengths), sum(lengths)))


@BASS.rule(2)
def _zipped(piece: Piece) -> Body:
    """Two rings: notes and their lengths."""
    voice, ticker = draw_voice(piece, "bass"), piece.ticker()
    size = piece.rng.choice((3, 4, 4, 5, 6))
    lengths = [piece.rng.choice((0.5, 0.5, 0.75, 1, 1.5, 0.25)) for _ in range(size)]
    degrees = [0, *(piece.rng.choice((0, 0, 2, 4, -1)) for _ in range(size - 1))]
    notes = [piece.note(piece.melodic(each, LOW)) for each in degrees]
    play = voice.play(ticker.on(piece.style.ring(notes), "note"), tone(piece, voice, ticker, 0.5))
    wait = ticker.on(piece.style.ring([piece.beats(each) for each in lengths]), "wait")
    return voice.dressed(Body([*ticker.head(), play, f"sleep {wait}"], sum(lengths) / size))


@BASS.rule(2, jazz=5)
def _walking(piece: Piece) -> Body:
    """A walking bass: tones of the chord, one a beat."""
    voice, ticker = draw_voice(piece, "bass"), piece.ticker()
    chord = piece.pick(("c", "ch", "current"))
    chords = [piece.chord_call(each, LOW + 2, 4) for each in piece.song.progression]
    setup_name = piece.variable("changes", "bass_chords", "walk")
    setup = [f"{setup_name} = {piece.style.ring(chords)}"]
    note = piece.pick((f"{chord}.choose", f"{chord}[i % 4]", f"{chord}.shuffle[0]"))
    variable = "i" if "[i" in note else ""
    inner = piece.ticker()
    inner.started = True
    play = voice.play(note, tone(piece, voice, inner, 1))
    lines = [
        f"{chord} = {ticker.on(setup_name, 'bar')}",
        *times(round(piece.song.chord_beats), [play, piece.sleep(1)], variable),
    ]
    return voice.dressed(Body([*ticker.head(), *lines], piece.song.chord_beats, setup))


@BASS.rule(2, dub=2, techno=2)
def _syncopated(piece: Piece) -> Body:
    """The root on the steps of a spread, another tone between."""
    voice, ticker = draw_voice(piece, "bass"), piece.ticker()
    root = _root(piece, 0)
    options = tone(piece, voice, ticker, 0.4)
    condition = CONDITION.expand(piece, ticker)
    lines = conditional(piece, voice.play(root, options), condition)
    if piece.chance(0.5):
        other = piece.note(piece.melodic(piece.rng.choice((2, 4, 5)), LOW))
        play = voice.play(other, options)
        lines = either(
            condition,
            [voice.play(root, options)],
            conditional(piece, play, f"one_in({piece.rng.choice((3, 4))})"),
        )
    return voice.dressed(stepped(piece, ticker, lines, piece.value(0.25, 0.5)))


@BASS.rule(1.5, techno=4, trance=2)
def _acid(piece: Piece) -> Body:
    """Sixteenths on few notes under a moving filter."""
    voice, ticker = draw_voice(piece, "bass"), piece.ticker()
    voice.synth = "tb303"
    voice.fixed = {"res": piece.style.number(piece.value(0.7, 0.8, 0.85, 0.9))}
    degrees = [0, *(piece.rng.choice((0, 0, 0, 2, 4, 6, 7)) for _ in range(7))]
    notes = [piece.note(piece.melodic(each, LOW)) for each in degrees]
    pitch = piece.pick(
        (
            ticker.on(piece.style.ring(notes), "acid"),
            f"{piece.scale_call(LOW)}.choose",
            f"{piece.chord_call(0, LOW)}.choose",
        )
    )
    options = tone(piece, voice, ticker, 0.25)
    options.setdefault("cutoff", f"rrand(60, {piece.rng.choice((100, 110, 120))})")
    return voice.dressed(stepped(piece, ticker, [voice.play(pitch, options)], 0.25))


@BASS.rule(1.5, house=2, synthwave=3)
def _octave_jump(piece: Piece) -> Body:
    """Root and octave in turn, following the chords."""
    voice, ticker = draw_voice(piece, "bass"), piece.ticker()
    name = piece.pick(("root", "n", "base"))
    roots = piece.style.ring([str(piece.chord(each, LOW)[0]) for each in piece.song.progression])
    beats = piece.song.chord_beats
    count = max(1, round(beats))
    inner = piece.ticker()
    inner.started = True
    options = tone(piece, voice, inner, 0.5)
    inside = pause_between(
        piece, [[voice.play(name, options)], [voice.play(f"{name} + 12", options)]], [0.5, 0.5]
    )
    lines = [f"{name} = {ticker.on(roots, 'root')}", *times(count, inside)]
    return voice.dressed(Body([*ticker.head(), *lines], count))


@BASS.rule(1.2)
def _glide(piece: Piece) -> Body:
    """A held note that is bent by `control`."""
    voice = draw_voice(piece, "bass")
    name = piece.pick(("b", "s", "n", "sub_note"))
    half = piece.song.chord_beats / 2
    first, second = _root(piece, 0), piece.note(piece.melodic(piece.rng.choice((2, 4, -1)), LOW))
    ticker = piece.ticker()
    ticker.manner = "none"
    options = tone(piece, voice, ticker, half)
    options |= {
        "sustain": piece.beats(half * 1.6),
        "release": piece.beats(half * 0.3),
        "note_slide": piece.beats(piece.value(0.1, 0.25, 0.5, 1)),
    }
    options.pop("attack", None)
    move = piece.style.statement("control", [name], {"note": second})
    lines = [f"{name} = {voice.play(first, options)}", piece.sleep(half), move, piece.sleep(half)]
    return voice.dressed(Body(lines, 2 * half))


@BASS.rule(1.2)
def _timed(piece: Piece) -> Body:
    """`play_pattern_timed` with its notes and times."""
    voice = draw_series(piece, "bass")
    voice.manner = "use" if voice.manner == "direct" else voice.manner
    lengths = rhythm.durations(piece.rng, piece.bar(), fast=piece.song.genre.fast * 0.8)
    degrees = [0, *(piece.rng.choice((0, 0, 4, 2, -1)) for _ in lengths[1:])]
    notes = ", ".join(piece.note(piece.melodic(each, LOW)) for each in degrees)
    waits = ", ".join(piece.beats(each) for each in lengths)
    ticker = piece.ticker()
    ticker.manner = "none"
    options = tone(piece, voice, ticker, min(lengths))
    call = piece.style.statement(
        "play_pattern_timed",
        [f"[{notes}]", f"[{waits}]"],
        {**({} if voice.defaults else voice.fixed), **options},
    )
    return voice.dressed(Body([call], sum(lengths)))


@BASS.rule(1)
def _by_chance(piece: Piece) -> Body:
    """Root most of the time, a drawn tone of the key else."""
    voice, ticker = draw_voice(piece, "bass"), piece.ticker()
    name = piece.pick(("n", "note_to_play", "b"))
    tones = ", ".join(piece.note(piece.melodic(each, LOW)) for each in theory.walk(piece.rng, 3))
    lines = [
        f"{name} = {_root(piece, 0)}",
        f"{name} = [{tones}].choose if {CONDITION.expand(piece, ticker)}",
    ]
    length = piece.value(0.5, 1, 1.5, 2)
    lines.append(voice.play(name, tone(piece, voice, ticker, length)))
    if piece.chance(0.3):
        wait = f"[{piece.beats(0.5)}, {piece.beats(0.5)}, {piece.beats(1)}].choose"
        return voice.dressed(Body([*ticker.head(), *lines, f"sleep {wait}"], length))
    return voice.dressed(stepped(piece, ticker, lines, length))


@BASS.rule(0.8)
def _each_note(piece: Piece) -> Body:
    """A list of notes gone through with `each`."""
    voice = draw_voice(piece, "bass")
    ticker = piece.ticker()
    ticker.manner = "none"
    notes = ", ".join(
        piece.note(piece.melodic(each, LOW)) for each in (0, *theory.walk(piece.rng, 3))
    )
    step = piece.value(0.5, 1, 1)
    inside = [voice.play("n", tone(piece, voice, ticker, step)), piece.sleep(step)]
    if piece.chance(0.35):
        inside = times(piece.rng.choice((2, 3, 4)), inside)
    return voice.dressed(Body(block(f"[{notes}].each do |n|", inside), 4 * step))
