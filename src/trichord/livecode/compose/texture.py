"""Textures: noise that swells, samples of places, grains, single tones of samples."""

from __future__ import annotations

from trichord.livecode.compose import theory
from trichord.livecode.compose.engine import Symbol, block, weighted
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.sounds import ATMOSPHERES, NOISES, PITCHED, TRIM
from trichord.livecode.compose.steps import conditional, stepped, times
from trichord.livecode.compose.values import FILTER, PLACE
from trichord.livecode.compose.voice import level, sample_level

TEXTURE: Symbol[Body] = Symbol("texture")


@TEXTURE.rule(3)
def _place(piece: Piece) -> Body:
    """A long sample from time to time."""
    ticker = piece.ticker()
    name = piece.pick(ATMOSPHERES)
    beats = piece.bar() * piece.rng.choice((1, 2))
    rate = piece.pick(
        (
            "0.5",
            "0.75",
            "1",
            "-1",
            "[0.5, 1].choose",
            "rrand(0.4, 0.9)",
            "[-0.5, 0.5, 1].choose",
            "-0.5",
        )
    )
    options = {"rate": rate, "amp": sample_level(piece, name, "texture", 1.5)}
    if piece.chance(0.4):
        options["cutoff"] = FILTER.expand(piece, ticker, 70, 110)
    if piece.chance(0.4):
        options["pan"] = PLACE.expand(piece, ticker)
    if piece.chance(0.3):
        options["attack"] = piece.beats(piece.value(0.5, 1, 2))
    play = piece.style.statement("sample", [f":{name}"], options)
    lines = (
        [play]
        if piece.chance(0.7)
        else conditional(piece, play, f"one_in({piece.rng.choice((2, 3))})")
    )
    return stepped(piece, ticker, lines, beats)


@TEXTURE.rule(2)
def _waves(piece: Piece) -> Body:
    """Noise that swells and falls."""
    ticker = piece.ticker()
    ticker.manner = "none"
    synth = weighted(piece.rng, NOISES)
    beats = float(piece.bar())
    attack = (piece.beats(beats / 2), f"rrand({piece.beats(0.5)}, {piece.beats(2)})")
    options = {
        "attack": piece.pick(attack),
        "release": piece.beats(beats * piece.value(0.5, 1)),
        "cutoff": FILTER.expand(piece, ticker, 65, 105),
        "amp": piece.style.number(level(piece, "texture", TRIM.get(synth, 1.0), 0.4)),
    }
    if piece.chance(0.4):
        name = piece.pick(("s", "wave", "n"))
        options |= {"cutoff_slide": piece.beats(beats / 2), "pan_slide": piece.beats(beats / 2)}
        moved = {
            "cutoff": f"rrand({piece.rng.choice((60, 70))}, {piece.rng.choice((100, 110))})",
            "pan": "rrand(-1, 1)",
        }
        if piece.chance(0.4):
            del moved[piece.pick(("cutoff", "pan"))]
        lines = [
            f"{name} = {piece.style.statement('synth', [f':{synth}'], options)}",
            piece.style.statement("control", [name], moved),
            piece.sleep(beats),
        ]
        return Body(lines, beats)
    return Body(
        [piece.style.statement("synth", [f":{synth}"], options), piece.sleep(beats)],
        beats,
    )


