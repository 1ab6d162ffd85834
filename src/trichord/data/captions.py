"""Captions that a musician might type, from names, families and measured traits.

A trait word that stands with a noun compares within the family ("bright bass"); one that stands
alone ("bright, short sound") compares with all instruments.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trichord.data.words import (
    CONTEXTS,
    FAMILY_NOUNS,
    PLAIN_TRAITS,
    SOURCE_WORDS,
    WORDS,
    Ranks,
    Word,
)

CAPTIONS = 10
"""Captions per instrument."""


@dataclass(frozen=True)
class Described:
    """What a caption may speak of.

    Attributes:
        in_family, overall: ranks of the traits among the family and among all instruments.
        traits: the traits themselves, in their units.
    """

    instrument_id: str
    name: str
    family: str
    source: str
    nouns: tuple[str, ...]
    traits: Mapping[str, float]
    in_family: Ranks
    overall: Ranks


def rank(values: Sequence[float]) -> list[float]:
    """Mid-ranks scaled to 0..1; equal values get equal ranks, a single value 0.5."""
    array = np.asarray(values, float)
    below = (array[None, :] < array[:, None]).sum(axis=1)
    equal = (array[None, :] == array[:, None]).sum(axis=1)
    return [float(value) for value in (below + 0.5 * equal) / len(array)]


def write_captions(described: Described, seed: int) -> tuple[str, ...]:
    """Write `CAPTIONS` different captions; the same instrument and seed get the same ones."""
    digest = hashlib.sha256(f"{seed}:{described.instrument_id}".encode()).digest()
    writer = _Writer(described, np.random.default_rng(int.from_bytes(digest[:8], "little")))
    captions = dict.fromkeys(writer.fixed())
    for _ in range(200):
        if len(captions) >= CAPTIONS:
            break
        captions.setdefault(writer.draw())
    return tuple(captions)[:CAPTIONS]


class _Writer:
    """Fills patterns with an instrument's words."""

    def __init__(self, described: Described, generator: np.random.Generator) -> None:
        self._it = described
        self._generator = generator
        self._near = self._fitting(described.in_family)
        self._wide = self._fitting(described.overall)

    def _fitting(self, ranks: Ranks) -> list[Word]:
        return [word for word in WORDS if word.fits(self._it.family, ranks, self._it.traits)]

    def fixed(self) -> list[str]:
        """The plain ones: the noun, what the font calls it, the noun with its plainest words."""
        noun = self._it.nouns[0]
        said = [word.adjectives[0] for word in self._near if word.trait in PLAIN_TRAITS]
        return [noun, clean_name(self._it.name), *(_join(word, noun) for word in said)]

    def draw(self) -> str:
        """One more, in one of the patterns."""
        patterns = (
            self._adjective_noun,
            self._adjective_noun,
            self._two_adjectives,
            self._noun_comma,
            self._noun_with,
            self._family_sound,
            self._for_context,
            self._bare_sound,
        )
        return patterns[int(self._generator.integers(len(patterns)))]()

    def _pick(self, options: Sequence[str]) -> str:
        return options[int(self._generator.integers(len(options)))]

    def _words(self, words: list[Word], count: int) -> list[Word]:
        """Different traits, in random order, heavier words sooner."""
        weights = np.array([word.weight for word in words], float)
        hurry = self._generator.exponential(size=len(words)) / weights
        found: dict[str, Word] = {}
        for index in np.argsort(hurry):
            found.setdefault(words[index].trait, words[index])
        return list(found.values())[:count]

    def _adjectives(self, words: list[Word], count: int) -> list[str]:
        chosen = [self._pick(word.adjectives) for word in self._words(words, count)]
        return chosen or [self._pick(SOURCE_WORDS[self._it.source])]

    def _adjective_noun(self) -> str:
        return _join(self._adjectives(self._near, 1)[0], self._pick(self._it.nouns))

    def _two_adjectives(self) -> str:
        adjectives = ", ".join(self._adjectives(self._near, 2))
        return _join(adjectives, self._pick(self._it.nouns))

    def _noun_comma(self) -> str:
        words = self._words(self._near, 2)
        noun = self._pick(self._it.nouns)
        if len(words) < 2:
            return noun
        phrase = re.sub(r"^an? ", "", words[1].phrase)
        return f"{_join(self._pick(words[0].adjectives), noun)}, {phrase}"

    def _noun_with(self) -> str:
        words = self._words(self._near, 2)
        noun = self._pick(self._it.nouns)
        return f"{noun} with {' and '.join(word.phrase for word in words)}" if words else noun

    def _family_sound(self) -> str:
        adjective = self._adjectives(self._near, 1)[0]
        noun = self._pick(FAMILY_NOUNS[self._it.family])
        if noun.startswith("synth"):
            return _join(adjective, noun)
        return _join(f"{adjective} {self._pick(SOURCE_WORDS[self._it.source])}", noun)

    def _for_context(self) -> str:
        return f"{self._adjective_noun()} for {self._pick(CONTEXTS[self._it.family])}"

    def _bare_sound(self) -> str:
        adjectives = ", ".join(self._adjectives(self._wide, 3))
        return f"{adjectives} {self._pick(('sound', 'tone', 'instrument', 'note'))}"


def _join(adjectives: str, noun: str) -> str:
    """Adjectives before a noun, without saying one twice ("bright bright piano")."""
    have = set(noun.split())
    kept = [word for word in adjectives.split() if word.rstrip(",") not in have]
    return " ".join([*kept, noun]).replace(",,", ",")


def clean_name(name: str) -> str:
    """A preset's name as words: "12-String Guitar" to "12 string guitar"."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = re.sub(r"[^a-z0-9&']+", " ", spaced.lower()).split()
    return " ".join(_EXPANDED.get(word, word) for word in words)


_EXPANDED = {
    "ep": "electric piano",
    "accordian": "accordion",
    "celli": "cellos",
    "basses": "double basses",
    "violins2": "second violins",
    "ahh": "aah",
    "ohh": "ooh",
    "&": "and",
    "5th": "fifths",
}
