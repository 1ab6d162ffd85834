"""The contract of a pattern: a table, and what follows from it."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from trichord.errors import InputError


class Pattern(ABC):
    """The layout of K codebooks over steps; frames of one codebook keep their order."""

    def __init__(self, num_codebooks: int) -> None:
        if num_codebooks < 1:
            raise InputError(f"num_codebooks is {num_codebooks}; a pattern needs at least 1")
        self.num_codebooks = num_codebooks

    @abstractmethod
    def layout(self, frames: int) -> Tensor:
        """The frame that each codebook shows at each step.

        Returns:
            int64 [K, S], -1 where a codebook shows nothing at that step.
        """

    def steps(self, frames: int) -> int:
        """How many steps S the model takes for so many frames."""
        return self.layout(frames).shape[1]

    def apply(self, codes: Tensor, special: int) -> Tensor:
        """Lays codes out over steps.

        Args:
            codes: integers [..., K, F].
            special: the token for places that show no frame.

        Returns:
            Integers [..., K, S].
        """
        table = self.layout(codes.shape[-1]).to(codes.device)
        gathered = codes.gather(-1, table.clamp(min=0).expand(*codes.shape[:-2], *table.shape))
        return torch.where(table >= 0, gathered, special)

    def revert(self, sequence: Tensor, frames: int) -> Tensor:
        """Reads frames back from steps: the inverse of `apply`.

        Args:
            sequence: [B, K, S] or [B, K, S, C] (tokens, or logits over C entries).
            frames: F, how many frames to read.

        Returns:
            [B, K, F] or [B, K, F, C].
        """
        index = self.step_of(frames).to(sequence.device)  # [K, F]
        index = index.reshape(1, *index.shape, *[1] * (sequence.dim() - 3))
        return sequence.gather(2, index.expand(sequence.shape[0], -1, -1, *sequence.shape[3:]))

    def step_of(self, frames: int) -> Tensor:
        """The step at which each frame of each codebook is predicted, int64 [K, F]."""
        table = self.layout(frames)
        codebook, step = (table >= 0).nonzero(as_tuple=True)
        steps = torch.zeros(self.num_codebooks, frames, dtype=torch.int64)
        steps[codebook, table[codebook, step]] = step
        return steps
