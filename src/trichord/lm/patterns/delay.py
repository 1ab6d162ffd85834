"""Codebooks that run behind each other, or side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.lm.patterns.base import Pattern


class DelayPattern(Pattern):
    """Codebook k runs `delays[k]` steps behind the first: F + max(delays) steps in all.

    At one step the coarse codebook of a frame is thus known before its finer ones are drawn.
    """

    def __init__(self, num_codebooks: int, delays: Sequence[int] | None = None) -> None:
        """`delays` are steps per codebook, 0, 1, … K-1 when not given."""
        super().__init__(num_codebooks)
        self.delays = tuple(delays) if delays is not None else tuple(range(num_codebooks))
        if len(self.delays) != num_codebooks or min(self.delays) < 0:
            raise InputError(
                f"delays are {self.delays}; give {num_codebooks} of them, none negative"
            )

    def layout(self, frames: int) -> Tensor:
        """See `Pattern.layout`."""
        return _delayed(self.delays, frames)


class ParallelPattern(DelayPattern):
    """All codebooks of a frame in one step: the fewest steps, the codebooks drawn independently."""

    def __init__(self, num_codebooks: int) -> None:
        super().__init__(num_codebooks, (0,) * num_codebooks)


@lru_cache(maxsize=64)
def _delayed(delays: tuple[int, ...], frames: int) -> Tensor:
    # Tables stay on the CPU, even where a model is built on another device or on none ("meta").
    steps = torch.arange(frames + max(delays), device="cpu")
    table = steps[None, :] - torch.tensor(delays, device="cpu")[:, None]
    return torch.where((table >= 0) & (table < frames), table, -1)
