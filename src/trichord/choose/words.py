"""A wish in words taken apart: directions on measured axes, and the rest for the text door."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from trichord.choose.axes import Axis, axes

LESS = frozenset({"less", "not", "without", "no", "never", "fewer"})
STRONGER = {"much": 1.5, "very": 1.5, "far": 1.5, "way": 1.5, "really": 1.5}
WEAKER = {"slightly": 0.5, "bit": 0.5, "little": 0.5, "somewhat": 0.5}
_PASSED_OVER = """
    a an and as be but in is it its made make more most of one or please quite rather so something
    sound sounding sounds than that the this tone too which with
"""
PASSED_OVER = frozenset(_PASSED_OVER.split())
"""Words that say nothing by themselves; a sentence for the text door keeps them."""

KEPT_TOGETHER = frozenset({"high hat", "high hats", "low tom", "low toms"})
"""Names that begin like a direction."""

LONGEST_PHRASE = 3


@dataclass(frozen=True)
class Direction:
    """One way to go on an axis.

    Attributes:
        axis: which.
        sign: 1 for more of it, -1 for less.
        weight: 1; more for "much", less for "slightly".
        said: the words that ask for it.
    """

    axis: Axis
    sign: int
    weight: float
    said: str


@dataclass(frozen=True)
class Wording:
    """A sentence taken apart.

    Attributes:
        directions: on measured axes, in the order of the words.
        rest: the words that name a sound rather than a direction; empty if there are none.
    """

    directions: tuple[Direction, ...]
    rest: str


def read_words(sentence: str) -> Wording:
    """Take a sentence apart.

    "dark underwater bells, less busy" asks for a lower brightness and a lower density, and for
    "underwater bells".
    """
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", sentence.lower())
    directions: list[Direction] = []
    rest: list[str] = []
    waiting: list[str] = []  # modifiers whose word has not come yet
    at = 0
    while at < len(words):
        phrase, found = _longest(words, at)
        if found is not None:
            directions.append(_direction(*found, waiting, phrase))
            waiting = []
            at += phrase.count(" ") + 1
            continue
        word = words[at]
        if word in LESS or word in STRONGER or word in WEAKER or word in PASSED_OVER:
            waiting.append(word)
        else:
            rest += [*waiting, word] if rest else [word]
            waiting = []
        at += 1
    return Wording(tuple(directions), " ".join(rest))


def _longest(words: list[str], at: int) -> tuple[str, tuple[Axis, int] | None]:
    """The longest phrase from a place on that names a direction."""
    if " ".join(words[at : at + 2]) in KEPT_TOGETHER:
        return "", None
    for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
        phrase = " ".join(words[at : at + length])
        if phrase in _lexicon():
            return phrase, _lexicon()[phrase]
    return "", None


def _direction(axis: Axis, sign: int, before: list[str], phrase: str) -> Direction:
    weight = 1.0
    for word in before:
        weight *= STRONGER.get(word, WEAKER.get(word, 1.0))
    turned = sum(word in LESS for word in before) % 2 == 1
    kept = [word for word in before if word in LESS or word in STRONGER or word in WEAKER]
    return Direction(axis, -sign if turned else sign, weight, " ".join([*kept, phrase]))


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, tuple[Axis, int]]:
    found: dict[str, tuple[Axis, int]] = {}
    for axis in axes():
        for sign, words in ((-1, (*axis.low_words, axis.less)), (1, (*axis.high_words, axis.more))):
            found |= dict.fromkeys(words, (axis, sign))
    return found
