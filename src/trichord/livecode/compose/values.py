"""Expressions for the options of a note: loudness, place, filter, length, and conditions."""

from __future__ import annotations

from trichord.livecode.compose import rhythm
from trichord.livecode.compose.engine import Symbol
from trichord.livecode.compose.piece import Piece, Ticker

LOUDNESS: Symbol[str] = Symbol("loudness")
PLACE: Symbol[str] = Symbol("place")
FILTER: Symbol[str] = Symbol("filter")
CONDITION: Symbol[str] = Symbol("condition")


# --- loudness: (piece, ticker, level) -> text
@LOUDNESS.rule(6)
def _level(piece: Piece, _ticker: Ticker, level: float) -> str:
    return piece.style.number(level)


@LOUDNESS.rule(2)
def _drawn(piece: Piece, _ticker: Ticker, level: float) -> str:
    low, high = level * 0.6, level * 1.15
    call = piece.pick(("rrand", "rrand", "rdist"))
    if call == "rdist":
        return f"rdist({_short(level * 0.2)}, {_short(level)})"
    return f"rrand({_short(low)}, {_short(high)})"


@LOUDNESS.rule(1.5)
def _accents(piece: Piece, ticker: Ticker, level: float) -> str:
    size = piece.rng.choice((3, 4, 4, 8))
    shares = [1.0, *(piece.rng.choice((0.4, 0.5, 0.6, 0.8)) for _ in range(size - 1))]
    return ticker.on(piece.style.ring([_short(level * share) for share in shares]), "amp")


@LOUDNESS.rule(0.8)
def _swell(piece: Piece, ticker: Ticker, level: float) -> str:
    steps = piece.rng.choice((8, 16, 32))
    options = ", inclusive: true" if piece.chance(0.2) else ""
    ring = f"(line {_short(level * 0.4)}, {_short(level * 1.1)}, steps: {steps}{options})"
    return ticker.on(ring + piece.pick((".mirror", ".mirror", ".reflect", "")), "vol")


@LOUDNESS.rule(0.7)
def _one_or_other(piece: Piece, _ticker: Ticker, level: float) -> str:
    return (
        f"(one_in({piece.rng.choice((3, 4, 6))}) ? {_short(level * 1.3)} : {_short(level * 0.8)})"
    )


@LOUDNESS.rule(0.7)
def _strong_beat(piece: Piece, ticker: Ticker, level: float) -> str:
    if ticker.manner == "none":
        return _short(level)
    every = piece.rng.choice((2, 3, 4))
    strong, weak = _short(level * 1.1), _short(level * 0.6)
    return f"({ticker.count()} % {every} == 0 ? {strong} : {weak})"


# --- place: (piece, ticker) -> text for `pan:`
@PLACE.rule(3)
def _anywhere(piece: Piece, _ticker: Ticker) -> str:
    width = piece.value(0.3, 0.4, 0.5, 0.6, 0.8, 1)
    return f"rrand(-{width:g}, {width:g})"


@PLACE.rule(2)
def _sides(piece: Piece, ticker: Ticker) -> str:
    width = piece.style.number(piece.value(0.3, 0.5, 0.6, 0.75))
    return ticker.on(piece.style.ring([f"-{width}", width]), "pan")


@PLACE.rule(1)
def _sweep(piece: Piece, ticker: Ticker) -> str:
    steps = piece.rng.choice((8, 16))
    width = piece.style.number(piece.value(0.5, 0.7, 0.8))
    return ticker.on(f"(line -{width}, {width}, steps: {steps}).mirror", "pan")


@PLACE.rule(1)
def _fixed(piece: Piece, _ticker: Ticker) -> str:
    return piece.style.number(piece.value(-0.5, -0.3, -0.2, 0.2, 0.25, 0.3, 0.5))


@PLACE.rule(0.7)
def _left_or_right(piece: Piece, _ticker: Ticker) -> str:
    width = piece.style.number(piece.value(0.4, 0.5, 0.7))
    return f"[-{width}, 0, {width}].choose" if piece.chance(0.5) else f"[-{width}, {width}].choose"


