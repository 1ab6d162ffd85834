"""One pass of a masked model: what belongs into the holes of one codebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from trichord.lm.fusers import Fused

if TYPE_CHECKING:
    from trichord.lm.model import CodecLM


def shown_tokens(codes: Tensor, codebook: int, masked: Tensor, special: int) -> Tensor:
    """What the model is shown: lower codebooks clean, its own with holes, higher ones not at all.

    Args:
        codes: int64 [B, K, F].
        codebook: k, the one to be predicted.
        masked: its holes, bool [B, F].
        special: the token of a hole.

    Returns:
        int64 [B, K, F].
    """
    place = torch.arange(codes.shape[1], device=codes.device)[:, None]
    holes = (place > codebook) | ((place == codebook) & masked[:, None])
    return codes.masked_fill(holes, special)


def visible_places(
    prefix: int, frames: int, context: int | None, lengths: Tensor | None, device: torch.device
) -> Tensor | None:
    """Which positions attend to which.

    All see all, unless the context is restricted: then a frame sees the frames at most `context`
    away and the prefix, and the prefix, which would else carry the far frames along, itself alone.

    Args:
        prefix: P, positions before the first frame.
        frames: F.
        context: frames to both sides; None = all.
        lengths: frames that hold something, integers [B]; all when None.
        device: of the result.

    Returns:
        bool [B or 1, 1, P + F, P + F], true where attention may look; None where it always may.
    """
    if context is None and lengths is None:
        return None
    place = torch.arange(prefix + frames, device=device) - prefix
    visible = torch.ones(len(place), len(place), dtype=torch.bool, device=device)
    if context is not None:
        near = (place[:, None] - place).abs() <= context
        visible = (near & (place[:, None] >= 0)) | (place < 0)
    if lengths is None:
        return visible[None, None]
    held = place < lengths.to(device)[:, None, None]  # [B, 1, P + F]
    # What lies past the end sees itself: attention to nothing at all is no number.
    itself = torch.eye(len(place), dtype=torch.bool, device=device)
    return ((visible & held) | itself)[:, None]


def masked_hidden(
    model: CodecLM, tokens: Tensor, fused: Fused, codebook: int, lengths: Tensor | None = None
) -> Tensor:
    """The transformer's output at every frame.

    Args:
        model: a masked one.
        tokens: what is shown, int64 [B, K, F].
        fused: conditions of B rows.
        codebook: which one is to be predicted; the context is restricted from the second on.
        lengths: frames that hold something, integers [B]; all when None.

    Returns:
        [B, F, dim].
    """
    context = model.config.mask_context if codebook > 0 and model.config.mask_context else None
    prefix = 0 if fused.prefix is None else fused.prefix.shape[1]
    if lengths is not None and int(lengths.min()) >= tokens.shape[2]:
        lengths = None
    visible = visible_places(prefix, tokens.shape[2], context, lengths, tokens.device)
    return model.run(model.embed(tokens, 0), fused, visible=visible)


def head_of(model: CodecLM, codebook: int) -> Tensor:
    """The weights of one codebook's head, [C, dim]."""
    size = model.config.cardinality
    return model.heads.weight[codebook * size : (codebook + 1) * size]


def masked_logits(model: CodecLM, tokens: Tensor, fused: Fused, codebook: int) -> Tensor:
    """Logits of one codebook at every frame, [B, F, C]."""
    return masked_hidden(model, tokens, fused, codebook) @ head_of(model, codebook).T
