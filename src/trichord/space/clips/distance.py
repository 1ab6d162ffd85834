"""How far apart pictures are by what is seen in them: the order that the space is taught to keep.

Telling every sound from every other says nothing of which are alike. So pictures of real sound are
also measured: their colour, their notes, their rhythm and their course. The measures are made of
pictures alone and are our own; what the studies judge by is built otherwise and never trained on.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

GROUPS = 12
"""Groups of neighbouring bands, nine semitones each, in which rhythm and course are measured."""

SEGMENTS = 6
"""Equal parts of a picture whose levels are its course."""


def picture_distances(pictures: Tensor) -> Tensor:
    """Distances of every pair of pictures, each measure's mean over the pairs being 1.

    Args:
        pictures: float [N, bands, F], dB above silence.

    Returns:
        [N, N], zero on the diagonal.
    """
    measures = (colour(pictures), notes(pictures), rhythm(pictures), course(pictures))
    total = torch.zeros(len(pictures), len(pictures), device=pictures.device)
    for measure in measures:
        distance = torch.cdist(measure, measure, compute_mode="donot_use_mm_for_euclid_dist")
        total += distance / distance.mean().clamp(min=1e-6)
    return total / len(measures)


def colour(pictures: Tensor) -> Tensor:
    """The mean level of every band and how much it moves: [N, 2 * bands]."""
    return torch.cat([pictures.mean(2), pictures.std(2)], dim=1)


def notes(pictures: Tensor) -> Tensor:
    """Which of the twelve notes sound how much, as shares of all energy's root: [N, 12]."""
    amplitude = 10 ** (pictures / 20) - 1
    bands = amplitude.mean(2)
    rows = F.pad(bands, (0, -bands.shape[1] % 12)).unflatten(1, (-1, 12)).square().sum(1).sqrt()
    return rows / rows.sum(1, keepdim=True).clamp(min=1e-6)


def rhythm(pictures: Tensor) -> Tensor:
    """How strongly groups of bands pulse at which rate, wherever the beat begins: [N, ...]."""
    rises = _grouped(pictures).diff(dim=2).clamp(min=0)
    spectrum = torch.fft.rfft(rises, n=256, dim=2).abs()[:, :, 1:]
    return spectrum.unflatten(2, (16, -1)).mean(3).flatten(1)


def course(pictures: Tensor) -> Tensor:
    """The level of every group of bands in each part of the picture: [N, groups * segments]."""
    return F.adaptive_avg_pool1d(_grouped(pictures), SEGMENTS).flatten(1)


def _grouped(pictures: Tensor) -> Tensor:
    """Mean levels of groups of bands: [N, groups, F]."""
    return F.adaptive_avg_pool1d(pictures.transpose(1, 2), GROUPS).transpose(1, 2)


def correlation(a: Tensor, b: Tensor) -> Tensor:
    """Pearson's correlation of values [..., P] with others, with gradient; 0 where one is constant.

    Returns:
        [...].
    """
    a, b = a - a.mean(-1, keepdim=True), b - b.mean(-1, keepdim=True)
    length = (a.square().sum(-1) * b.square().sum(-1)).clamp(min=1e-12).sqrt()
    return (a * b).sum(-1) / length
