"""Presets: a genre is a set of weights, and the structure of a piece follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Genre:
    """What pieces of a genre have in common.

    Attributes:
        bpm: slowest and fastest tempo, beats per minute.
        modes: weights of the modes by name.
        layers: weights of the number of layers.
        roles: weights of roles; a role may come twice where its weight is high.
        must: roles that every piece of the genre has.
        kits: weights of drum kits.
        meters: weights of beats per bar.
        fast: 0 for long notes, 1 for many short ones.
        wet: chance of an effect around a layer.
        leads, basses, pads: factors on the weights of synths by name.
    """

    name: str
    bpm: tuple[int, int]
    modes: Mapping[str, float]
    roles: Mapping[str, float]
    must: tuple[str, ...] = ()
    layers: Mapping[int, float] = field(default_factory=lambda: {2: 2, 3: 4, 4: 3, 5: 1.5})
    kits: Mapping[str, float] = field(default_factory=lambda: {"house": 1, "electro": 1})
    meters: Mapping[int, float] = field(default_factory=lambda: {4: 1})
    fast: float = 0.5
    wet: float = 0.5
    leads: Mapping[str, float] = field(default_factory=dict)
    basses: Mapping[str, float] = field(default_factory=dict)
    pads: Mapping[str, float] = field(default_factory=dict)


_MINORISH = {"minor": 4, "minor_pentatonic": 4, "dorian": 3, "phrygian": 1.5, "harmonic_minor": 1}
_BRIGHT = {"major": 4, "major_pentatonic": 4, "lydian": 1.5, "mixolydian": 1.5, "dorian": 1}
_ANY = {**_MINORISH, **_BRIGHT}
_BAND = {"melody": 2, "chords": 2, "bass": 2, "drums": 2.5, "hats": 1, "texture": 0.5, "arp": 1}

_TABLE = (
    Genre("techno", (120, 140), {**_MINORISH, "whole_tone": 0.3}, {**_BAND, "drone": 0.4},
          must=("drums",), kits={"house": 3, "electro": 2}, fast=0.8, wet=0.5,
          basses={"tb303": 4, "fm": 2}, leads={"tb303": 3, "mod_saw": 2}),
    Genre("house", (112, 126), {"minor": 3, "dorian": 4, "minor_pentatonic": 2, "mixolydian": 1},
          _BAND, must=("drums", "chords"), kits={"house": 4, "hop": 1}, fast=0.6,
          leads={"piano": 3}, basses={"fm": 2, "subpulse": 2}),
    Genre("dub", (66, 84), {"minor": 3, "dorian": 3, "minor_pentatonic": 3},
          {"bass": 3, "chords": 3, "drums": 2, "melody": 1, "texture": 1, "hats": 0.7},
          must=("bass", "drums"), kits={"acoustic": 2, "hop": 2}, fast=0.3, wet=0.85,
          basses={"sine": 3, "tri": 3, "fm": 2}),
    Genre("ambient", (44, 80), {**_ANY, "lydian": 3, "hirajoshi": 1},
          {"drone": 3, "chords": 3, "melody": 2, "texture": 3, "bell": 2, "arp": 0.7},
          layers={1: 1, 2: 3, 3: 4, 4: 1}, fast=0.1, wet=0.95,
          leads={"piano": 2, "pretty_bell": 2, "blade": 2}),
    Genre("drone", (40, 70), {"minor": 2, "phrygian": 2, "dorian": 1, "pelog": 1, "hirajoshi": 1},
          {"drone": 4, "texture": 2, "bell": 1, "chords": 1}, must=("drone",),
          layers={1: 2, 2: 3, 3: 2}, fast=0.05, wet=0.9),
    Genre("minimal", (90, 150), {**_ANY, "major_pentatonic": 5}, {"arp": 4, "melody": 3, "bell": 2,
          "chords": 1, "bass": 1, "hats": 0.4}, must=("arp",), kits={"electro": 1, "acoustic": 1},
          meters={4: 4, 3: 2, 6: 2, 5: 1, 7: 0.7}, fast=0.9, wet=0.4,
          leads={"pluck": 3, "piano": 3, "beep": 2}),
    Genre("jazz", (86, 150), {"dorian": 4, "major": 3, "mixolydian": 3, "melodic_minor": 1,
          "blues_minor": 2}, {"chords": 3, "bass": 3, "melody": 3, "drums": 2, "hats": 1},
          must=("chords", "bass"), kits={"acoustic": 1}, meters={4: 5, 3: 2, 5: 0.5}, fast=0.5,
          wet=0.35, leads={"piano": 5, "fm": 2, "pluck": 2}, basses={"pluck": 5, "fm": 2}),
    Genre("breakbeat", (100, 174), _MINORISH, {"break": 3, "bass": 3, "chords": 1.5, "melody": 1,
          "texture": 1, "hats": 1, "arp": 1}, must=("break",), kits={"acoustic": 2, "hop": 1},
          fast=0.7, wet=0.5, basses={"dsaw": 3, "subpulse": 2}),
    Genre("hiphop", (72, 98), {"minor": 3, "dorian": 3, "minor_pentatonic": 3, "blues_minor": 1},
          {**_BAND, "break": 0.7}, must=("drums",), kits={"hop": 4, "acoustic": 1}, fast=0.4,
          wet=0.5, leads={"piano": 4, "dull_bell": 2}),
    Genre("chiptune", (120, 180), {"major": 3, "minor": 3, "mixolydian": 1, "minor_pentatonic": 2},
          {"melody": 4, "bass": 3, "arp": 3, "drums": 2, "hats": 0.7}, must=("melody",),
          kits={"electro": 3, "house": 1}, meters={4: 5, 3: 1}, fast=0.8, wet=0.25,
          leads={"chiplead": 9, "square": 5, "pulse": 5, "beep": 2},
          basses={"chipbass": 9, "square": 3, "pulse": 2}),
    Genre("gamelan", (60, 120), {"pelog": 5, "hirajoshi": 2, "iwato": 1, "egyptian": 1},
          {"bell": 4, "arp": 3, "melody": 2, "drone": 0.7, "hats": 0.4}, must=("bell",),
          kits={"tabla": 1}, meters={4: 4, 3: 1, 6: 1}, fast=0.6, wet=0.6,
          leads={"pretty_bell": 6, "dull_bell": 6, "pluck": 2, "fm": 2}),
    Genre("trance", (128, 142), {"minor": 5, "harmonic_minor": 1, "phrygian": 1}, _BAND,
          must=("arp", "drums"), kits={"house": 1}, fast=0.85, wet=0.6,
          leads={"supersaw": 6, "prophet": 2, "dsaw": 3, "saw": 3}, pads={"supersaw": 4}),
    Genre("synthwave", (84, 118), {"minor": 5, "dorian": 2, "major": 1}, _BAND,
          must=("bass", "chords"), kits={"electro": 2, "acoustic": 1, "house": 1}, fast=0.6,
          wet=0.6, leads={"prophet": 4, "saw": 3, "dsaw": 3}, pads={"prophet": 4, "dsaw": 3}),
    Genre("glitch", (80, 150), {**_ANY, "whole_tone": 1}, {"drums": 3, "texture": 2, "melody": 1.5,
          "bass": 1, "bell": 1, "break": 1, "drone": 0.7}, kits={"glitch": 4, "electro": 2},
          meters={4: 4, 5: 1, 7: 1}, fast=0.8, wet=0.6),
    Genre("folk", (76, 132), {"major": 4, "mixolydian": 2, "dorian": 2, "major_pentatonic": 3},
          {"melody": 4, "chords": 3, "bass": 1.5, "arp": 1.5, "drone": 0.5, "drums": 0.7},
          must=("melody",), kits={"acoustic": 1}, meters={4: 3, 3: 3, 6: 1}, fast=0.5, wet=0.3,
          leads={"pluck": 7, "piano": 3, "beep": 1, "blade": 1}),
    Genre("raga", (60, 110), {"phrygian": 2, "mixolydian": 1, "dorian": 1, "lydian": 1,
          "harmonic_minor": 1}, {"drone": 3, "melody": 3, "drums": 3, "bell": 0.5},
          must=("drone", "drums"), kits={"tabla": 1}, meters={4: 4, 7: 1, 5: 1, 6: 1}, fast=0.6,
          wet=0.5, leads={"pluck": 4, "blade": 3, "zawa": 1}),
    Genre("poly", (90, 130), _ANY, {"drums": 2, "arp": 3, "bell": 2, "melody": 1.5, "bass": 1.5,
          "hats": 1.5}, must=("arp", "drums"), kits={"electro": 2, "tabla": 1, "acoustic": 1},
          meters={4: 3, 3: 2, 5: 2, 7: 2, 6: 1}, fast=0.7, wet=0.4),
    Genre("sketch", (70, 140), _ANY, {"melody": 3, "chords": 1.5, "bass": 1, "drums": 1.5,
          "bell": 1, "arp": 1, "texture": 0.5}, layers={1: 4, 2: 4, 3: 1},
          kits={"house": 1, "acoustic": 1, "electro": 1, "hop": 1}, meters={4: 6, 3: 1}, wet=0.4),
)  # fmt: skip

GENRES: dict[str, Genre] = {each.name: each for each in _TABLE}
WEIGHTS: dict[str, float] = {
    "techno": 1.2, "house": 1, "dub": 1, "ambient": 1.3, "drone": 0.5, "minimal": 1.2, "jazz": 1,
    "breakbeat": 1, "hiphop": 1, "chiptune": 1, "gamelan": 0.7, "trance": 0.8, "synthwave": 1,
    "glitch": 0.7, "folk": 0.8, "raga": 0.6, "poly": 0.8, "sketch": 1.5,
}  # fmt: skip
"""How often a genre is drawn."""
