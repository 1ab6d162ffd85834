"""Does a tower choose among candidates as a listener of the real sound does?"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from trichord.metrics.arrays import Matrix, euclidean_distances
from trichord.metrics.bootstrap import Interval, mean_interval
from trichord.metrics.diverse import most_diverse
from trichord.metrics.overlap import chance_jaccard, chance_overlap, jaccard, overlap
from trichord.metrics.ranks import pearson, spearman
from trichord.metrics.triplets import triplet_accuracy

CHOSEN = 3
"""Of the ten, as in the paper: the "most diverse 3"."""

FIGURES = ("overlap@3", "Jaccard", "Spearman", "Pearson", "triplets")

Vectors = NDArray[np.float32]
"""[S, N, D]: S sets of N candidates."""

Distance = Callable[[Matrix], Matrix]
Judged = dict[str, NDArray[np.float64]]
"""One figure per set `[S]`, by the names of `FIGURES`."""


def cosines(vectors: Matrix) -> Matrix:
    """1 − cosine of all pairs `[N, N]`; a vector of length zero lies at 1 from all others."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = vectors / np.where(lengths > 0.0, lengths, 1.0)
    distances = np.clip(1.0 - units @ units.T, 0.0, 2.0)
    # Rounding must not order candidates of which nothing is known to differ.
    distances[distances < 1e-6] = 0.0
    np.fill_diagonal(distances, 0.0)
    return 0.5 * (distances + distances.T)


def judge(
    predicted: Vectors, heard: Vectors, near: Distance = cosines, truth: Distance = cosines
) -> Judged:
    """The five figures of every set.

    A prediction that tells no candidate from another correlates with nothing: 0.

    Args:
        predicted: the tower's vectors `[S, N, D1]`.
        heard: the listener's vectors `[S, N, D2]`.
        near: distances of the tower's vectors.
        truth: distances of the listener's vectors.
    """
    rows = [
        _one(near(np.asarray(a, np.float64)), truth(np.asarray(b, np.float64)))
        for a, b in zip(predicted, heard, strict=True)
    ]
    return {name: np.array([row[name] for row in rows]) for name in FIGURES}


def _one(guess: Matrix, truth: Matrix) -> dict[str, float]:
    chosen, gold = most_diverse(guess, CHOSEN), most_diverse(truth, CHOSEN)
    constant = float(guess.max()) <= 0.0
    return {
        "overlap@3": overlap(chosen, gold),
        "Jaccard": jaccard(chosen, gold),
        "Spearman": 0.0 if constant else spearman(guess, truth),
        "Pearson": 0.0 if constant else pearson(guess, truth),
        "triplets": triplet_accuracy(guess, truth),
    }


def chance(candidates: int = 10) -> dict[str, float]:
    """What a choice at random reaches."""
    return {
        "overlap@3": chance_overlap(candidates, CHOSEN),
        "Jaccard": chance_jaccard(candidates, CHOSEN),
        "Spearman": 0.0,
        "Pearson": 0.0,
        "triplets": 0.5,
    }


def intervals(
    judged: Judged, clusters: Sequence[Hashable], rng: np.random.Generator
) -> dict[str, Interval]:
    """The mean of each figure, with its 95 % interval over whole templates."""
    return {
        name: mean_interval(values, rng, clusters=list(clusters), method="percentile")
        for name, values in judged.items()
    }


def euclidean(vectors: Matrix) -> Matrix:
    """Distances of standardised descriptors."""
    return euclidean_distances(vectors)
