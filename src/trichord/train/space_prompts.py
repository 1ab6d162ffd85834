"""More ways to say what an instrument's captions say, for training the text door.

Everything here starts from the instrument's own captions and family: timbre words give way to their
synonyms, nouns to their other names, words are dropped, frames are put around. The words stand in
`words.json`, which a person can read and mend.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np


@dataclass(frozen=True)
class Words:
    """The table of `words.json`."""

    timbre: Mapping[str, tuple[str, ...]]
    """A timbre word -> the words that may stand for it."""
    nouns: Mapping[str, tuple[str, ...]]
    """A noun of the captions -> other names of the same thing."""
    families: Mapping[str, tuple[str, ...]]
    """A family -> what one would call any of its members."""
    frames: tuple[str, ...]
    """Phrases with `{sound}` in them."""


@cache
def read_words() -> Words:
    """The table in the package."""
    raw = json.loads(resources.files("trichord.train").joinpath("words.json").read_text("utf-8"))
    timbre: dict[str, list[str]] = {}
    for group in raw["timbre"]:
        for word in group:
            timbre.setdefault(word, []).extend(other for other in group if other != word)
    return Words(
        {word: tuple(others) for word, others in timbre.items()},
        {noun: tuple(others) for noun, others in raw["nouns"].items()},
        {family: tuple(names) for family, names in raw["families"].items()},
        tuple(raw["frames"]),
    )


def vary(caption: str, family: str, rng: np.random.Generator) -> str:
    """One paraphrase of a caption, drawn with `rng`; now and then only its timbre and family."""
    words = read_words()
    text = caption
    if rng.random() < 0.12:
        text = _only_family(text, family, rng)
    elif rng.random() < 0.35:
        text = _replaced(text, words.nouns, 1.0, rng)
    text = _replaced(text, words.timbre, 0.4, rng)
    if rng.random() < 0.3:
        text = _with_dropped_word(text, rng)
    if rng.random() < 0.5:
        text = str(rng.choice(words.frames)).format(sound=text)
    return re.sub(r"\ba (?=[aeiou])", "an ", text)


def paraphrases(
    captions: Sequence[str], family: str, count: int, rng: np.random.Generator
) -> list[str]:
    """`count` prompts of one instrument: each caption as it is, then paraphrases, no two alike.

    Fewer come back when the captions cannot be varied that often.
    """
    found = list(dict.fromkeys(captions))[:count]
    seen = set(found)
    for _ in range(4 * count):
        if len(found) == count:
            break
        text = vary(captions[int(rng.integers(len(captions)))], family, rng)
        if text not in seen:
            seen.add(text)
            found.append(text)
    return found


def distracted(captions: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """`count` prompts of the instrument's plain names, each with one or two timbre words at random.

    Captions say "bright" mostly of distorted guitars and "warm" of electric pianos. Without these
    prompts the adjective outweighs the noun, and a "bright acoustic guitar" comes out distorted.
    """
    words = read_words()
    timbre = _pattern(tuple(words.timbre))
    plain = [text for text in captions if not timbre.search(text) and _names_a_thing(text)]
    plain = plain or [captions[0]]
    adjectives = sorted(words.timbre)
    return [
        " ".join(
            [
                *rng.choice(adjectives, int(rng.integers(1, 3)), replace=False).tolist(),
                plain[int(rng.integers(len(plain)))],
            ]
        )
        for _ in range(count)
    ]


@cache
def read_lexicon() -> dict[str, tuple[str, ...]]:
    """Names of instruments by family, from `lexicon.json`: what a musician knows unheard."""
    text = resources.files("trichord.train").joinpath("lexicon.json").read_text("utf-8")
    return {family: tuple(names) for family, names in json.loads(text).items()}


def lexicon_prompts(family: str, each: int, rng: np.random.Generator) -> list[str]:
    """Every name of a family as it is, and `each` times with a random timbre word."""
    words = read_words()
    adjectives = sorted(words.timbre)
    prompts: list[str] = []
    for name in read_lexicon()[family]:
        prompts.append(name)
        for _ in range(each):
            text = f"{rng.choice(adjectives)} {name}"
            if rng.random() < 0.5:
                text = str(rng.choice(words.frames)).format(sound=text)
            prompts.append(re.sub(r"\ba (?=[aeiou])", "an ", text))
    return prompts


def _names_a_thing(text: str) -> bool:
    parts = text.split()
    return len(parts) <= 4 and parts[-1] not in ("sound", "tone", "note", "instrument")


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(re.escape(name) for name in longest_first) + r")\b")


def _replaced(
    text: str, table: Mapping[str, tuple[str, ...]], chance: float, rng: np.random.Generator
) -> str:
    """Replaces each word of the table with one of its others, with the given chance."""

    def other(match: re.Match[str]) -> str:
        if rng.random() >= chance:
            return match[0]
        return str(rng.choice(table[match[0]]))

    return _pattern(tuple(table)).sub(other, text.lower())


def _only_family(text: str, family: str, rng: np.random.Generator) -> str:
    """The timbre words of the caption and a name of the family: "bright keys"."""
    words = read_words()
    kept = _pattern(tuple(words.timbre)).findall(text.lower())[:2]
    return " ".join([*kept, str(rng.choice(words.families[family]))])


def _with_dropped_word(text: str, rng: np.random.Generator) -> str:
    parts = text.split()
    if len(parts) < 3:
        return text
    del parts[int(rng.integers(len(parts) - 1))]  # the last word is most often the noun
    return " ".join(parts)
