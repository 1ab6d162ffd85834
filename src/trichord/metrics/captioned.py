"""Does an instrument sound as its caption says? Scores in a space of text and audio.

The score of one text and one sound is the cosine of their vectors (CLAP score; Wu et al. 2023). A
caption speaks of an instrument and not of its lowest or softest note: the mean over single notes
(naive) punishes an instrument for having a range. The adapted score takes the direction of the
mean vector of its notes first. Neither says anything without the same figure for real captioned
instruments (the ceiling) and for captions of other instruments (chance), and both depend on the
space: name it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trichord.errors import InputError
from trichord.metrics.arrays import rows_of
from trichord.metrics.recall import chance_recall, hits_at_k, same_items


@dataclass(frozen=True)
class Found:
    """Whether instruments are found by their captions.

    Attributes:
        share: of texts whose instrument is among the first k.
        chance: what random scores give.
    """

    share: float
    chance: float


def adapted_score(text: ArrayLike, notes: ArrayLike) -> float:
    """Cosine of a text and of the mean of an instrument's unit vectors.

    With unit vectors zᵢ of the notes, m their mean and t the text's: t·m / ‖m‖. It is the naive
    score over ‖m‖, and ‖m‖² is the mean cosine of all pairs of notes: what the naive score loses is
    the instrument's spread.

    Args:
        text: `[D]`.
        notes: `[N, D]`, N of one or more.
    """
    mean = _units(notes).mean(axis=0)
    return float(_units([np.asarray(text)])[0] @ _units([mean])[0])


def naive_score(text: ArrayLike, notes: ArrayLike) -> float:
    """Mean cosine of a text `[D]` and of each note `[N, D]`: t·m."""
    return float(_units([np.asarray(text)])[0] @ _units(notes).mean(axis=0))


def retrieval(
    texts: ArrayLike, instruments: Sequence[ArrayLike], names: Sequence[int], k: int = 1
) -> Found:
    """Does a text find the instrument that was made of it among all of them?

    Args:
        texts: `[M, D]`.
        instruments: the notes of each `[N_i, D]`, M of them, in the order of the texts.
        names: equal for instruments that are each other's right answers (twins), M of them.
        k: how many of the first are looked at.
    """
    if len(instruments) != len(np.asarray(texts)):
        raise InputError(f"{len(np.asarray(texts))} texts, {len(instruments)} instruments: pairs")
    means = np.stack([_units(notes).mean(axis=0) for notes in instruments])
    scores = _units(texts) @ _units(means).T
    relevant = same_items(names, len(instruments))
    return Found(float(hits_at_k(scores, relevant, k).mean()), chance_recall(relevant, k))


def _units(vectors: ArrayLike) -> NDArray[np.float64]:
    rows = rows_of(vectors, least=1)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if float(lengths.min()) <= 0.0:
        raise InputError("a vector of length zero has no direction: leave it out")
    return rows / lengths
