"""The words for sound that captions use, and the measured traits that each of them rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Ranks = Mapping[str, float]
"""Per trait, the share of instruments that have less of it, 0..1."""


@dataclass(frozen=True)
class Word:
    """An adjective group with the phrase that says the same after a comma or after "with".

    Attributes:
        trait: field of `Traits`.
        low, high: ranks between which the words hold.
        least, most: absolute limits of the trait, where a rank alone would mislead.
        adjectives: interchangeable adjectives.
        phrase: for "…, slow attack" and "… with a slow attack" (article included).
        families: the families that these words fit; empty for all.
        weight: how much more often than others the words are chosen.
    """

    trait: str
    low: float
    high: float
    adjectives: tuple[str, ...]
    phrase: str
    least: float = float("-inf")
    most: float = float("inf")
    families: tuple[str, ...] = ()
    weight: int = 1

    def fits(self, family: str, ranks: Ranks, traits: Mapping[str, float]) -> bool:
        """Whether an instrument of these ranks and traits deserves the words."""
        if self.families and family not in self.families:
            return False
        inside = self.low <= ranks[self.trait] <= self.high
        return inside and self.least <= traits[self.trait] <= self.most


BLOWN = ("flute", "reed", "brass", "vocal", "organ", "synth_lead", "string")
STRUCK = ("mallet",)
PLUCKED = ("guitar", "keyboard", "bass")

BRIGHT = ("bright", "brilliant", "crisp", "sparkling")
DARK = ("dark", "warm", "mellow", "muffled")
SHORT = ("short", "muted", "staccato", "tight")
LONG = ("long", "ringing", "resonant")
SUSTAINED = ("sustained", "long", "held")
BREATHY = ("breathy", "airy", "noisy")
PURE = ("pure", "clean", "clear")

WORDS: tuple[Word, ...] = (
    Word("brightness", 0.68, 1.0, BRIGHT, "a bright tone", weight=3),
    Word("brightness", 0.0, 0.32, DARK, "a dark tone", weight=3),
    Word("decay_s", 0.0, 0.4, SHORT, "a short decay", most=1.0, weight=2),
    Word("decay_s", 0.6, 1.0, LONG, "a long decay", 1.5, 3.6, weight=2),
    Word("sustain_db", 0.45, 1.0, SUSTAINED, "a steady sustain", least=-9.0, weight=2),
    Word("attack_s", 0.65, 1.0, ("slow", "swelling", "gentle"), "a slow attack", least=0.15),
    Word("attack_s", 0.0, 0.35, ("punchy", "snappy", "fast"), "a fast attack", most=0.03),
    Word("harmonic_db", 0.0, 0.3, BREATHY, "a breathy tone", families=BLOWN, weight=2),
    Word("harmonic_db", 0.0, 0.35, ("metallic", "clangorous"), "a metallic ring", families=STRUCK),
    Word("harmonic_db", 0.0, 0.25, ("gritty", "noisy", "rough"), "some noise", families=PLUCKED),
    Word("harmonic_db", 0.7, 1.0, PURE, "a pure tone", weight=2),
    Word("fundamental", 0.0, 0.25, ("thin", "nasal", "hollow"), "little bottom"),
    Word("fundamental", 0.75, 1.0, ("round", "full", "smooth"), "a round tone"),
    Word("vibrato_cents", 0.7, 1.0, ("expressive", "wavering"), "vibrato", least=6.0),
    Word("beating_db", 0.7, 1.0, ("detuned", "chorused", "wide"), "a slow beating", least=3.5),
    Word("beating_db", 0.0, 0.25, ("steady", "plain"), "no vibrato", most=0.6),
    Word("release_s", 0.75, 1.0, ("spacious", "lingering"), "a long release", least=0.5),
)

PLAIN_TRAITS = ("brightness", "decay_s", "sustain_db", "harmonic_db")
"""Where one of these words fits, one caption says it in its plainest form ("dark flute")."""

SOURCE_WORDS: Mapping[str, tuple[str, ...]] = {
    "acoustic": ("acoustic", "natural", "recorded"),
    "electronic": ("electric", "amplified", "electronic"),
    "synthetic": ("synthetic", "synthesizer", "digital"),
}

FAMILY_NOUNS: Mapping[str, tuple[str, ...]] = {
    "bass": ("bass", "bass instrument"),
    "brass": ("brass", "horn"),
    "flute": ("flute", "woodwind"),
    "guitar": ("guitar", "plucked strings"),
    "keyboard": ("keyboard", "keys"),
    "mallet": ("mallets", "mallet percussion"),
    "organ": ("organ", "organ sound"),
    "reed": ("reed", "reed instrument"),
    "string": ("strings", "string instrument"),
    "synth_lead": ("synth", "synth lead"),
    "vocal": ("voice", "choir"),
}

CONTEXTS: Mapping[str, tuple[str, ...]] = {
    "bass": ("a funk groove", "a dub track", "a jazz trio", "a house track"),
    "brass": ("a fanfare", "a jazz ballad", "a film score", "a soul track"),
    "flute": ("a folk tune", "a film score", "an ambient piece", "a lullaby"),
    "guitar": ("a folk song", "a rock riff", "a ballad", "a country tune"),
    "keyboard": ("a film score", "a jazz ballad", "a lofi beat", "a pop song"),
    "mallet": ("a lullaby", "a minimal piece", "a film score", "a lofi beat"),
    "organ": ("a hymn", "a soul track", "a reggae groove", "a film score"),
    "reed": ("a jazz ballad", "a folk dance", "a film score", "a tango"),
    "string": ("a film score", "a slow adagio", "a pop ballad", "chamber music"),
    "synth_lead": ("an ambient piece", "a techno track", "a retro game", "a synthwave track"),
    "vocal": ("a film score", "an ambient piece", "a hymn", "a dream pop song"),
}
