"""Drawing step by step: each step's tokens are shown to the model before the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from trichord.lm.guidance import Guide
from trichord.lm.patterns import Pattern
from trichord.lm.sampling import Sampling, sample
from trichord.lm.transformer import Cache

if TYPE_CHECKING:
    from trichord.lm.model import CodecLM


def draw_steps(
    model: CodecLM,
    guide: Guide,
    frames: int,
    sampling: Sampling,
    generators: Sequence[torch.Generator],
) -> Iterator[Tensor]:
    """The tokens of one step after the other, int64 [N, K].

    Args:
        model: in evaluation mode.
        guide: conditions of N rows, for all passes.
        frames: F, length of all rows.
        sampling: how to draw.
        generators: one per row.

    Yields:
        Tokens of the pattern's steps; the special token where a codebook shows no frame.
    """
    count, device = len(generators), model.device
    # Laid out as for the longest note: a shorter one then ends amid it, without an end of its
    # own that training has never shown.
    steps = model.pattern.steps(frames)
    longest = model.pattern.layout(model.config.max_frames).to(device)
    shows = longest[:, :steps] >= 0  # [K, S]
    prefix = 0 if guide.fused.prefix is None else guide.fused.prefix.shape[1]
    cache = Cache.empty(
        model.config, guide.passes * count, prefix + steps, model.heads.weight.dtype, device
    )
    shown = torch.full((count, len(shows), 1), model.special, device=device)
    for step in range(steps):
        hidden = model.run(model.embed(guide.repeat(shown), step), guide.fused, cache)
        logits = guide.combine(model.logits(hidden)[:, 0].float())  # [N, K, C]
        drawn = sample(logits, sampling, generators)
        shown = torch.where(shows[:, step], drawn, model.special)[:, :, None]
        yield shown[:, :, 0]


def finished_frames(pattern: Pattern, frames: int) -> list[int]:
    """How many frames are complete, all codebooks of them, after each step."""
    last = pattern.step_of(frames).amax(dim=0)  # [F], the step that completes a frame
    return [int((last <= step).sum()) for step in range(pattern.steps(frames))]
