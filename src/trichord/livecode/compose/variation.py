"""What a live coder puts around the body of a loop: rests, repeats, shifts, other seeds."""

from __future__ import annotations

from trichord.livecode.compose.engine import Lines, Symbol, block
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.steps import either, times

VARIATION: Symbol[Body] = Symbol("variation")
"""(piece, body, role) -> the body, varied."""

_PITCHED = ("bass", "melody", "arp", "bell", "chords")


@VARIATION.rule(11)
def _none(_piece: Piece, body: Body, _role: str) -> Body:
    return body


@VARIATION.rule(1)
def _rests(piece: Piece, body: Body, role: str) -> Body:
    """Now and then the round is left out."""
    if body.beats < 1:
        return _repeated(piece, body, role)
    silence = [piece.sleep(body.beats)]
    return _like(body, either(f"one_in({piece.rng.choice((4, 5, 6))})", silence, body.lines))


@VARIATION.rule(1)
def _repeated(piece: Piece, body: Body, _role: str) -> Body:
    """The round some times over, and a rest or nothing."""
    count = piece.rng.choice((2, 4, 8)) if body.beats < 1 else piece.rng.choice((2, 3, 4))
    lines = times(count, body.lines)
    rest = piece.rng.choice((0, 0, 1, 2)) * piece.bar() / 2
    if rest:
        lines = [*lines, piece.sleep(rest)]
    return _like(body, lines, count * body.beats + rest)


@VARIATION.rule(0.8)
def _shifted(piece: Piece, body: Body, role: str) -> Body:
    """The round at another pitch in turn."""
    if role not in _PITCHED:
        return body
    shifts = piece.pick(
        ("(ring 0, 0, 12)", "(ring 0, 0, 0, -12)", "(ring 0, 12)", "(knit 0, 3, 12, 1)")
    )
    name = piece.pick((":shift", ":t", ":up"))
    return _like(body, block(f"with_transpose {shifts}.tick({name}) do", body.lines))


@VARIATION.rule(0.5)
def _octave(piece: Piece, body: Body, role: str) -> Body:
    """Sometimes an octave away."""
    if role not in ("melody", "arp", "bell"):
        return body
    how = piece.pick(("[0, 1].choose", "[0, 0, 1].choose", "[-1, 0].choose"))
    return _like(body, block(f"with_octave {how} do", body.lines))


@VARIATION.rule(0.6)
def _same_chance(piece: Piece, body: Body, _role: str) -> Body:
    """The same draws each round."""
    if not any(
        word in line for line in body.lines for word in ("choose", "rrand", "one_in", "shuffle")
    ):
        return body
    lines = times(4, body.lines) if body.beats < 1 else body.lines
    beats = body.beats * (4 if body.beats < 1 else 1)
    return _like(body, block(f"with_random_seed {piece.rng.randrange(1, 3000)} do", lines), beats)


@VARIATION.rule(0.4)
def _faster(piece: Piece, body: Body, role: str) -> Body:
    """The round at double speed from time to time."""
    if body.beats < 1 or role in ("drone", "texture"):
        return body
    word = piece.pick(("with_bpm_mul", "density"))
    how = piece.pick(("[1, 1, 2].choose", "(one_in(4) ? 2 : 1)"))
    return _like(body, block(f"{word} {how} do", body.lines))


def _like(body: Body, lines: Lines, beats: float | None = None) -> Body:
    return Body(lines, body.beats if beats is None else beats, body.setup)
