"""Which of several draws comes nearest to what was asked: a few notes of each are heard first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

MIDDLE = 60
PITCHES = (48, MIDDLE, 72)
VELOCITY = 100
SECONDS = 2.0
"""The notes of an audition: the middle of the keyboard, played well, long enough for the body."""


@dataclass(frozen=True)
class Audition:
    """How candidates are heard and what they are held against."""

    embed: Callable[[Sequence[NDArray[np.float32]]], Tensor]
    """Waves -> unit vectors `[N, D]` of the joint space."""
    target: Tensor
    """`[D]`; the sum of all vectors that the sound should lie near."""
    candidates: int = 6
    """Draws that are compared."""

    def best(self, waves: Sequence[NDArray[np.float32]]) -> int:
        """The candidate whose notes lie nearest to the target on average.

        Args:
            waves: of all candidates, one candidate's notes after another's.
        """
        nearness = self.embed(waves) @ self.target
        return int(nearness.view(self.candidates, -1).mean(1).argmax())
