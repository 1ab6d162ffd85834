"""What a linear map could read of a note's pitch from its vector, taken out of the audio door.

An instrument has one vector under the generator whatever key it was heard at, so the key should
leave no trace in it. Least-squares concept erasure (LEACE, Belrose et al. 2023, arXiv 2306.03819):
of all linear maps after which pitch cannot be read linearly, the one that moves the vectors least.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trichord.space.joint import JointSpace
from trichord.train.space_data import NoteTable

_RIDGE = 1e-6
"""Added to the covariance: directions that hardly any vector takes are left alone."""


def pitch_eraser(vectors: Tensor, notes: NoteTable) -> Tensor:
    """The map [D, D] that erases pitch within instruments, fitted on the training split.

    Args:
        vectors: unit [N, D], one per note.
        notes: whose they are.
    """
    train = torch.tensor([row.split == "train" for row in notes.instruments])[notes.owner]
    within = _centred(vectors.double(), notes.owner)[train]
    pitch = _centred(notes.pitch.double()[:, None], notes.owner)[train]
    covariance = within.T @ within / len(within)
    covariance += _RIDGE * torch.eye(len(covariance), dtype=torch.double)
    values, axes = torch.linalg.eigh(covariance)
    whiten = axes @ torch.diag(values**-0.5) @ axes.T
    unwhiten = axes @ torch.diag(values**0.5) @ axes.T
    towards = F.normalize(whiten @ (within.T @ pitch / len(within)), dim=0)  # [D, 1]
    identity = torch.eye(len(covariance), dtype=torch.double)
    return identity - unwhiten @ towards @ towards.T @ whiten


@torch.no_grad()
def erase(space: JointSpace, eraser: Tensor) -> None:
    """Puts the map into the last layer of the audio head: what comes out has no such trace."""
    last = space.audio_head.net[-1]
    assert isinstance(last, nn.Linear)
    last.weight.copy_(eraser @ last.weight.double())
    last.bias.copy_(eraser @ last.bias.double())


def _centred(values: Tensor, owner: Tensor) -> Tensor:
    """Values [N, C] less the mean of their instrument."""
    count = int(owner.max()) + 1
    sums = torch.zeros(count, values.shape[1], dtype=values.dtype).index_add_(0, owner, values)
    sizes = torch.bincount(owner, minlength=count).clamp(min=1)[:, None]
    return values - (sums / sizes)[owner]
