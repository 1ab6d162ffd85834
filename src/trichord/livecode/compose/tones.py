"""The options of a note in its role: envelope, filter, place, loudness; drawn once a voice."""

from __future__ import annotations

from trichord.livecode.compose.piece import Piece, Ticker
from trichord.livecode.compose.sounds import TRIM
from trichord.livecode.compose.style import Options
from trichord.livecode.compose.values import FILTER, LOUDNESS, PLACE
from trichord.livecode.compose.voice import Voice, cutoffs, level

_SUSTAINED = ("chords", "drone", "texture")


def tone(piece: Piece, voice: Voice, ticker: Ticker, beats: float, share: float = 1.0) -> Options:
    """Options for one note of about `beats` beats, some of which the voice keeps for itself.

    What does not change from note to note goes to the voice's fixed options when it writes
    defaults; the rest is returned.
    """
    moving: Options = {}
    length = envelope(piece, voice.role, beats)
    if voice.synth == "piano":
        length.pop("attack", None)
    if voice.filtered and piece.chance(0.6):
        low, high = min(cutoffs(voice.role)), max(cutoffs(voice.role))
        moving["cutoff"] = FILTER.expand(piece, ticker, low, high)
    if voice.role not in ("bass", "drone") and piece.chance(0.3):
        moving["pan"] = PLACE.expand(piece, ticker)
    amp = level(piece, voice.role, TRIM.get(voice.synth, 1.0), share)
    moving["amp"] = LOUDNESS.expand(piece, ticker, amp)
    moving = {**length, **moving}
    if not voice.defaults:
        return moving
    voice.fixed.update({name: value for name, value in moving.items() if _is_plain(value)})
    return {name: value for name, value in moving.items() if name not in voice.fixed}


def _is_plain(value: str) -> bool:
    return value.replace(".", "").replace("-", "").isdigit()


def envelope(piece: Piece, role: str, beats: float) -> Options:
    """Attack, sustain and release that fill about `beats` beats, as the role has them."""
    if role in _SUSTAINED and beats >= 1:
        return _long(piece, beats)
    if role == "bell":
        return {"release": piece.beats(piece.value(1, 1.5, 2, 3))}
    options: Options = {}
    length = max(0.1, beats * piece.value(0.5, 0.7, 0.9, 1, 1.2, 1.5))
    kind = piece.weighted({"release": 6, "sustain": 1.5, "drawn": 1, "soft": 0.7})
    if kind == "release":
        options["release"] = _round(piece, length)
    elif kind == "sustain":
        options["sustain"] = _round(piece, length * 0.6)
        options["release"] = _round(piece, max(0.05, length * 0.3))
    elif kind == "drawn":
        low, high = _round(piece, length * 0.5), _round(piece, length * 1.3)
        options["release"] = f"rrand({low}, {high})"
    else:
        options["attack"] = _round(piece, length * 0.15)
        options["release"] = _round(piece, length)
    return options


def _long(piece: Piece, beats: float) -> Options:
    attack = beats * piece.value(0.05, 0.1, 0.25, 0.4)
    options = {"attack": _round(piece, attack)} if piece.chance(0.75) else {}
    if piece.chance(0.5):
        options["sustain"] = _round(piece, beats * piece.value(0.3, 0.5, 0.7))
        options["release"] = _round(piece, beats * piece.value(0.3, 0.5))
    else:
        options["release"] = _round(piece, beats * piece.value(0.7, 0.9, 1.1))
    return options


def _round(piece: Piece, beats: float) -> str:
    value = beats * piece.song.unit
    if value >= 1.5:
        return piece.style.number(round(value * 2) / 2)
    return piece.style.number(max(0.05, round(value, 1) if value >= 0.2 else round(value, 2)))
