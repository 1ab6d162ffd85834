"""Drums: bars played by hand, by patterns, by spreads, and rings of samples."""

from __future__ import annotations

from trichord.livecode.compose import rhythm
from trichord.livecode.compose.engine import Lines, Symbol, block
from trichord.livecode.compose.piece import Body, Piece, Ticker
from trichord.livecode.compose.sounds import KITS
from trichord.livecode.compose.steps import conditional, either, pause_between, stepped, times
from trichord.livecode.compose.style import Options
from trichord.livecode.compose.values import CONDITION, LOUDNESS
from trichord.livecode.compose.voice import level, sample_level

DRUMS: Symbol[Body] = Symbol("drums")


def drum(piece: Piece, part: str) -> str:
    """A sample for a part of the kit; a piece keeps the one it drew first."""
    key = f"drum {part}"
    if key not in piece.shared:
        kit = piece.shared.setdefault("kit", piece.weighted(piece.song.genre.kits))
        piece.shared[key] = piece.pick(KITS[kit][part])
    return piece.shared[key]


def hit(piece: Piece, part: str, options: Options | None = None, share: float = 1.0) -> str:
    """The statement that hits a part of the kit."""
    name = drum(piece, part)
    softer = {"kick": 1.3, "snare": 0.9, "hat": 0.5, "open": 0.45, "perc": 0.6}[part]
    extra = dict(options or {})
    if piece.chance(0.12):
        extra.setdefault("rate", piece.style.number(piece.value(0.8, 0.9, 1.1, 1.2, 1.5)))
    if part in ("hat", "open") and piece.chance(0.15):
        extra.setdefault("pan", piece.style.number(piece.value(-0.3, 0.2, 0.3)))
    if part == "open":
        extra.setdefault("finish", piece.style.number(piece.value(0.3, 0.5, 0.6)))
    if part == "kick" and piece.chance(0.12):
        extra.setdefault("cutoff", str(piece.rng.choice((80, 90, 100, 110))))
    extra.setdefault("amp", sample_level(piece, name, "drums", softer * share))
    return piece.style.statement("sample", [f":{name}"], extra)


@DRUMS.rule(3, techno=3, house=3, trance=3, jazz=0, raga=0.2, else_=0.6)
def _four_on_the_floor(piece: Piece) -> Body:
    """Kick on each beat, the hat between where there is one."""
    kick = [hit(piece, "kick")]
    if piece.chance(0.4):
        return Body([*kick, piece.sleep(1)], 1)
    off = [hit(piece, piece.pick(("hat", "open")))]
    if piece.chance(0.3):
        off = conditional(piece, off[0], f"one_in({piece.rng.choice((2, 3))})")
    return Body(pause_between(piece, [kick, off], [0.5, 0.5]), 1)


@DRUMS.rule(3, ambient=0.3)
def _by_hand(piece: Piece) -> Body:
    """A bar as one plays it: hits and waits in turn."""
    lengths = rhythm.durations(piece.rng, piece.bar(), fast=piece.song.genre.fast)
    statements: list[Lines] = []
    beat = 0.0
    for length in lengths:
        part = "kick" if beat == 0 else "snare" if beat % 2 == 1 else _any_part(piece)
        statement = [hit(piece, part)]
        if beat == 0 and piece.chance(0.3):
            statement.append(hit(piece, piece.pick(("hat", "open"))))
        if part == "perc" and piece.chance(0.3):
            statement = conditional(piece, statement[0], f"one_in({piece.rng.choice((2, 3))})")
        statements.append(statement)
        beat += length
    return Body(pause_between(piece, statements, lengths), piece.bar())


@DRUMS.rule(3)
def _spreads(piece: Piece) -> Body:
    """Parts of the kit, each spread over its own number of steps."""
    ticker = piece.ticker()
    lines: Lines = []
    for part in ("kick", "snare", "hat", "perc")[: piece.rng.choice((1, 2, 2, 3, 4))]:
        condition = (
            CONDITION.expand(piece, ticker) if part == "perc" else _spread(piece, ticker, part)
        )
        lines += conditional(piece, hit(piece, part), condition)
    return stepped(piece, ticker, lines, _step(piece))


