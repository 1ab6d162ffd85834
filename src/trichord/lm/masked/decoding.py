"""Masked decoding: a codebook is filled in a few passes, the surest frames first.

Before pass i of S of a codebook γ = cos(π/2 · i/S) of its frames are masked. The model is shown
the rest, tokens are drawn for all holes at once, and of these the least sure spans become holes
again. A frame that is filled stays as it is. Guidance falls with γ from its strength to its end
and the temperature linearly to nothing (MAGNeT, Ziv et al. 2024, sections 3.3 and 4.1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from trichord.lm.guidance import Guide
from trichord.lm.masked.predict import masked_logits, shown_tokens
from trichord.lm.masked.spans import least_confident
from trichord.lm.sampling import Sampling, sample

if TYPE_CHECKING:
    from trichord.lm.model import CodecLM


def passes_of(sampling: Sampling, codebooks: int, frames: int) -> list[int]:
    """Passes of every codebook; the last number given goes for all further ones.

    A pass fills at least one frame, so there are no more of them than frames.
    """
    given = sampling.steps
    return [min(given[min(k, len(given) - 1)], frames) for k in range(codebooks)]


def decode_masked(
    model: CodecLM,
    guide: Guide,
    frames: int,
    sampling: Sampling,
    generators: Sequence[torch.Generator],
    on_step: Callable[[int, int], None] | None = None,
) -> Tensor:
    """Draws the codes of N rows.

    Args:
        model: a masked one, in evaluation mode.
        guide: conditions of N rows, for all passes.
        frames: F, length of all rows.
        sampling: how to draw; its `steps` are the passes per codebook.
        generators: one per row.
        on_step: called with (passes done, passes in all).

    Returns:
        int64 [N, K, F].
    """
    K = model.config.num_codebooks
    shape = (len(generators), K, frames)
    codes = torch.full(shape, model.special, device=model.device)
    steps, done = passes_of(sampling, K, frames), 0
    for codebook, passes in enumerate(steps):
        masked = torch.ones(len(generators), frames, dtype=torch.bool, device=model.device)
        for number in range(passes):
            tokens = shown_tokens(codes, codebook, masked, model.special)
            logits = masked_logits(model, guide.repeat(tokens), guide.fused, codebook).float()
            share = math.cos(math.pi / 2 * number / passes)
            logits = guide.combine(logits, share, sampling.guidance_end)
            drawn, sure = _drawn(logits, number / passes, sampling, generators)
            codes[:, codebook] = torch.where(masked, drawn, codes[:, codebook])
            stay = _count(number + 1, passes, frames)
            if stay:
                masked = least_confident(sure, masked, stay, model.config.mask_span)
            done += 1
            if on_step is not None:
                on_step(done, sum(steps))
    return codes


def _count(number: int, passes: int, frames: int) -> int:
    """Frames that are masked after so many passes: fewer after each, none after the last."""
    wanted = math.floor(math.cos(math.pi / 2 * number / passes) * frames + 1e-9)
    return min(wanted, frames - number) if number < passes else 0


def _drawn(
    logits: Tensor, progress: float, sampling: Sampling, generators: Sequence[torch.Generator]
) -> tuple[Tensor, Tensor]:
    """Tokens int64 [N, F], and how sure the model is of each: its log-probability, [N, F]."""
    temperature = sampling.temperature * (1 - progress)
    drawn = sample(logits, replace(sampling, temperature=temperature), generators)
    return drawn, logits.log_softmax(dim=-1).gather(-1, drawn[..., None])[..., 0]
