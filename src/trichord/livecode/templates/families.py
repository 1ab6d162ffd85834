"""What may take another's place: chords, scales, synths, effects and samples of one kind.

A synth or effect takes the place of another only where it accepts every argument that the program
gives to that one: `gverb` counts its room in metres, so it never stands in for a `reverb` whose
room is 0.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trichord.livecode.templates.places import Place
from trichord.livecode.templates.vocabulary import Vocabulary

CHORDS: tuple[tuple[str, ...], ...] = (
    ("major", "major7", "add9", "sus2", "sus4", "6", "maj9"),
    ("minor", "minor7", "m9", "m7", "sus2", "sus4", "m6"),
    ("dom7", "7", "9", "7sus4", "dom9", "13"),
    ("diminished", "dim7", "halfdiminished", "m7-5"),
)
"""Kinds of chord that take each other's place; of these and the following, the first that fits."""

SCALES: tuple[tuple[str, ...], ...] = (
    ("minor_pentatonic", "major_pentatonic", "hirajoshi", "kumoi", "egyptian", "blues_minor"),
    ("major", "lydian", "mixolydian", "ionian"),
    ("minor", "dorian", "phrygian", "aeolian", "harmonic_minor"),
    ("pelog", "hirajoshi", "iwato", "kumoi", "yu"),
    ("bhairav", "todi", "purvi", "marva", "ahirbhairav"),
)

SYNTHS: tuple[tuple[str, ...], ...] = (
    ("hollow", "dark_ambience", "prophet", "blade", "supersaw", "dsaw", "growl"),
    ("pluck", "piano", "pretty_bell", "dull_bell", "beep", "tri", "fm", "sine"),
    ("tb303", "saw", "pulse", "square", "subpulse", "chipbass", "hoover", "tech_saws"),
    ("mod_saw", "mod_dsaw", "mod_pulse", "mod_tri", "mod_fm", "mod_beep", "mod_sine"),
    ("noise", "pnoise", "bnoise", "gnoise", "cnoise", "chipnoise"),
    ("chiplead", "pulse", "square", "tri"),
    ("zawa", "dpulse", "dtri", "dsaw"),
)

EFFECTS: tuple[tuple[str, ...], ...] = (
    ("reverb", "gverb"),
    ("echo", "ping_pong"),
    ("lpf", "rlpf", "nlpf", "nrlpf"),
    ("hpf", "rhpf", "nhpf", "nrhpf"),
    ("slicer", "panslicer", "tremolo", "wobble", "ixi_techno"),
    ("distortion", "tanh", "bitcrusher", "krush"),
)


class Families:
    """The families of an installation, as far as one program lets them be swapped."""

    def __init__(self, vocabulary: Vocabulary, places: Iterable[Place]) -> None:
        """Takes note of the arguments that the program gives, and to whom."""
        self.vocabulary = vocabulary
        self._given: dict[tuple[str, str], list[tuple[str, float]]] = {}
        for place in places:
            if isinstance(place.value, str):
                continue
            for name in place.names or ("",):
                given = self._given.setdefault((place.target, name), [])
                given.append((place.meaning, place.value))

    def alike(self, meaning: str, name: str) -> tuple[str, ...]:
        """What may stand where `name` stands, itself included; nothing if it is not known.

        Args:
            meaning: `chord`, `scale`, `synth`, `effect` or `sample`; all else has no family.
            name: of a chord, synth … in the program.
        """
        known = self.vocabulary
        if meaning == "sample":
            return _known(_group(name, known.samples), known.samples, name)
        if meaning == "chord":
            return _known(_family(name, CHORDS), known.chords, name)
        if meaning == "scale":
            return _known(_family(name, SCALES), tuple(known.scales), name)
        if meaning == "synth":
            family = _known(_family(name, SYNTHS), tuple(known.synths), name)
        elif meaning == "effect":
            family = _known(_family(name, EFFECTS), tuple(known.effects), name)
        else:
            return ()
        return tuple(
            other for other in family if other == name or self._takes(meaning, name, other)
        )

    def _takes(self, kind: str, name: str, other: str) -> bool:
        """Whether `other` accepts what the program gives to `name`."""
        table = self.vocabulary.synths if kind == "synth" else self.vocabulary.effects
        own, others = table[name], table[other]
        # What `control` changes may belong to any synth or effect that has such an argument.
        given = [each for each in self._given.get(("", ""), []) if each[0] in own]
        given += self._given.get((kind, name), [])
        return all(others[arg].holds(value) for arg, value in given if arg in others)


def _family(name: str, families: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return next((family for family in families if name in family), (name,))


def _group(name: str, samples: Sequence[str]) -> tuple[str, ...]:
    """The samples whose names begin alike: `bd_haus` and the other bass drums."""
    kind = name.partition("_")[0]
    return tuple(each for each in samples if each.startswith(f"{kind}_"))


def _known(family: Sequence[str], known: Sequence[str], name: str) -> tuple[str, ...]:
    return tuple(each for each in family if each in known) if name in known else ()