@DRUMS.rule(3)
def _patterns(piece: Piece) -> Body:
    """Patterns as strings of marks, or rings of ones and noughts."""
    kind = piece.pick(("string", "string", "bits", "bools"))
    steps = 4 * piece.bar() if piece.chance(0.5) else 2 * piece.bar()
    ticker, setup, lines = piece.ticker(), list[str](), list[str]()
    mark = piece.pick(("x", "x", "1", "X", "o"))
    rest = "0" if mark == "1" else piece.pick(("-", "-", ".", "_"))
    for part in ("kick", "snare", "hat", "perc")[: piece.rng.choice((1, 2, 3, 3, 4))]:
        pattern = _pattern(piece, part, steps)
        name = piece.variable(part, f"{part}_pattern", f"{part}s")
        if kind == "string":
            setup.append(f"{name} = {piece.style.text(rhythm.marks(pattern, mark, rest))}")
            count = ticker.count()
            condition = f"{name}[{count} % {steps}] == {piece.style.text(mark)}"
        elif kind == "bits":
            setup.append(f"{name} = {piece.style.ring([str(int(each)) for each in pattern])}")
            condition = f"{ticker.on(name, part)} == 1"
        else:
            setup.append(
                f"{name} = {piece.style.function('bools', *(str(int(e)) for e in pattern))}"
            )
            condition = ticker.on(name, part)
        lines += conditional(piece, hit(piece, part), condition)
    if piece.chance(0.35):
        return _inline(setup, stepped(piece, ticker, lines, piece.bar() / steps))
    body = stepped(piece, ticker, lines, piece.bar() / steps)
    return Body(body.lines, body.beats, setup)


def _inline(setup: Lines, body: Body) -> Body:
    """The patterns stand inside the loop, where a live coder changes them."""
    return Body([*setup, *body.lines], body.beats)


@DRUMS.rule(2)
def _counted(piece: Piece) -> Body:
    """A bar counted in steps; each part knows the steps on which it plays."""
    steps = 4 * piece.bar() if piece.chance(0.4) else 2 * piece.bar()
    i = piece.pick(("i", "i", "step", "n"))
    lines: Lines = []
    for part in ("kick", "snare", "hat")[: piece.rng.choice((2, 3))]:
        on = rhythm.onsets(_pattern(piece, part, steps))
        every = piece.rng.choice((2, 4))
        listed = f"[{', '.join(map(str, on))}].include?({i})"
        choices = (f"{i} % {every} == 0", f"{i}.even?", listed) if part == "hat" else (listed,)
        lines += conditional(piece, hit(piece, part), piece.pick(choices))
    lines.append(piece.sleep(piece.bar() / steps))
    return Body(times(steps, lines, i), piece.bar())


@DRUMS.rule(1.5)
def _case(piece: Piece) -> Body:
    """`case` over the count of steps."""
    ticker = piece.ticker()
    steps = 2 * piece.bar()
    lines: Lines = [f"case {ticker.count()} % {steps}"]
    for part, on in (("kick", (0, 5)), ("snare", (2, 6)), ("perc", (3, 7))):
        where = sorted({at % steps for at in on if piece.chance(0.8)} or {on[0] % steps})
        lines += [f"when {', '.join(map(str, where))}", f"  {hit(piece, part)}"]
    if piece.chance(0.6):
        lines += ["else", f"  {hit(piece, 'hat')}"]
    return stepped(piece, ticker, [*lines, "end"], 0.5)


