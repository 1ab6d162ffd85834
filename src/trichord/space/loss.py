"""The symmetric InfoNCE loss over instruments, with twins kept out of the negatives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def info_nce(similarity: Tensor, positive: Tensor, ignored: Tensor) -> Tensor:
    """InfoNCE with several positives per query; every positive competes with the negatives alone.

        loss = mean over queries q, mean over positives p of q of
               -log( exp(s_qp) / (exp(s_qp) + sum over negatives n of exp(s_qn)) )

    Other positives do not stand in the denominator, so that the loss can reach zero however many
    notes of one instrument a batch holds.

    Args:
        similarity: [Q, K] scaled similarities.
        positive: bool [Q, K], pairs to pull together.
        ignored: bool [Q, K], pairs that are neither positive nor negative.

    Returns:
        The loss, a scalar; 0 when no query has a positive.
    """
    negative = ~(positive | ignored)
    against = similarity.masked_fill(~negative, float("-inf")).logsumexp(dim=1, keepdim=True)
    # softplus(a - s) = -log(exp(s) / (exp(s) + exp(a))); a = -inf (no negatives) gives 0.
    each = F.softplus(against - similarity).masked_fill(~positive, 0.0)
    count = positive.sum(dim=1)
    mean = each.sum(dim=1) / count.clamp(min=1)
    return mean.sum() / (count > 0).sum().clamp(min=1)


@dataclass(frozen=True)
class LossConfig:
    """Weights and temperatures of the loss."""

    temperature: float = 0.07
    """Where the learned temperatures start."""
    lowest_temperature: float = 0.01
    """The learned temperatures are kept at or above this."""
    audio_weight: float = 0.5
    """Weight of the audio-audio term (two notes of one instrument) beside the text-audio terms."""


class SpaceLosses(NamedTuple):
    """Scalars; `total` is what is minimised."""

    total: Tensor
    text_to_audio: Tensor
    audio_to_text: Tensor
    audio_to_audio: Tensor


class InstrumentInfoNCE(nn.Module):
    """Symmetric InfoNCE between captions and notes, and among notes; instruments are the unit.

    Inputs:

    | name | shape | meaning |
    |---|---|---|
    | text | [I, D] | unit vector of one caption of each of I instruments |
    | audio | [N, D] | unit vectors of notes |
    | owner | int64 [N] | which of the I instruments each note belongs to |
    | twins | bool [I, I] | pairs with one sound (False on the diagonal): never negatives |
    | alike | bool [I, I] | pairs whose captions say the same: never text-audio negatives |

    Recommendations: two notes or more of each instrument, of different pitch, so that the
    audio-audio term teaches the encoder to forget pitch; as many instruments as memory allows.

    Reference: van den Oord et al. 2018 (InfoNCE); Radford et al. 2021 (symmetric, learned
    temperature); Khosla et al. 2020 (several positives).
    """

    def __init__(self, config: LossConfig) -> None:
        super().__init__()
        self.config = config
        start = -math.log(config.temperature)
        self.log_scale = nn.Parameter(torch.tensor([start, start]))

    @property
    def scales(self) -> Tensor:
        """1 / temperature of the text-audio pairs and of the audio-audio pairs: [2]."""
        return self.log_scale.clamp(max=-math.log(self.config.lowest_temperature)).exp()

    def forward(
        self, text: Tensor, audio: Tensor, owner: Tensor, twins: Tensor, alike: Tensor
    ) -> SpaceLosses:
        """See the table above."""
        text_scale, audio_scale = self.scales.unbind()
        own = torch.arange(len(text), device=owner.device)[:, None] == owner  # [I, N]
        similarity = text_scale * text @ audio.T
        skipped = (twins | alike)[:, owner] & ~own
        forth = info_nce(similarity, own, skipped)
        back = info_nce(similarity.T, own.T, skipped.T)
        same = owner[:, None] == owner  # [N, N]
        itself = torch.eye(len(owner), dtype=torch.bool, device=owner.device)
        among = info_nce(
            audio_scale * audio @ audio.T, same & ~itself, itself | twins[owner][:, owner]
        )
        total = (forth + back) / 2 + self.config.audio_weight * among
        return SpaceLosses(total, forth, back, among)
