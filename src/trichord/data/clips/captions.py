"""Captions of clips, as a musician might type them: "slow dark dub with a deep bass"."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from trichord.data.clips.heads import GENERIC, find_heads
from trichord.data.clips.playing import Playing
from trichord.data.clips.sounds import Name
from trichord.data.clips.traits import Traits, Word, fitting_words

CAPTIONS = 6
"""Captions per clip, where there is as much to say."""

HEARD = 0.12
"""Share of the strokes' weight from which an effect is worth a word."""

CLEAR_PULSE = 0.75
"""Clarity of the pulse from which the tempo is told as a number."""


def write_captions(
    clip_id: str, playing: Playing, traits: Traits, words: Sequence[str], seed: int
) -> tuple[str, ...]:
    """Different captions of one clip; the same clip and seed get the same ones.

    Args:
        clip_id: names the clip's own stream of random numbers.
        playing: measures of its events.
        traits: all numbers, see `traits.combine`.
        words: what its maker calls it (a genre, say); may be empty.
        seed: of the corpus.
    """
    digest = hashlib.sha256(f"{seed}:{clip_id}".encode()).digest()
    generator = np.random.default_rng(int.from_bytes(digest[:8], "little"))
    writer = _Writer(playing, traits, words, generator)
    captions = dict.fromkeys([writer.adjectives_head(), writer.head_with_sounds()])
    for _ in range(60):
        if len(captions) >= CAPTIONS:
            break
        captions.setdefault(writer.draw())
    return tuple(captions)


class _Writer:
    """Fills patterns with a clip's words."""

    def __init__(
        self, playing: Playing, traits: Traits, words: Sequence[str], rng: np.random.Generator
    ) -> None:
        self._playing = playing
        self._traits = traits
        self._rng = rng
        self._words = fitting_words(traits)
        self._heads = find_heads(playing, traits, words)
        self._effects = [row for row, share in playing.effects.items() if share >= HEARD]
        self._names = _different_roles(playing.names)[:4]

    def draw(self) -> str:
        """One more, in one of the patterns."""
        patterns = [self.adjectives_head, self.head_with_phrase, self.head_with_sounds]
        if self._effects:
            patterns += [self.head_with_effect, self.effected_head]
        if self._playing.tonic:
            patterns.append(self.head_in_key)
        if self._playing.tempo and self._playing.pulse >= CLEAR_PULSE:
            patterns.append(self.head_at_tempo)
        if len(self._names) > 1:
            patterns.append(self.sounds_alone)
        if self._words:
            patterns.append(self.bare_words)
        return patterns[int(self._rng.integers(len(patterns)))]()

    def adjectives_head(self) -> str:
        """As "slow dark dub"."""
        return _join([*self._adjectives(2), self._head()])

    def head_with_phrase(self) -> str:
        """As "slow dub with a deep bass"."""
        told = self._choose(2)
        phrases = [self._pick(word.phrases) for word in told[1:] if word.phrases]
        head = _join([*[self._pick(word.adjectives) for word in told[:1]], self._head()])
        return f"{head} with {phrases[0]}" if phrases else head

    def head_with_sounds(self) -> str:
        """As "bright techno with an acid line and hi-hats"."""
        head = _join([*self._adjectives(1), self._head()])
        sounds = self._sounds(2)
        return f"{head} with {' and '.join(sounds)}" if sounds else head

    def head_with_effect(self) -> str:
        """As "fast bright arpeggio with echo"."""
        effect = self._effects[int(self._rng.integers(len(self._effects)))]
        return f"{_join([*self._adjectives(2), self._head()])} with {self._pick(effect.nouns)}"

    def effected_head(self) -> str:
        """As "echoing bells"."""
        effect = self._effects[int(self._rng.integers(len(self._effects)))]
        what = _without_article(self._sounds(1)[0]) if self._rng.random() < 0.5 else self._head()
        return _join([self._pick(effect.adjectives), what])

    def head_in_key(self) -> str:
        """As "slow melody in A minor"."""
        tonic = "" if self._rng.random() < 0.4 else f"{self._playing.tonic} "
        return f"{_join([*self._adjectives(1), self._head()])} in {_a(tonic, self._playing.mode)}"

    def head_at_tempo(self) -> str:
        """As "dark techno at 130 bpm"."""
        tempo = round(self._playing.tempo)
        return f"{_join([*self._adjectives(1), self._head()])} at {tempo} bpm"

    def sounds_alone(self) -> str:
        """As "soft bells over a sub bass"."""
        first, second = self._sounds(2)
        link = (" and ", " over ", ", ")[int(self._rng.integers(3))]
        return _join([*self._adjectives(1), _without_article(first)]) + link + second

    def bare_words(self) -> str:
        """As "dark, slow and sparse"."""
        adjectives = self._adjectives(3)
        *most, last = adjectives
        return f"{', '.join(most)} and {last}" if most else f"{last} {self._pick(GENERIC)}"

    def _pick(self, options: Sequence[str]) -> str:
        return options[int(self._rng.integers(len(options)))]

    def _head(self) -> str:
        """The first names tell most; now and then only a generic one."""
        if not self._heads or self._rng.random() < 0.1:
            return self._pick(GENERIC)
        place = min(int(self._rng.exponential(1.5)), len(self._heads) - 1)
        return self._heads[place]

    def _choose(self, count: int) -> list[Word]:
        """Words of different traits in random order, the weightier sooner."""
        if not self._words:
            return []
        weights = np.array([word.weight for word in self._words], float)
        hurry = self._rng.exponential(size=len(weights)) / weights
        return [self._words[index] for index in np.argsort(hurry)[:count]]

    def _adjectives(self, count: int) -> list[str]:
        return [self._pick(word.adjectives) for word in self._choose(count)]

    def _sounds(self, count: int) -> list[str]:
        """Nouns of the weightiest players, the second drawn among the next three."""
        if not self._names:
            return ["sounds"] * count
        chosen = [self._names[0]]
        if count > 1 and len(self._names) > 1:
            chosen.append(self._names[1 + int(self._rng.integers(len(self._names) - 1))])
        return [self._pick(name.nouns) for name in chosen]


def _different_roles(names: Sequence[Name]) -> list[Name]:
    """The weightiest player of each role."""
    first: dict[str, Name] = {}
    for name in names:
        first.setdefault(name.role, name)
    return list(first.values())


def _join(words: Sequence[str]) -> str:
    """Words in a row, without one that the last of them says already ("deep deep bass")."""
    *adjectives, head = words
    said = set(head.split())
    kept: list[str] = []
    for adjective in adjectives:
        if not said & set(adjective.split()):
            kept.append(adjective)
            said |= set(adjective.split())
    return " ".join([*kept, head])


def _without_article(noun: str) -> str:
    for article in ("a ", "an ", "the "):
        if noun.startswith(article):
            return noun.removeprefix(article)
    return noun


def _a(tonic: str, mode: str) -> str:
    """As "A minor", or "a minor key" where the tonic is left unsaid."""
    return f"{tonic}{mode}" if tonic else f"a {mode} key"
