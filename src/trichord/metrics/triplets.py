"""Of two items, which is nearer to a third? How often two spaces say the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from trichord.errors import InputError
from trichord.metrics.arrays import square


def triplet_accuracy(predicted: ArrayLike, gold: ArrayLike) -> float:
    """Share of the triplets (i; j, k) in which both spaces find the same of j and k nearer to i.

    All N (N − 1) (N − 2) / 2 triplets. Where the gold distances tie there is nothing to find and
    the triplet is left out; where only the predicted ones tie it counts half. Chance is .5.

    Args:
        predicted: distances `[N, N]`.
        gold: distances of the same items `[N, N]`.

    Returns:
        In 0..1; NaN where the gold distances all tie.

    Raises:
        InputError: no distance matrices, of different sizes, or fewer than three items.
    """
    guess, truth = square(predicted, least=3), square(gold, least=3)
    if guess.shape != truth.shape:
        raise InputError(f"distances {guess.shape} and {truth.shape}: give those of the same items")
    agreed, counted = 0.0, 0
    for anchor in range(len(truth)):
        others = np.delete(np.arange(len(truth)), anchor)
        j, k = np.triu_indices(len(others), k=1)
        told = np.sign(truth[anchor, others[j]] - truth[anchor, others[k]])
        said = np.sign(guess[anchor, others[j]] - guess[anchor, others[k]])
        counts = told != 0
        agreed += float((0.5 * (1.0 + told * said))[counts].sum())
        counted += int(counts.sum())
    return agreed / counted if counted else float("nan")
