"""Patterns: how the K codebooks of F frames are laid out over the steps of a language model.

A pattern is a table [K, S] that says, for every codebook and step, which frame is predicted there
(or none). Everything else (laying codes out, reading them back, the targets of the loss) follows
from the table, so a new pattern is a new table and the transformer never learns of it.
The idea is MusicGen's (Copet et al. 2023, section 2.1).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache

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


class FlatPattern(Pattern):
    """One codebook per step, frame by frame: K·F steps, every dependence modelled."""

    def layout(self, frames: int) -> Tensor:
        """See `Pattern.layout`."""
        K = self.num_codebooks
        step = torch.arange(frames * K, device="cpu")
        mine = step % K == torch.arange(K, device="cpu")[:, None]
        return torch.where(mine, step // K, -1)


@lru_cache(maxsize=64)
def _delayed(delays: tuple[int, ...], frames: int) -> Tensor:
    # Tables stay on the CPU, even where a model is built on another device or on none ("meta").
    steps = torch.arange(frames + max(delays), device="cpu")
    table = steps[None, :] - torch.tensor(delays, device="cpu")[:, None]
    return torch.where((table >= 0) & (table < frames), table, -1)


PATTERNS: dict[str, type[Pattern]] = {
    "delay": DelayPattern,
    "parallel": ParallelPattern,
    "flat": FlatPattern,
}


def make_pattern(name: str, num_codebooks: int) -> Pattern:
    """The pattern of that name: delay, parallel or flat."""
    if name not in PATTERNS:
        raise InputError(f"pattern is {name!r}; choose one of {', '.join(PATTERNS)}")
    return PATTERNS[name](num_codebooks)
