"""The default ranges: a filled template is a variation of the piece, not noise.

Times stay on the grid that they are written on, notes in the key and near their register, a kick
stays a kick and a pad a pad. Values that stand equal in a program for a musical reason (the sleeps
of two loops in step, a sample loaded and then played) share one hole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from trichord.livecode.templates import rules
from trichord.livecode.templates.families import Families
from trichord.livecode.templates.key import midi, pitch_classes
from trichord.livecode.templates.places import Place
from trichord.livecode.templates.ranges import OneOf, Pitches, Range
from trichord.livecode.templates.rules import Rule
from trichord.livecode.templates.vocabulary import Bounds, Vocabulary
from trichord.livecode.templates.words import word_set

SHARED = frozenset(("sleep", "bpm", "synth", "sample", "note", "chord", "scale"))
"""Meanings whose equal values share a hole."""

NUMBERS: dict[str, Rule] = {
    "amp": rules.near(0.6, 1.4),
    "amp_fudge": rules.near(0.8, 1.25),
    "attack": rules.near(0.5, 2, zero=0.05),
    "beat_stretch": rules.times(0.5, 1, 2),
    "bits": rules.whole(4, 12),
    "bpm": rules.whole_near(0.8, 1.25, least=20),
    "centre": rules.around(12, 40, 120),
    "chance": rules.whole_near(0.5, 2, least=2),
    "coef": rules.between(-0.6, 0.6),
    "cutoff": rules.around(18, 35, 130),
    "cutoff_max": rules.around(12, 60, 130),
    "cutoff_min": rules.around(12, 30, 100),
    "damp": rules.between(0.1, 0.9),
    "degree": rules.whole(1, 7),
    "density": rules.one_of(1, 2, 4),
    "detune": rules.near(0.5, 2),
    "distort": rules.between(0.1, 0.9),
    "feedback": rules.between(0.1, 0.8),
    "finish": rules.between(0.3, 1),
    "hits": rules.whole_near(0.6, 1.7),
    "hpf": rules.around(15, 20, 118),
    "interval": rules.one_of(-12, -7, -5, 0, 5, 7, 12),
    "invert": rules.whole(-2, 2),
    "invert_wave": rules.whole(0, 1),
    "lpf": rules.around(18, 35, 130),
    "mix": rules.between(0.15, 0.85),
    "mod_phase": rules.times(0.5, 1, 1.5, 2),
    "mod_range": rules.one_of(5, 7, 12, 19, 24),
    "octave": rules.around(1, 1, 6),
    "octaves": rules.whole(1, 3),
    "pan": rules.between(-0.9, 0.9),
    "phase": rules.times(0.5, 0.75, 1, 1.5, 2),
    "phase_offset": rules.between(0, 0.9),
    "pitch": rules.one_of(-12, -5, 0, 7, 12),
    "pulse_width": rules.between(0.1, 0.9),
    "rate": rules.times(0.5, 0.75, 1, 1.25, 1.5, 2),
    "res": rules.between(0.1, 0.92),
    "room": rules.between(0.3, 1),
    "rpitch": rules.one_of(-12, -5, 0, 7, 12),
    "sample_rate": rules.near(0.5, 2),
    "seed": rules.whole(0, 9999),
    "sleep": rules.times(0.5, 1, 1.5, 2),
    "spread": rules.between(0.2, 1),
    "start": rules.between(0, 0.7),
    "sustain": rules.near(0.5, 2),
    "times": rules.times(0.5, 1, 1.5, 2, integer=True),
    "transpose": rules.one_of(-12, -7, -5, 0, 5, 7, 12),
}
"""How far each number may be moved. An argument that is not here may halve or double."""

OTHER: Rule = rules.near(0.5, 2)

LEFT_ALONE = word_set(
    "count steps kill_delay reps env_curve buffer num_slices slice onset window_size"
)
"""Moved, these break a piece or change nothing that is heard."""


@dataclass(frozen=True)
class Context:
    """What a range depends on besides its place."""

    families: Families
    classes: tuple[int, ...]
    """The pitch classes of the program, see `key`."""

    @classmethod
    def of(cls, found: Sequence[Place], vocabulary: Vocabulary) -> Context:
        """The context of the places of a program."""
        return cls(Families(vocabulary, found), pitch_classes(found))


def musical_range(place: Place, context: Context) -> Range | None:
    """What a place may be filled with; None: it is left as it is."""
    if place.meaning == "note":
        return _pitches(place, context.classes)
    if isinstance(place.value, str):
        alike = context.families.alike(place.meaning, place.value)
        group = f"{place.meaning}s_like_{place.value}".replace("-", "_")
        return OneOf(alike, group) if len(alike) > 1 else None
    if place.meaning in LEFT_ALONE:
        return None
    rule = NUMBERS.get(place.meaning, OTHER)
    return rule(place.value, bounds_of(place, context.families))


def bounds_of(place: Place, families: Families) -> Bounds:
    """Sonic Pi's own limits of a place.

    Where the synth or effect may itself be swapped for another, or is not known, the limits are
    those of all that it may be.
    """
    vocabulary = families.vocabulary
    if not place.target:
        if place.meaning not in NUMBERS or place.meaning in ("sleep", "bpm", "times"):
            return Bounds()
        both = (vocabulary.synths, vocabulary.effects)
        limits = [
            known[place.meaning] for t in both for known in t.values() if place.meaning in known
        ]
        return reduce(Bounds.both, (each for each in limits if not each.one_of), Bounds())
    table = vocabulary.synths if place.target == "synth" else vocabulary.effects
    swapped = [other for name in place.names for other in families.alike(place.target, name)]
    argument = "lpf" if (place.target, place.meaning) == ("sample", "cutoff") else place.meaning
    return vocabulary.bounds(swapped or place.names or table, argument, place.target)


REACH = 7
"""Semitones that a note may move up or down: a fifth keeps its register."""


def _pitches(place: Place, classes: tuple[int, ...]) -> Range | None:
    note = midi(place)
    if note is None or not 0 <= note <= 127:
        return None
    low, high = max(0, note - REACH), min(127, note + REACH)
    if isinstance(place.value, str) and not place.value[-1].isdigit():
        low, high = 60, 71
    return Pitches(low, high, classes)
