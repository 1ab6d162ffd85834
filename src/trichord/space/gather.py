"""Batches shared by several devices as one: the contrast is with everyone's items, not one's own.

A contrastive loss over a part of the batch is another, easier loss. So every process gathers the
vectors of all, computes the whole loss, and sends back the gradient of vectors not its own. With
gradients averaged over processes afterwards (as DDP does) the step is that of a single process.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor


def world_size() -> int:
    """Number of processes that train together; 1 where none were started."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


class _Gather(torch.autograd.Function):
    """All rows of all processes, in the order of their ranks."""

    @staticmethod
    def forward(ctx: Any, own: Tensor) -> Tensor:  # noqa: ARG004 torch names it
        parts = [torch.empty_like(own) for _ in range(world_size())]
        dist.all_gather(parts, own.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:  # noqa: ARG004
        total = grads[0].contiguous()
        dist.all_reduce(total)
        rows = len(total) // world_size()
        return total[dist.get_rank() * rows :][:rows]


def gather(own: Tensor) -> Tensor:
    """Rows [B, ...] of this process -> rows [W * B, ...] of all W, with gradient to all.

    Every process must bring as many rows as the others. Averaging the gradients of parameters
    over the processes, as DDP does, then gives the gradient of the loss of the whole batch,
    provided that every process computes that whole loss.
    """
    if world_size() == 1:
        return own
    if own.is_floating_point():
        return _Gather.apply(own)  # pyright: ignore[reportReturnType] apply is not typed
    parts = [torch.empty_like(own) for _ in range(world_size())]
    dist.all_gather(parts, own.contiguous())
    return torch.cat(parts)
