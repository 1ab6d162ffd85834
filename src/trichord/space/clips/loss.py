"""What the space of clips is trained for: views meet, words meet sounds, order is kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from trichord.space.clips.distance import correlation, picture_distances
from trichord.space.gather import gather
from trichord.space.loss import info_nce


@dataclass(frozen=True)
class ClipLossConfig:
    """Weights and temperatures."""

    temperature: float = 0.07
    """Where the learned temperatures start."""
    lowest_temperature: float = 0.02
    """The learned temperatures are kept at or above this."""
    text: float = 0.5
    """Weight of the terms between sentences and sounds."""
    relation: float = 2.0
    """Weight of the term that keeps the order of distances."""
    alike: float = 0.9
    """Captions whose sentence vectors are at least this close (cosine) say the same."""


class ClipLosses(NamedTuple):
    """Scalars; `total` is what is minimised."""

    total: Tensor
    views: Tensor
    text: Tensor
    relation: Tensor


class ClipObjective(nn.Module):
    """Symmetric InfoNCE between two views and between text and sound, and a relational term.

    Inputs, for sets of k clips (siblings of one template, or strangers) and for notes:

    | name | shape | meaning |
    |---|---|---|
    | first, second | [N, D] | unit vectors of two views of each clip, N = sets * k |
    | notes | [I, D] | unit vectors of single notes |
    | text | [N + I, D] | unit vectors of one caption of each clip, then of each note |
    | sentences | [N + I, W] | frozen vectors of the captions: alike ones are no negatives |
    | sound | int64 [N + I] | equal where two renders, or two instruments, are one: no negatives |
    | pictures | [N, bands, F] | real pictures, whose distances are the ones to keep |

    Siblings are the hard negatives of the views: what differs between them is what the doors
    must hear. The relational term is 1 − Pearson's correlation of cosine distances with
    `picture_distances`, in every set and in the whole batch, within and across the views.

    Reference: van den Oord et al. 2018 (InfoNCE); Radford et al. 2021 (symmetric, learned
    temperature); Park et al. 2019 (relational distillation).
    """

    def __init__(self, config: ClipLossConfig, siblings: int) -> None:
        super().__init__()
        self.config = config
        self.siblings = siblings
        start = -math.log(config.temperature)
        self.log_scale = nn.Parameter(torch.tensor([start, start]))

    @property
    def scales(self) -> Tensor:
        """1 / temperature of the views and of text and sound: [2]."""
        return self.log_scale.clamp(max=-math.log(self.config.lowest_temperature)).exp()

    def forward(
        self,
        first: Tensor,
        second: Tensor,
        notes: Tensor,
        text: Tensor,
        sentences: Tensor,
        sound: Tensor,
        pictures: Tensor,
    ) -> ClipLosses:
        """See the table above."""
        with torch.autocast(first.device.type, enabled=False):
            # Siblings differ by thousandths of a cosine, less than 16 bits can tell.
            return self._losses(
                first.float(),
                second.float(),
                notes.float(),
                text.float(),
                sentences,
                sound,
                pictures,
            )

    def _losses(
        self,
        first: Tensor,
        second: Tensor,
        notes: Tensor,
        text: Tensor,
        sentences: Tensor,
        sound: Tensor,
        pictures: Tensor,
    ) -> ClipLosses:
        view_scale, text_scale = self.scales.unbind()
        relation = self._relation(gather(first), gather(second), gather(pictures))
        count = len(first)
        heard = [gather(torch.cat([view, notes])) for view in (first, second)]
        text, sentences, all_sounds = gather(text), gather(sentences), gather(sound)
        same = (all_sounds[:, None] == all_sounds) | (sentences @ sentences.T > self.config.alike)
        words = torch.stack([_symmetric(text_scale * text @ each.T, same) for each in heard]).mean()
        first, second, sound = gather(first), gather(second), gather(sound[:count])
        views = _symmetric(view_scale * first @ second.T, sound[:, None] == sound)
        total = views + self.config.text * words + self.config.relation * relation
        return ClipLosses(total, views, words, relation)

    def _relation(self, first: Tensor, second: Tensor, pictures: Tensor) -> Tensor:
        """1 − correlation, averaged over views and over the sets and the whole batch."""
        aim = picture_distances(pictures.float())
        pairs = torch.triu_indices(self.siblings, self.siblings, 1).unbind()
        all_pairs = torch.triu_indices(len(first), len(first), 1).unbind()
        losses: list[Tensor] = []
        for a, b in ((first, first), (second, second), (first, second)):
            apart = 1 - a @ b.T
            in_sets = correlation(
                _blocks(apart, self.siblings)[:, *pairs], _blocks(aim, self.siblings)[:, *pairs]
            )
            losses += [1 - in_sets.mean(), 1 - correlation(apart[all_pairs], aim[all_pairs])]
        return torch.stack(losses).mean()


def _blocks(matrix: Tensor, size: int) -> Tensor:
    """The blocks on the diagonal of [N, N]: [N / size, size, size]."""
    count = len(matrix) // size
    blocks = matrix.unflatten(0, (count, size)).unflatten(2, (count, size))
    return blocks.diagonal(dim1=0, dim2=2).permute(2, 0, 1)


def _symmetric(similarity: Tensor, same: Tensor) -> Tensor:
    """InfoNCE of [N, N] both ways; pairs that are the `same` thing twice are no negatives."""
    own = torch.eye(len(similarity), dtype=torch.bool, device=similarity.device)
    ignored = same & ~own
    return (info_nce(similarity, own, ignored) + info_nce(similarity.T, own, ignored)) / 2
