"""A decoder-only transformer: pre-norm, no biases, fused projections, key-value cache.

It attends to the steps before (autoregressive models) or to all of them (masked ones). It maps
embeddings to embeddings and knows nothing of codecs, patterns or conditions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trichord.lm.config import LMConfig
from trichord.lm.linear import Linear

_GROWTH = 8  # steps that a room of the cache has in reserve, at least


@dataclass
class Cache:
    """Keys and values of the steps taken so far.

    On the CPU they are kept in float32, in which single steps are attended to, and in rooms that
    grow with them by a few steps at a time: reading across the gaps that a room for all steps to
    come would leave takes three times as long. Elsewhere there is room for all steps from the
    beginning.
    """

    keys: list[Tensor]
    """Of each layer, [B, heads, room, head width]."""
    values: list[Tensor]
    """Of each layer, [B, heads, room, head width]."""
    capacity: int
    """All steps to come."""
    length: int = 0
    """Steps taken."""
    memory: dict[int, tuple[Tensor, Tensor]] = field(
        default_factory=dict[int, tuple[Tensor, Tensor]]
    )
    """Keys and values [B, heads, M, head width] of the conditions, by layer."""

    @classmethod
    def empty(
        cls, config: LMConfig, rows: int, capacity: int, dtype: torch.dtype, device: torch.device
    ) -> Cache:
        """No steps of `rows` sequences, of which there are to be `capacity`."""
        on_cpu = device.type == "cpu"
        shape = (rows, config.heads, 0 if on_cpu else capacity, config.dim // config.heads)
        kept = torch.float32 if on_cpu else dtype

        def rooms() -> list[Tensor]:
            return [torch.empty(shape, dtype=kept, device=device) for _ in range(config.layers)]

        return cls(rooms(), rooms(), capacity)

    def extend(self, layer: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Writes one layer's new steps [B, H, n, W] and returns all of them so far."""
        end = self.length + key.shape[2]
        if end > self.keys[layer].shape[2]:
            for rooms in (self.keys, self.values):
                rooms[layer] = self._grown(rooms[layer], end)
        self.keys[layer][:, :, self.length : end] = key
        self.values[layer][:, :, self.length : end] = value
        return self.keys[layer][:, :, :end], self.values[layer][:, :, :end]

    def _grown(self, room: Tensor, end: int) -> Tensor:
        """A larger room with the steps that are in it so far."""
        size = min(self.capacity, end + max(_GROWTH, end // _GROWTH))
        larger = room.new_empty(*room.shape[:2], size, room.shape[3])
        larger[:, :, : self.length] = room[:, :, : self.length]
        return larger


def attend_once(q: Tensor, k: Tensor, v: Tensor, visible: Tensor | None = None) -> Tensor:
    """Softmax attention of one query each [B, H, 1, W] to keys and values [B, H, T, W].

    On the CPU two batched products in float32 take a quarter of the time of the fused kernel, which
    is made for long blocks of queries.

    Args:
        q: queries, of any precision; the result has it too.
        k: keys.
        v: values.
        visible: which keys may be looked at, bool [B, 1, 1, T]; all if None.
    """
    if q.device.type != "cpu":
        return F.scaled_dot_product_attention(q, k, v, visible)
    W = q.shape[3]
    keys, values = k.float().flatten(0, 1), v.float().flatten(0, 1)
    scores = torch.bmm((q.float() * W**-0.5).flatten(0, 1), keys.transpose(1, 2))  # [B·H, 1, T]
    if visible is not None:
        hidden = ~visible.expand(-1, q.shape[1], -1, -1).flatten(0, 1)
        scores = scores.masked_fill(hidden, -torch.inf)
    return torch.bmm(scores.softmax(-1), values).view(q.shape).to(q.dtype)


def attend(q: Tensor, k: Tensor, v: Tensor, visible: Tensor | None, causal: bool) -> Tensor:
    """Softmax attention of S queries [B, H, S, W], which are the last S of the keys' steps.

    On the CPU the fused kernel's backward pass takes five times as long as three plain products
    of matrices do at these lengths, so training there takes the plain ones.

    Args:
        q: queries.
        k: keys [B, H, T, W].
        v: values.
        visible: which key each query may look at, bool [B or 1, 1, S, T]; all if None.
        causal: no query looks at what comes after it; not together with `visible`.
    """
    S, W = q.shape[-2:]
    if not (torch.is_grad_enabled() and q.device.type == "cpu"):
        return F.scaled_dot_product_attention(q, k, v, visible, is_causal=causal and S > 1)
    if causal:
        visible = torch.ones(S, S, dtype=torch.bool, device=q.device).tril()
    bias = torch.zeros((), dtype=q.dtype, device=q.device)
    if visible is not None:
        bias = torch.zeros(visible.shape, dtype=q.dtype, device=q.device)
        bias = bias.masked_fill(~visible, -torch.inf)
        if bias.dim() == 4:
            bias = bias.expand(*q.shape[:2], -1, -1).flatten(0, 1)
    query, key, value = (x.flatten(0, 1) for x in (q, k, v))
    scores = torch.baddbmm(bias, query, key.transpose(1, 2), alpha=W**-0.5)
    return torch.bmm(scores.softmax(-1), value).view(q.shape)


class SelfAttention(nn.Module):
    """Attention among the steps; queries, keys and values come out of one matrix."""

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.causal = config.decoding == "autoregressive"
        self.qkv = Linear(config.dim, 3 * config.dim)
        self.out = Linear(config.dim, config.dim)

    def forward(
        self, x: Tensor, layer: int, cache: Cache | None, visible: Tensor | None = None
    ) -> Tensor:
        """[B, S, dim] → [B, S, dim]."""
        B, S, D = x.shape
        q, k, v = self.qkv(x).view(B, S, 3, self.heads, D // self.heads).permute(2, 0, 3, 1, 4)
        held = None if cache is None else cache.extend(layer, k, v)
        if held is not None and S == 1:
            y = attend_once(q, *held)
        else:
            # A block of several steps attends causally only from an empty cache on.
            assert cache is None or cache.length == 0
            y = attend(q, k, v, visible, self.causal)
        return self.out(y.transpose(1, 2).reshape(B, S, D))


class CrossAttention(nn.Module):
    """Attention to the memory of conditions."""

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.q = Linear(config.dim, config.dim)
        self.kv = Linear(config.dim, 2 * config.dim)
        self.out = Linear(config.dim, config.dim)

    def forward(
        self, x: Tensor, memory: Tensor, mask: Tensor | None, layer: int, cache: Cache | None
    ) -> Tensor:
        """[B, S, dim], [B, M, dim] and, where the memory is not full, bool [B, M] → [B, S, dim]."""
        B, S, D = x.shape
        q = self.q(x).view(B, S, self.heads, D // self.heads).transpose(1, 2)
        visible = None if mask is None else mask[:, None, None]
        if cache is None:
            y = F.scaled_dot_product_attention(q, *self._keys(memory), attn_mask=visible)
        else:
            if layer not in cache.memory:
                k, v = self._keys(memory)
                kept = cache.keys[layer].dtype
                cache.memory[layer] = (k.to(kept), v.to(kept))
            k, v = cache.memory[layer]
            if S == 1:
                y = attend_once(q, k, v, visible)
            else:
                y = F.scaled_dot_product_attention(q.to(k.dtype), k, v, visible).to(x.dtype)
        return self.out(y.transpose(1, 2).reshape(B, S, D))

    def _keys(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        B, M, D = memory.shape
        both = self.kv(memory).view(B, M, 2, self.heads, D // self.heads)
        key, value = both.permute(2, 0, 3, 1, 4)
        return key, value


class Block(nn.Module):
    """Attention, optional cross-attention, feed-forward; each on a normalised copy, added back."""

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(config.dim, bias=False)
        self.attention = SelfAttention(config)
        self.cross_norm = nn.LayerNorm(config.dim, bias=False) if config.crosses else None
        self.cross = CrossAttention(config) if config.crosses else None
        self.feed_norm = nn.LayerNorm(config.dim, bias=False)
        self.up = Linear(config.dim, config.hidden * config.dim)
        self.down = Linear(config.hidden * config.dim, config.dim)
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self,
        x: Tensor,
        layer: int,
        memory: Tensor | None = None,
        cache: Cache | None = None,
        memory_mask: Tensor | None = None,
        visible: Tensor | None = None,
    ) -> Tensor:
        """[B, S, dim] → [B, S, dim]."""
        x = x + self.dropout(self.attention(self.attention_norm(x), layer, cache, visible))
        if self.cross is not None and self.cross_norm is not None and memory is not None:
            x = x + self.dropout(self.cross(self.cross_norm(x), memory, memory_mask, layer, cache))
        hidden = F.gelu(self.up(self.feed_norm(x)))
        return x + self.dropout(self.down(hidden))


class Transformer(nn.Module):
    """Blocks and a last normalisation."""

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.dim, bias=False)
        self._initialise(config)

    def _initialise(self, config: LMConfig) -> None:
        """GPT-2's scheme: what is added to the residual stream starts smaller in deeper models."""
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                added_back = name.endswith(("out.weight", "down.weight"))
                scale = 1 / math.sqrt(2 * config.layers) if added_back else 1.0
                nn.init.normal_(parameter, std=0.02 * scale)

    def forward(
        self,
        x: Tensor,
        memory: Tensor | None = None,
        cache: Cache | None = None,
        memory_mask: Tensor | None = None,
        visible: Tensor | None = None,
    ) -> Tensor:
        """Runs S positions, after those in the cache if there is one.

        Args:
            x: [B, S, dim].
            memory: [B, M, dim] for cross-attention.
            cache: extended by S steps; S must be 1 unless it is empty.
            memory_mask: which rows of the memory hold something, bool [B, M]; all if None.
            visible: which position attends to which, bool [B or 1, 1, S, S], where a model looks
                in both directions; all to all if None.

        Returns:
            [B, S, dim], normalised.
        """
        for layer, block in enumerate(self.blocks):
            x = block(x, layer, memory, cache, memory_mask, visible)
        if cache is not None:
            cache.length += x.shape[1]
        return self.norm(x)
