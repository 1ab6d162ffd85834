"""The loss of masked training: one codebook a step, its masked frames alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from trichord.lm.conditions import Conditions
from trichord.lm.loss import IGNORED, LMLoss, heads_loss
from trichord.lm.masked.predict import head_of, masked_hidden, shown_tokens
from trichord.lm.masked.spans import cosine_rate, draw_spans

if TYPE_CHECKING:
    from trichord.lm.model import CodecLM

_SEED = 7  # of the masks of an evaluation, which are always the same


def masked_loss(
    model: CodecLM, codes: Tensor, conditions: Conditions, lengths: Tensor | None
) -> LMLoss:
    """Cross-entropy of masked codes.

    In training one codebook is drawn for the batch and a mask rate cos(π/2 · u), u uniform, for
    every row; both come from torch's own stream, as dropout does. In evaluation every codebook is
    asked once, under masks that are always the same.

    Args:
        model: a masked one.
        codes: int64 [B, K, F].
        conditions: of B rows, already dropped as training wants it.
        lengths: frames that count, integers [B]; all when None.

    Returns:
        Nats per masked token; `per_codebook` is 0 for codebooks that were not asked.
    """
    K = codes.shape[1]
    if model.training:
        chosen = int(torch.randint(K, ()))
        return _of_codebook(model, codes, conditions, lengths, chosen, None)
    generator = torch.Generator().manual_seed(_SEED)
    each = [_of_codebook(model, codes, conditions, lengths, k, generator) for k in range(K)]
    return LMLoss(
        torch.stack([report.total for report in each]).mean(),
        torch.stack([report.per_codebook for report in each]).sum(dim=0),
        each[0].hidden,
        each[0].mask,
    )


def _of_codebook(
    model: CodecLM,
    codes: Tensor,
    conditions: Conditions,
    lengths: Tensor | None,
    codebook: int,
    generator: torch.Generator | None,
) -> LMLoss:
    B, K, frames = codes.shape
    ends = torch.full((B,), frames) if lengths is None else lengths.cpu().clamp(max=frames)
    rate = cosine_rate(torch.rand(B, generator=generator))
    masked = draw_spans(rate, ends, frames, model.config.mask_span, generator).to(codes.device)
    tokens = shown_tokens(codes, codebook, masked, model.special)
    held = torch.arange(frames, device=codes.device) < ends.to(codes.device)[:, None]  # [B, F]
    tokens = tokens.masked_fill(~held[:, None], model.special)
    hidden = masked_hidden(model, tokens, model.fused(conditions, B), codebook, ends)
    targets = codes[:, codebook][masked]
    report = heads_loss(
        hidden[masked],
        head_of(model, codebook),
        torch.where(targets < model.special, targets, IGNORED)[:, None],
        hidden.new_ones(1),
    )
    weight = model.get_buffer("weights")[codebook]
    per_codebook = torch.zeros(K, device=codes.device)
    per_codebook[codebook] = report.per_codebook[0]
    return LMLoss(report.total * weight, per_codebook, hidden, held)
