"""Which k of n items differ most from each other?

The paper (arXiv 2508.05473) chooses three: the farthest pair, then the item that is farthest from
both on average. `most_diverse` goes on in the same way for any k: each further item is the one with
the largest mean distance to those chosen already (greedy max-sum dispersion: Ravi et al., 1994),
so that for k = 3 the two rules are one. Ties go to the item that comes first, so that a choice
does not depend on the machine.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trichord.errors import InputError
from trichord.metrics.arrays import Matrix, square

Spread = Literal["mean", "nearest"]


def most_diverse(distances: ArrayLike, k: int = 3, spread: Spread = "mean") -> list[int]:
    """Greedily the k items that lie farthest apart, in the order in which they are chosen.

    Args:
        distances: symmetric `[N, N]`.
        k: how many; 1 gives the item farthest from all on average.
        spread: what a further item should have as large as it can: its "mean" distance to the
            chosen ones (the paper's rule), or its distance to the "nearest" of them (max-min,
            which cannot choose two items that sound the same while another is left).

    Raises:
        InputError: `distances` is no distance matrix, or k is not in 1..N.
    """
    matrix = square(distances, least=1)
    count = len(matrix)
    if not 1 <= k <= count:
        raise InputError(f"k = {k} of {count} items: give 1..{count}")
    if k == 1:
        return [int(np.argmax(matrix.sum(axis=1)))]
    chosen = list(farthest_pair(matrix))
    while len(chosen) < k:
        chosen.append(_next(matrix, chosen, spread))
    return chosen


def farthest_pair(distances: Matrix) -> tuple[int, int]:
    """The first pair i < j with the largest distance."""
    rows, columns = np.triu_indices(len(distances), k=1)
    best = int(np.argmax(distances[rows, columns]))
    return int(rows[best]), int(columns[best])


def _next(distances: Matrix, chosen: list[int], spread: Spread) -> int:
    to_chosen = distances[:, chosen]  # [N, chosen]
    gain = to_chosen.mean(axis=1) if spread == "mean" else to_chosen.min(axis=1)
    gain[chosen] = -np.inf
    return int(np.argmax(gain))