@TEXTURE.rule(2)
def _grains(piece: Piece) -> Body:
    """Grains cut from a long sample."""
    ticker = piece.ticker()
    name = piece.pick(ATMOSPHERES[:6])
    step = piece.value(0.125, 0.25, 0.25, 0.5)
    length = piece.value(0.05, 0.1, 0.2)
    start = piece.pick(
        (
            "rand",
            f"rrand(0, {1 - length:g})",
            ticker.on("(line 0, 0.8, steps: 32)", "start"),
            ticker.on("(range 0, 0.8, 0.1)", "start"),
        )
    )
    if start == "rand":
        start = "rand(0.8)"
    s = piece.pick(("s", "pos", "from"))
    options = {
        "start": s,
        "finish": f"{s} + {length:g}",
        "amp": sample_level(piece, name, "texture", 1.3),
    }
    if piece.chance(0.5):
        options["rate"] = piece.pick(
            ("[0.5, 1, 2].choose", "0.5", "rrand(0.8, 1.2)", "[-1, 1].choose")
        )
    if piece.chance(0.4):
        options["pan"] = PLACE.expand(piece, ticker)
    return stepped(
        piece,
        ticker,
        [f"{s} = {start}", piece.style.statement("sample", [f":{name}"], options)],
        step,
    )


@TEXTURE.rule(2)
def _pitched(piece: Piece) -> Body:
    """A sample with a pitch, moved to tones of the key with `rpitch`."""
    ticker = piece.ticker()
    name = piece.weighted(dict.fromkeys(PITCHED, 1.0))
    own = PITCHED[name]
    moves = []
    for degree in theory.walk(piece.rng, piece.rng.choice((1, 2, 3, 4))):
        target = theory.into(piece.melodic(degree, 60), own - 6, own + 6)
        moves.append(str(target - own))
    how = piece.pick(("rpitch", "rpitch", "rpitch", "pitch"))
    amount = ticker.on(piece.style.ring(moves), "p") if len(moves) > 1 else moves[0]
    if len(moves) > 2 and piece.chance(0.4):
        amount = f"[{', '.join(moves)}].choose"
    options = {how: amount, "amp": sample_level(piece, name, "texture", 1.2)}
    if piece.chance(0.4):
        options |= {"attack": piece.beats(0.1), "release": piece.beats(piece.value(0.5, 1))}
    beats = piece.value(1, 2, float(piece.bar()))
    return stepped(piece, ticker, [piece.style.statement("sample", [f":{name}"], options)], beats)


@TEXTURE.rule(1.2)
def _oddments(piece: Piece) -> Body:
    """One of several samples, by chance."""
    ticker = piece.ticker()
    names = piece.rng.sample(
        [
            *ATMOSPHERES,
            "perc_bell",
            "elec_chime",
            "perc_swoosh",
            "glitch_perc3",
            "misc_crow",
            "vinyl_rewind",
        ],
        3,
    )
    what = f"[{', '.join(f':{each}' for each in names)}].choose"
    options = {
        "amp": piece.style.number(level(piece, "texture", 1.2)),
        "rate": piece.pick(("rrand(0.5, 1.5)", "[0.5, 1, 2].choose", "rdist(0.3, 1)")),
    }
    play = piece.style.statement("sample", [what], options)
    lines = (
        conditional(piece, play, f"one_in({piece.rng.choice((2, 3, 4))})")
        if piece.chance(0.6)
        else [play]
    )
    return stepped(piece, ticker, lines, piece.value(1, 2, 4))


@TEXTURE.rule(1)
def _hiss(piece: Piece) -> Body:
    """Vinyl under it all."""
    lines = [
        piece.style.statement(
            "sample", [":vinyl_hiss"], {"amp": sample_level(piece, "vinyl_hiss", "texture", 0.7)}
        )
    ]
    wait = (
        "sleep sample_duration(:vinyl_hiss)"
        if piece.style.parens or piece.chance(0.6)
        else "sleep (sample_duration :vinyl_hiss)"
    )
    if piece.chance(0.6):
        crackle = piece.style.statement(
            "synth",
            [":noise"],
            {"release": "0.02", "amp": piece.style.number(0.2), "pan": "rrand(-1, 1)"},
        )
        lines = (
            block(
                "in_thread do",
                times(
                    piece.rng.choice((4, 6, 8)),
                    [*conditional(piece, crackle, "one_in(3)"), piece.sleep(0.25)],
                ),
            )
            + lines
        )
    return Body([*lines, wait], 8)
