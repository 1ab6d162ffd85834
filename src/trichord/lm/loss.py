"""Cross-entropy of all codebook heads at once, gradient and all, without copies of the logits.

The logits of a batch are by far the largest tensor of training. Here they are computed once, in the
precision of autocast, and turned in place into their own gradient, block by block in the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

IGNORED = -100
_BLOCK = 512  # rows of logits worked on at a time: 2 MiB in float32 with 1024 entries


@dataclass(frozen=True)
class LMLoss:
    """What a batch costs, in nats per token."""

    total: Tensor
    """Scalar to minimise: the weighted mean over codebooks."""
    per_codebook: Tensor
    """Unweighted mean of each codebook, [K], without gradient."""
    hidden: Tensor | None = None
    """The last hidden states of the same pass, [N, S, dim], with gradient: what a regulariser of
    representations reads."""
    mask: Tensor | None = None
    """Steps at which anything was to be predicted, bool [N, S]."""


class _HeadsAndLoss(torch.autograd.Function):
    """Linear heads and cross-entropy as one operation."""

    @staticmethod
    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, scale: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Returns the scalar Σ scale·nll and the nll of each target, [M, K].

        Args:
            ctx: autograd's notebook.
            hidden: [M, D].
            weight: [K·C, D].
            targets: [M, K], IGNORED where nothing is to be predicted.
            scale: weight of every single target in the sum, [M, K].
        """
        kind = hidden.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else hidden.dtype
        hidden, weight = hidden.to(dtype), weight.to(dtype)
        targets, scale = targets.reshape(-1), scale.reshape(-1)  # [M·K]
        with torch.autocast(kind, enabled=False):
            logits = (hidden @ weight.T).view(len(targets), -1)  # [M·K, C]
            nll = torch.cat(
                [
                    _to_gradient(
                        logits[a : a + _BLOCK], targets[a : a + _BLOCK], scale[a : a + _BLOCK]
                    )
                    for a in range(0, len(targets), _BLOCK)
                ]
            )
        ctx.save_for_backward(logits.view(len(hidden), -1), hidden, weight)
        ctx.mark_non_differentiable(nll)
        return (nll * scale).sum(), nll

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor, Tensor, None, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Two products of matrices with the gradient of the logits."""
        gradient, hidden, weight = ctx.saved_tensors
        return (gradient @ weight) * grad, (gradient.T @ hidden).float() * grad, None, None


def _to_gradient(logits: Tensor, targets: Tensor, scale: Tensor) -> Tensor:
    """Replaces logits [R, C] by the gradient of Σ scale·nll; returns nll [R]."""
    probability = logits.float().softmax(dim=-1)
    valid = targets != IGNORED
    chosen = torch.where(valid, targets, 0)[:, None]
    likelihood = probability.gather(1, chosen)
    probability.scatter_(1, chosen, likelihood - 1)
    logits.copy_(probability.mul_((scale * valid)[:, None]))
    return -likelihood[:, 0].clamp(min=1e-38).log() * valid


def heads_loss(hidden: Tensor, weight: Tensor, targets: Tensor, weights: Tensor) -> LMLoss:
    """Weighted mean cross-entropy over codebooks.

    Args:
        hidden: [M, D], the transformer's output at M places.
        weight: [K·C, D], the K heads.
        targets: int64 [M, K], IGNORED where nothing is to be predicted.
        weights: [K], of mean 1.

    Returns:
        The loss in nats; a codebook without targets counts as 0.
    """
    valid = targets != IGNORED
    counts = valid.sum(dim=0).clamp(min=1)  # [K]
    scale = valid * (weights / (counts * len(weights)))
    total, nll = _HeadsAndLoss.apply(hidden, weight, targets, scale)  # pyright: ignore[reportGeneralTypeIssues]
    return LMLoss(total, nll.view_as(targets).sum(dim=0) / counts)
