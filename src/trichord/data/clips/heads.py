"""What a clip is called as a whole: a drone, an arpeggio, dub, a techno beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from trichord.data.clips.playing import Playing

GENERIC = ("piece", "loop", "track", "music")
"""What any clip may be called."""

Test = Callable[[Playing, Mapping[str, float]], bool]


@dataclass(frozen=True)
class Head:
    """Names for the whole, and when they hold; `style` marks those that name a genre."""

    nouns: tuple[str, ...]
    holds: Test
    style: bool = False


ADJECTIVES = frozenset({"ambient", "minimal", "cinematic", "industrial", "experimental", "folk"})
"""Genres that are no nouns: "ambient music"."""


def find_heads(
    playing: Playing, traits: Mapping[str, float], words: Sequence[str] = ()
) -> list[str]:
    """All names that hold, the most telling first; empty where only the generic ones do.

    Args:
        playing: measures of the events.
        traits: all numbers, see `traits.combine`.
        words: the genre as its maker names it; no other style is guessed beside it.
    """
    told = [f"{word} music" if word in ADJECTIVES else word for word in words]
    heads = [head for head in HEADS if head.holds(playing, traits)]
    return told + [noun for head in heads if not (told and head.style) for noun in head.nouns]


def _role(playing: Playing, *roles: str) -> float:
    return sum(playing.roles.get(role, 0.0) for role in roles)


def _effect(playing: Playing, *roles: str) -> float:
    return max((share for row, share in playing.effects.items() if row.role in roles), default=0.0)


def _is_drone(p: Playing, t: Mapping[str, float]) -> bool:
    return p.strokes > 0 and p.pace < 0.8 and p.drums < 0.15 and t["strokes"] < 14.0


def _is_ambient(p: Playing, t: Mapping[str, float]) -> bool:
    airy = _role(p, "pad", "voice", "bell", "noise") > 0.3 or _effect(p, "reverb", "echo") > 0.4
    return p.drums < 0.15 and t["speed"] < -0.3 and t["strokes"] < 28.0 and airy


def _is_dub(p: Playing, t: Mapping[str, float]) -> bool:
    echoing = _effect(p, "echo") > 0.2
    return echoing and t["bass"] > -4.0 and p.drums > 0.1 and t["speed"] < 0.2


def _is_techno(p: Playing, _: Mapping[str, float]) -> bool:
    steady = p.pulse > 0.7 and 112.0 <= p.tempo <= 150.0
    return steady and _role(p, "kick") > 0.12 and p.pace > 2.5


def _is_breakbeat(p: Playing, _: Mapping[str, float]) -> bool:
    return _role(p, "break") > 0.2


def _is_jungle(p: Playing, t: Mapping[str, float]) -> bool:
    return _role(p, "break") > 0.2 and (p.tempo >= 150.0 or t["speed"] > 0.9)


def _is_beat(p: Playing, _: Mapping[str, float]) -> bool:
    return p.drums > 0.6


def _is_groove(p: Playing, _: Mapping[str, float]) -> bool:
    return 0.2 < p.drums <= 0.8 and p.pulse > 0.5 and p.pace > 1.5


def _is_arpeggio(p: Playing, t: Mapping[str, float]) -> bool:
    even = p.pulse > 0.6 and p.pace >= 3.0
    return even and p.drums < 0.15 and p.chords < 0.2 and "register" in t


def _is_melody(p: Playing, t: Mapping[str, float]) -> bool:
    return 0.8 <= p.pace < 5.0 and p.drums < 0.2 and p.chords < 0.4 and "register" in t


def _is_chords(p: Playing, _: Mapping[str, float]) -> bool:
    return p.chords > 0.5 and p.drums < 0.3


def _is_bassline(p: Playing, t: Mapping[str, float]) -> bool:
    return _role(p, "bass", "acid") > 0.6 or (p.drums < 0.15 and t.get("register", 60.0) < 43.0)


def _is_noise(p: Playing, t: Mapping[str, float]) -> bool:
    return t["flatness"] > -10.0 and p.pulse < 0.5


HEADS: tuple[Head, ...] = (
    Head(("dub", "dub groove"), _is_dub, style=True),
    Head(("techno", "techno beat", "four-on-the-floor beat"), _is_techno, style=True),
    Head(("jungle", "drum and bass"), _is_jungle, style=True),
    Head(("breakbeat", "beat of chopped drums"), _is_breakbeat),
    Head(("chiptune", "8-bit tune"), lambda p, _: _role(p, "chip") > 0.4, style=True),
    Head(("acid line", "acid loop"), lambda p, _: _role(p, "acid") > 0.4),
    Head(("drone",), _is_drone),
    Head(("ambient music", "ambient piece", "soundscape"), _is_ambient, style=True),
    Head(("noise", "noise texture"), _is_noise),
    Head(("beat", "drum pattern", "drum groove"), _is_beat),
    Head(("groove", "rhythm"), _is_groove),
    Head(("arpeggio", "sequence", "arpeggiated synth"), _is_arpeggio),
    Head(("bass line", "bass riff"), _is_bassline),
    Head(("chords", "chord progression"), _is_chords),
    Head(("melody", "tune"), _is_melody),
)
"""In the order in which a listener would reach for them."""
