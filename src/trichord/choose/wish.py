"""What `--like` asks for: a vector of the space, directions on measured axes, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trichord.choose.items import Item, item_of, kind_of, visible
from trichord.choose.words import Direction, read_words
from trichord.errors import InputError

if TYPE_CHECKING:
    from trichord.choose.reading import Vector
    from trichord.space.clips import ClipSpace

Scores = NDArray[np.float64]

FARTHEST = 3.0
"""Spreads that a step on an axis counts at most: no extreme outweighs everything else."""


@dataclass(frozen=True)
class Wish:
    """A sound that is asked for.

    Attributes:
        vector: unit `[D]` of a sentence or of a sound; None where words ask for directions alone.
        named: the sentence or file that the vector is of.
        directions: on measured axes.
        new_words: of the sentence; the text model has no entry for them.
    """

    vector: Vector | None
    named: str = ""
    directions: tuple[Direction, ...] = ()
    new_words: tuple[str, ...] = ()

    @property
    def note(self) -> str | None:
        """What the user should know of it; None if there is nothing."""
        if not self.new_words:
            return None
        said = ", ".join(f'"{visible(word)}"' for word in dict.fromkeys(self.new_words))
        return f"the text model has no word {said}: what it means is guessed from its pieces"


@dataclass(frozen=True)
class Scored:
    """How well N items meet a wish.

    Attributes:
        total: `[N]`, higher is better.
        parts: by what was asked, `[N]` each: cosines for a sentence or a sound, steps in spreads
            for a direction.
    """

    total: Scores
    parts: Mapping[str, Scores]


def like_file(text: str) -> Item | None:
    """The file that `--like` names; None where it is a sentence.

    Raises:
        InputError: it is empty, or looks like a file and there is none.
    """
    if not text.strip():
        raise InputError(
            '--like: empty: say how it should sound ("darker, slower"), or name a file'
        )
    path = Path(text)
    try:
        if path.is_file():
            return item_of(path)
        if path.is_dir():
            return _folder(path)
    except OSError:  # a sentence may be longer than any name of a file
        return None
    if kind_of(text.strip()) is not None:
        raise InputError(f"--like {text}: no such file: check the path")
    return None


def _folder(path: Path) -> Item | None:
    """An instrument's folder; None for any other whose name may as well be a word."""
    try:
        return item_of(path)
    except InputError:
        if len(path.parts) > 1:
            raise
        return None


def wish_of_words(sentence: str, space: ClipSpace) -> Wish:
    """The wish of a sentence: words for measured axes move along them, the rest is embedded."""
    wording = read_words(sentence)
    if wording.directions and not wording.rest:
        return Wish(None, "", wording.directions)
    named = wording.rest or sentence.strip()
    vector = space.embed_text([named])[0].numpy().astype(np.float32)
    return Wish(vector, named, wording.directions, tuple(space.sentences.new_words(named)))


def score(
    wish: Wish, vectors: NDArray[np.float32], values: Mapping[str, NDArray[np.floating]]
) -> Scored:
    """Scores items against a wish.

    A sentence or a sound alone scores by cosine. Directions score by spreads of their axis above
    (or below) the mean of the items; several are averaged by weight. Where both are asked for, the
    cosines are standardised over the items, so that each counts as much as the other.

    Args:
        wish: what is asked for.
        vectors: unit `[N, D]`.
        values: every axis that the wish names, `[N]` each.
    """
    parts: dict[str, Scores] = {}
    if wish.vector is not None:
        parts[wish.named] = (vectors @ wish.vector).astype(np.float64)
    for direction in wish.directions:
        parts[direction.said] = _along(direction, values)
    if not wish.directions:
        return Scored(parts[wish.named], parts)
    weights = np.array([direction.weight for direction in wish.directions])
    moved = np.stack([parts[direction.said] for direction in wish.directions])
    total = (weights @ (FARTHEST * np.tanh(moved / FARTHEST))) / weights.sum()
    if wish.vector is not None:
        total = 0.5 * (total + _standardised(parts[wish.named]))
    return Scored(total, parts)


def _along(direction: Direction, values: Mapping[str, NDArray[np.floating]]) -> Scores:
    found = values[direction.axis.name].astype(np.float64)
    return direction.sign * (found - found.mean()) / direction.axis.spread


def _standardised(scores: Scores) -> Scores:
    return (scores - scores.mean()) / max(float(scores.std()), 1e-6)
