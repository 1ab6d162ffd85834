"""Which frames are masked: spans, not single frames.

Neighbouring frames of a codec say much of each other, so that a hole of one frame is filled by
copying (MAGNeT, Ziv et al. 2024, section 3.2). Spans of l frames may overlap and hang over both
ends, so that every frame is equally often masked. Of the T + l − 1 places where a span touches a
sequence of T frames u are drawn; a frame then stays visible with probability

    C(T − 1, u) / C(T + l − 1, u),

for l of the places would cover it. u is chosen so that the expected rate comes nearest to the one
that is wanted.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def cosine_rate(progress: Tensor) -> Tensor:
    """The share that is masked: cos(π/2 · progress), 1 at the beginning and 0 at the end."""
    return torch.cos(progress * (math.pi / 2))


def visible_chance(lengths: Tensor, span: int, spans: Tensor) -> Tensor:
    """Probability that a frame stays visible, float64.

    Args:
        lengths: T, integers [...].
        span: l, frames of a span.
        spans: u, integers [...], how many are drawn.
    """
    n, u = lengths.double(), spans.double()
    few = u <= n - 1
    left = torch.where(few, n - u, 1)
    chance = n.lgamma() - left.lgamma() - (n + span).lgamma() + (n + span - u).clamp(1).lgamma()
    return torch.where(few, chance.exp(), 0)


def spans_for(rate: Tensor, lengths: Tensor, span: int) -> Tensor:
    """How many spans mask about that share of the frames, at least one; int64 [B].

    Args:
        rate: wanted share, float [B].
        lengths: frames of each row, integers [B].
        span: frames of a span.
    """
    spans = torch.arange(1, int(lengths.max()) + 1)
    table = 1 - visible_chance(lengths[:, None], span, spans[None])  # [B, U], rising
    table = table.masked_fill(spans[None] > lengths[:, None], math.inf)
    return (table - rate[:, None]).abs().argmin(dim=1) + 1


def draw_spans(
    rate: Tensor, lengths: Tensor, frames: int, span: int, generator: torch.Generator | None
) -> Tensor:
    """Masks drawn at random.

    Args:
        rate: share of the frames to mask, float [B].
        lengths: frames of each row, integers [B], 1..`frames`.
        frames: F, the longest row.
        span: frames of a span.
        generator: to draw from; torch's own where it is None.

    Returns:
        bool [B, F]; at least one frame of each row is masked, and none past its length.
    """
    places = frames + span - 1
    luck = torch.rand(len(lengths), places, generator=generator)
    beyond = torch.arange(places) >= (lengths + span - 1)[:, None]
    rank = luck.masked_fill(beyond, 2.0).argsort(dim=1).argsort(dim=1)
    starts = rank < spans_for(rate, lengths, span)[:, None]  # place p covers p − l + 1 … p
    masked = F.max_pool1d(starts[:, None].float(), span, stride=1)[:, 0] > 0
    return masked & (torch.arange(frames) < lengths[:, None])


def least_confident(confidence: Tensor, masked: Tensor, count: int, span: int) -> Tensor:
    """Which of the masked frames stay masked: the spans that the model is least sure of.

    A span is as sure as the surest of its masked frames. Spans are taken from the least sure on,
    as long as they do not hold more than `count` frames together.

    Args:
        confidence: of the token drawn for each frame, float [N, F].
        masked: frames that may stay masked, bool [N, F].
        count: how many may stay, fewer than are masked now.
        span: frames of a span.

    Returns:
        bool [N, F], a part of `masked`; at most `count` of each row.
    """
    frames = confidence.shape[1]
    span = min(span, frames)
    surest = confidence.masked_fill(~masked, -torch.inf)
    score = F.max_pool1d(surest[:, None], span, stride=1)[:, 0]  # [N, F − l + 1]
    score = score.masked_fill(score == -torch.inf, torch.inf)  # holds nothing that is masked
    rank = score.argsort(dim=1, stable=True).argsort(dim=1).float()
    # A frame is taken with the first span that covers it.
    edge = F.pad(rank, (span - 1, span - 1), value=torch.inf)
    first = -F.max_pool1d(-edge[:, None], span, stride=1)[:, 0]  # [N, F]
    first = first.masked_fill(~masked, torch.inf)
    limit = first.sort(dim=1).values[:, count : count + 1]
    return (first < limit) & masked
