"""One scale for the entries of a descriptor, learnt from clips that nothing is reported on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.errors import InputError

Floats = NDArray[np.float32]

LIMIT = 5.0
"""Standard deviations at which an entry stops to count further, so that no clip rules a space."""


@dataclass(frozen=True)
class Standard:
    """Brings descriptors to mean 0 and equal weight.

    Every entry is divided by its spread, then by the root of the number of entries in its family
    (cepstra, chroma …): each family weighs the same, however many entries it has.

    Attributes:
        mean, spread: of each entry over the training clips `[D]`.
        weight: one over the root of the size of the entry's family `[D]`.
    """

    mean: Floats
    spread: Floats
    weight: Floats

    @classmethod
    def fit(cls, vectors: Floats, families: Sequence[int]) -> Standard:
        """The statistics of a training split.

        Args:
            vectors: `[N, D]`, N of two or more.
            families: how many entries each family has, in order; D in all.

        Raises:
            InputError: too few vectors, or families that do not add up to D.
        """
        if vectors.ndim != 2 or len(vectors) < 2 or sum(families) != vectors.shape[1]:
            raise InputError(
                f"descriptors {vectors.shape}, families of {sum(families)}: give [N ≥ 2, D]"
            )
        spread = vectors.std(axis=0, dtype=np.float64)
        # An entry that never varies says nothing; it must not be blown up by rounding either.
        spread[spread < 1e-6] = 1.0
        weight = np.concatenate([np.full(size, size**-0.5) for size in families])
        mean = vectors.mean(axis=0, dtype=np.float64)
        return cls(*(values.astype(np.float32) for values in (mean, spread, weight)))

    def apply(self, vectors: Floats) -> Floats:
        """Descriptors `[..., D]` on the common scale.

        Raises:
            InputError: descriptors of another width.
        """
        if vectors.shape[-1] != self.mean.size:
            raise InputError(f"descriptors of {vectors.shape[-1]} entries, not {self.mean.size}")
        deviations = np.clip((vectors - self.mean) / self.spread, -LIMIT, LIMIT)
        return (deviations * self.weight).astype(np.float32)
