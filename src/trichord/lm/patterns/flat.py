"""One codebook after the other."""

from __future__ import annotations

import torch
from torch import Tensor

from trichord.lm.patterns.base import Pattern


class FlatPattern(Pattern):
    """One codebook per step, frame by frame: K·F steps, every dependence modelled."""

    def layout(self, frames: int) -> Tensor:
        """See `Pattern.layout`."""
        K = self.num_codebooks
        step = torch.arange(frames * K, device="cpu")
        mine = step % K == torch.arange(K, device="cpu")[:, None]
        return torch.where(mine, step // K, -1)
