"""Hats and shakers, and drum loops cut to pieces."""

from __future__ import annotations

from trichord.livecode.compose.drums import drum, hit
from trichord.livecode.compose.engine import Symbol, block, weighted
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.sounds import BREAKS, NOISES, TRIM
from trichord.livecode.compose.steps import conditional, either, stepped, times
from trichord.livecode.compose.values import CONDITION, LOUDNESS, PLACE
from trichord.livecode.compose.voice import level, sample_level

HATS: Symbol[Body] = Symbol("hats")
BREAK: Symbol[Body] = Symbol("break")


@HATS.rule(3)
def _steady(piece: Piece) -> Body:
    """One hat a step, with accents."""
    ticker = piece.ticker()
    amp = LOUDNESS.expand(piece, ticker, level(piece, "hats"))
    options = {"amp": amp}
    if piece.chance(0.4):
        options["pan"] = PLACE.expand(piece, ticker)
    return stepped(piece, ticker, [hit(piece, "hat", options)], piece.value(0.25, 0.5, 0.5))


@HATS.rule(3)
def _sometimes(piece: Piece) -> Body:
    """A hat on steps that meet a condition, often with another sample beside it."""
    ticker = piece.ticker()
    lines = conditional(piece, hit(piece, "hat"), CONDITION.expand(piece, ticker))
    if piece.chance(0.5):
        lines += conditional(
            piece, hit(piece, piece.pick(("open", "perc"))), CONDITION.expand(piece, ticker)
        )
    return stepped(piece, ticker, lines, 0.25)


@HATS.rule(2)
def _noise(piece: Piece) -> Body:
    """A hat made of noise."""
    ticker = piece.ticker()
    synth = weighted(piece.rng, NOISES)
    amp = LOUDNESS.expand(piece, ticker, level(piece, "hats", TRIM.get(synth, 1.0), 0.8))
    release = piece.pick(("0.05", "0.03", "0.08", "rrand(0.02, 0.1)", "[0.02, 0.05, 0.1].choose"))
    options = {"release": release, "cutoff": str(piece.rng.choice((110, 120, 130))), "amp": amp}
    play = piece.style.statement("synth", [f":{synth}"], options)
    lines = (
        [play] if piece.chance(0.4) else conditional(piece, play, CONDITION.expand(piece, ticker))
    )
    return stepped(piece, ticker, lines, piece.value(0.25, 0.5))


@HATS.rule(1.5)
def _roll(piece: Piece) -> Body:
    """Now two, now four hats a beat."""
    n = piece.pick(("n", "count", "k"))
    choices = piece.pick(("[2, 4]", "[2, 2, 3, 4]", "[1, 2, 4]", "[2, 4, 8]"))
    inside = [hit(piece, "hat", {"rate": "rrand(0.9, 1.2)"} if piece.chance(0.4) else None)]
    inside.append(f"sleep {piece.style.number(piece.song.unit)}.0 / {n}" if piece.song.unit >= 1
                  else f"sleep {piece.style.number(piece.song.unit)} / {n}")  # fmt: skip
    return Body([f"{n} = {choices}.choose", *block(f"{n}.times do", inside)], 1)


@HATS.rule(1.2)
def _denser(piece: Piece) -> Body:
    """`density` squeezes the same beat."""
    inside = [hit(piece, "hat"), piece.sleep(0.5)]
    how = piece.pick(("[1, 2].choose", "[1, 1, 2, 4].choose", "2", "dice(3)"))
    return Body(block(f"density {how} do", inside), 0.5)


@HATS.rule(1)
def _swing(piece: Piece) -> Body:
    """Long and short in turn."""
    lengths = piece.rng.choice(((0.66, 0.34), (0.6, 0.4), (0.75, 0.25), (0.5, 0.25, 0.25)))
    ticker = piece.ticker()
    statement = hit(piece, "hat", {"amp": LOUDNESS.expand(piece, ticker, level(piece, "hats"))})
    wait = ticker.on(piece.style.ring([piece.beats(each) for each in lengths]), "swing")
    return Body([*ticker.head(), statement, f"sleep {wait}"], sum(lengths) / len(lengths))


@HATS.rule(0.8)
def _with_swing(piece: Piece) -> Body:
    """`with_swing` moves one hat of a group."""
    shift = piece.pick(("0.1", "0.08", "-0.05", "0.12"))
    pulse = f", pulse: {piece.rng.choice((2, 4, 6))}" if piece.chance(0.7) else ""
    lines = block(f"with_swing {shift}{pulse} do", [hit(piece, "hat")])
    return Body([*lines, piece.sleep(0.25)], 0.25)


# --- loops of drums
def _loop(piece: Piece) -> tuple[str, int]:
    name = piece.weighted({"loop_amen": 4, "loop_breakbeat": 3, "loop_compus": 1.5, "loop_mika": 1,
                           "loop_industrial": 1, "loop_mehackit1": 1, "loop_mehackit2": 1,
                           "loop_perc1": 1, "loop_safari": 0.7, "loop_electric": 0.5,
                           "loop_tabla": 0.7, "loop_amen_full": 1})  # fmt: skip
    return name, BREAKS[name]