# --- filter: (piece, ticker, low, high) -> text for `cutoff:`
@FILTER.rule(3)
def _still(piece: Piece, _ticker: Ticker, low: int, high: int) -> str:
    return str(piece.rng.randrange(low, high + 1, 5))


@FILTER.rule(2)
def _any(piece: Piece, _ticker: Ticker, low: int, high: int) -> str:
    call = "rrand_i" if piece.chance(0.3) else "rrand"
    return f"{call}({low}, {high})"


@FILTER.rule(1.5)
def _opening(piece: Piece, ticker: Ticker, low: int, high: int) -> str:
    steps = piece.rng.choice((8, 16, 32, 64))
    tail = piece.pick((".mirror", ".mirror", ".reflect", "", ".ramp"))
    ring = f"(line {low}, {high}, steps: {steps}){tail}"
    if tail == ".ramp" and ticker.manner == "none":
        return str(high)
    return ticker.on(ring, "cut")


@FILTER.rule(1)
def _stairs(piece: Piece, ticker: Ticker, low: int, high: int) -> str:
    step = piece.rng.choice((2, 5, 10))
    ring = f"(range {low}, {high}, {step})"
    return ticker.on(f"{ring}{piece.pick(('.mirror', '.shuffle', '', '.reverse'))}", "cutoff")


@FILTER.rule(1)
def _listed(piece: Piece, ticker: Ticker, low: int, high: int) -> str:
    size = piece.rng.choice((3, 4, 4))
    items = [str(piece.rng.randrange(low, high + 1, 5)) for _ in range(size)]
    return ticker.on(piece.style.ring(items), "c")


@FILTER.rule(0.7)
def _kept(piece: Piece, _ticker: Ticker, low: int, high: int) -> str:
    """A value that a conductor sets; see `program.py`."""
    key = piece.shared.get("cutoff")
    return f"get[:{key}]" if key else str((low + high) // 2)


# --- conditions: (piece, ticker) -> text, true for some steps
@CONDITION.rule(3)
def _chance(piece: Piece, _ticker: Ticker) -> str:
    return f"one_in({piece.rng.choice((2, 2, 3, 3, 4))})"


@CONDITION.rule(3)
def _spread(piece: Piece, ticker: Ticker) -> str:
    hits, steps = piece.rng.choice(((3, 8), (5, 8), (7, 16), (5, 16), (4, 7), (2, 5), (9, 16)))
    rotate = f", rotate: {piece.rng.choice((1, 2, 3))}" if piece.chance(0.2) else ""
    if ticker.manner == "none":
        return f"spread({hits}, {steps}).choose"
    return ticker.on(piece.style.function("spread", str(hits), str(steps) + rotate), "hit")


@CONDITION.rule(1.5)
def _bools(piece: Piece, ticker: Ticker) -> str:
    pattern = rhythm.grid(piece.rng, piece.rng.choice((4, 8, 8, 16)), dense=0.45)
    bits = [str(int(each)) for each in pattern]
    return ticker.on(piece.style.function("bools", *bits), "step")


@CONDITION.rule(1)
def _modulo(piece: Piece, ticker: Ticker) -> str:
    every = piece.rng.choice((2, 3, 4))
    if ticker.manner == "none":
        return f"dice({every}) == 1"
    count = ticker.count()
    return piece.pick(
        (f"{count} % {every} == 0", f"{count} % {every} != 1", f"factor?({count}, {every})")
    )


@CONDITION.rule(0.8)
def _dice(piece: Piece, _ticker: Ticker) -> str:
    return piece.pick(
        (f"dice(6) > {piece.rng.choice((2, 3, 4))}", "rand < 0.6", "rand > 0.35", "rand(1) < 0.5")
    )


def _short(value: float) -> str:
    """As rough as a hand types it: tenths, twentieths below a half."""
    return f"{round(value, 1) if value >= 0.5 else max(0.05, round(value * 20) / 20):g}"