@DRUMS.rule(1.5)
def _ring_of_samples(piece: Piece) -> Body:
    """A ring of samples, one a step."""
    ticker = piece.ticker()
    size = piece.bar() if piece.chance(0.5) else 2 * piece.bar()
    parts = ["kick", *(_any_part(piece) for _ in range(size - 1))]
    if size >= 4:
        parts[size // 2] = "snare"
    ring = piece.style.ring([f":{drum(piece, part)}" for part in parts])
    amp = LOUDNESS.expand(piece, ticker, level(piece, "drums", 0.9))
    statement = piece.style.statement("sample", [ticker.on(ring, "kit")], {"amp": amp})
    return stepped(piece, ticker, [statement], piece.bar() / size)


@DRUMS.rule(1.5, techno=2, dub=2)
def _at_times(piece: Piece) -> Body:
    """A bar laid out with `at`."""
    lines: Lines = []
    for part in ("kick", "snare", "hat", "perc")[: piece.rng.choice((2, 3, 3, 4))]:
        on = [at / 4 for at in rhythm.onsets(_pattern(piece, part, 4 * piece.bar()))][:8]
        lines += block(f"at [{', '.join(piece.beats(each) for each in on)}] do", [hit(piece, part)])
    return Body([*lines, piece.sleep(piece.bar())], piece.bar())


@DRUMS.rule(1.5)
def _two_hands(piece: Piece) -> Body:
    """One hand in a thread of its own, the other beside it."""
    beats = piece.bar()
    inner = rhythm.durations(piece.rng, beats, fast=0.7)
    hand = pause_between(piece, [[hit(piece, _any_part(piece))] for _ in inner], inner)
    if piece.chance(0.6):
        count = 2 * beats
        hand = times(count, [hit(piece, "hat"), piece.sleep(0.5)])
    outer = rhythm.durations(piece.rng, beats, fast=0.3)
    parts = ["kick" if at % 2 == 0 else "snare" for at in range(len(outer))]
    lines = block("in_thread do", hand)
    lines += pause_between(piece, [[hit(piece, part)] for part in parts], outer)
    return Body(lines, beats)


@DRUMS.rule(1.2)
def _fill(piece: Piece) -> Body:
    """The bar, and a fill when its turn comes."""
    ticker: Ticker = piece.ticker()
    beats = piece.bar()
    plain = pause_between(piece, [[hit(piece, "kick")], [hit(piece, "snare")]], [beats / 2] * 2)
    roll = piece.rng.choice((2, 4, 8))
    fill = times(roll, [hit(piece, piece.pick(("perc", "snare"))), piece.sleep(beats / roll)])
    every = piece.rng.choice((2, 4))
    condition = piece.pick((f"{ticker.count()} % {every} == {every - 1}", f"one_in({every})"))
    return Body([*ticker.head(), *either(condition, fill, plain)], beats)


@DRUMS.rule(1)
def _each_length(piece: Piece) -> Body:
    """Durations in a list, a hit for each."""
    lengths = rhythm.durations(piece.rng, piece.bar(), fast=0.6)
    listed = f"[{', '.join(piece.beats(each) for each in lengths)}]"
    d = piece.pick(("d", "dur", "t"))
    inside = [hit(piece, piece.pick(("kick", "perc")), {"rate": "rrand(0.9, 1.1)"}), f"sleep {d}"]
    if piece.chance(0.5):
        inside.insert(1, f"{hit(piece, 'snare')} if {d} > {piece.beats(0.5)}")
    return Body(block(f"{listed}.each do |{d}|", inside), piece.bar())


def _any_part(piece: Piece) -> str:
    return piece.weighted({"hat": 4, "kick": 2, "snare": 1.5, "perc": 2, "open": 1})


def _step(piece: Piece) -> float:
    return piece.value(0.25, 0.25, 0.5)


def _spread(piece: Piece, ticker: Ticker, part: str) -> str:
    steps = piece.rng.choice((8, 8, 16, 2 * piece.bar()))
    hits = {"kick": (3, 4, 5), "snare": (2, 3), "hat": (5, 7, 9)}[part]
    extra = (
        [f"rotate: {piece.rng.choice((1, 2, 4))}"] if part == "snare" or piece.chance(0.1) else []
    )
    return ticker.on(
        piece.style.function(
            "spread", str(min(piece.rng.choice(hits), steps - 1)), str(steps), *extra
        ),
        part,
    )


def _pattern(piece: Piece, part: str, steps: int) -> tuple[bool, ...]:
    """A bar for a part: kicks on strong steps, snares across, hats many."""
    if part == "kick":
        return tuple(at == 0 or (at % 2 == 0 and piece.chance(0.25)) for at in range(steps))
    if part == "snare":
        half = steps // 4
        return tuple(at % (2 * half) == half or piece.chance(0.06) for at in range(steps))
    return rhythm.grid(piece.rng, steps, dense=0.55 if part == "hat" else 0.25)