@BREAK.rule(2)
def _whole(piece: Piece) -> Body:
    """The loop stretched to the tempo."""
    name, beats = _loop(piece)
    options = {"beat_stretch": piece.beats(beats), "amp": sample_level(piece, name, "break")}
    if piece.chance(0.3):
        options["rate"] = piece.pick(("1", "[1, 1, 1, -1].choose", "[1, 1, 0.5].choose"))
    if piece.chance(0.3):
        options["cutoff"] = piece.pick(("110", "rrand(90, 120)", "100"))
    return Body(
        [piece.style.statement("sample", [f":{name}"], options), piece.sleep(beats)],
        beats,
    )


@BREAK.rule(3)
def _slices(piece: Piece) -> Body:
    """Slices of the loop in a new order."""
    name, beats = _loop(piece)
    slices = piece.rng.choice((8, 8, 16))
    ticker = piece.ticker()
    drawn = [str(piece.rng.randrange(slices)) for _ in range(8)]
    order = piece.pick(
        (
            f"rand_i({slices})",
            f"dice({slices}) - 1",
            "pick",
            "tick",
            f"rrand_i(0, {slices - 1})",
            "ring",
        )
    )
    if order == "ring":
        order = ticker.on(piece.style.ring(["0", *drawn[1:]]), "slice")
    elif order == "tick":
        order = f"{ticker.count()}{piece.pick(('', ' + rand_i(2)', ' % 4'))}"
    options = {"beat_stretch": piece.beats(beats), "num_slices": str(slices),
               "slice": order, "amp": sample_level(piece, name, "break")}  # fmt: skip
    if piece.chance(0.3):
        options["rate"] = piece.pick(
            ("[1, 1, 1, -1].choose", "(one_in(6) ? -1 : 1)", "[1, 2].choose")
        )
    lines = [piece.style.statement("sample", [f":{name}"], options)]
    if piece.chance(0.25):
        lines = conditional(piece, lines[0], CONDITION.expand(piece, ticker))
    return stepped(piece, ticker, lines, max(0.25, beats / slices))


@BREAK.rule(1.5)
def _onsets(piece: Piece) -> Body:
    """Hits found in the loop by their onset."""
    name, _ = _loop(piece)
    ticker = piece.ticker()
    order = piece.pick(("pick", "tick", "dice(8)"))
    order = ticker.count() if order == "tick" else order
    options = {
        "onset": order,
        "sustain": "0",
        "release": piece.pick(("0.1", "0.2", "rrand(0.1, 0.3)")),
        "amp": sample_level(piece, name, "break"),
    }
    return stepped(
        piece,
        ticker,
        [piece.style.statement("sample", [f":{name}"], options)],
        piece.value(0.25, 0.5),
    )


@BREAK.rule(1.5)
def _from_to(piece: Piece) -> Body:
    """A part of the loop from `start` to `finish`, now and then another."""
    name, beats = _loop(piece)
    s = piece.pick(("s", "start", "from"))
    pieces = piece.rng.choice((4, 8))
    draw = piece.pick(
        (
            f"rand_i({pieces}) / {pieces}.0",
            f"[0, {1 / pieces:g}, {2 / pieces:g}].choose",
            f"quantise(rrand(0, {1 - 1 / pieces:g}), {1 / pieces:g})",
        )
    )
    options = {"start": s, "finish": f"{s} + {1 / pieces:g}", "beat_stretch": piece.beats(beats),
               "amp": sample_level(piece, name, "break")}  # fmt: skip
    lines = [
        f"{s} = {draw}",
        piece.style.statement("sample", [f":{name}"], options),
        piece.sleep(beats / pieces),
    ]
    return Body(lines, beats / pieces)


@BREAK.rule(1)
def _loop_or_stutter(piece: Piece) -> Body:
    """The loop, or a stutter of its beginning."""
    name, beats = _loop(piece)
    beats = min(beats, 4)
    amp = sample_level(piece, name, "break")
    options = {"beat_stretch": piece.beats(BREAKS[name]), "amp": amp}
    whole = [piece.style.statement("sample", [f":{name}"], options), piece.sleep(beats)]
    count = piece.rng.choice((4, 8))
    short = {**options, "finish": f"{beats / count / BREAKS[name]:.4g}"}
    stutter = times(
        count,
        [piece.style.statement("sample", [f":{name}"], short), piece.sleep(beats / count)],
    )
    return Body(either(f"one_in({piece.rng.choice((3, 4))})", stutter, whole), beats)


@BREAK.rule(0.8)
def _kicked(piece: Piece) -> Body:
    """The loop with a kick of one's own under it."""
    name, beats = _loop(piece)
    beats = min(beats, 8)
    options = {
        "beat_stretch": piece.beats(BREAKS[name]),
        "amp": sample_level(piece, name, "break", 0.8),
    }
    loop = piece.style.statement("sample", [f":{name}"], options)
    drum(piece, "kick")
    return Body([loop, *times(beats, [hit(piece, "kick"), piece.sleep(1)])], beats)
