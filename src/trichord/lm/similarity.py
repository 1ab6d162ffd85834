"""Similarity regularisation: what is alike in words is to be alike inside the model.

    RR = mean over i ≠ j of (⟨t_i, t_j⟩ − ⟨a_i, a_j⟩)²

with t_i the pooled states of the text encoder and a_i the pooled last hidden states of the language
model, both of unit length (Enhance Audio Generation Controllability Through Representation
Similarity Regularization, arXiv 2309.08773). The paper adds λ · RR in the steps in which
classifier-free guidance hides the condition.

Cosines of mean-pooled sentence states are all high: the bare target mostly says "all alike".
`Centring` takes out what all targets share, or whitens them, by figures of the training set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.errors import InputError

Pooling = Literal["max", "mean", "logsumexp"]
Centre = Literal["none", "centred", "whitened"]


def pool(states: Tensor, mask: Tensor, pooling: Pooling) -> Tensor:
    """One vector per row out of its states, padding left out.

    Args:
        states: [N, S, D].
        mask: bool [N, S], true where there is a state; at least one in every row.
        pooling: max, mean, or log Σ exp over the positions, each channel for itself.

    Returns:
        [N, D], of any length.
    """
    kept = mask[:, :, None]
    if pooling == "mean":
        return torch.where(kept, states, 0).sum(dim=1) / kept.sum(dim=1)
    hidden = states.masked_fill(~kept, -torch.inf)
    return hidden.amax(dim=1) if pooling == "max" else hidden.logsumexp(dim=1)


def similarity_loss(target: Tensor, own: Tensor) -> Tensor:
    """Mean over pairs i ≠ j of the squared difference of their cosines.

    Args:
        target: [N, D], of any length; no gradient flows into it.
        own: [N, E], of any length.

    Returns:
        A scalar in 0..4, in float32; 0 for fewer than two rows, which have no pairs.
    """
    N = len(own)
    if N < 2:
        return own.sum() * 0
    t, a = F.normalize(target.detach().float(), dim=1), F.normalize(own.float(), dim=1)
    with torch.autocast(own.device.type, enabled=False):  # cosines near 1 are all one in bfloat16
        difference = t @ t.T - a @ a.T
    pairs = ~torch.eye(N, dtype=torch.bool, device=own.device)
    return difference.square().masked_fill(~pairs, 0).sum() / (N * (N - 1))


@dataclass(frozen=True)
class Centring:
    """An affine map of targets, fitted once on the training set and never on a batch.

    A batch smaller than its vectors are wide would be whitened to vectors that are all at right
    angles, whatever they say.
    """

    mean: Tensor
    """[D]."""
    matrix: Tensor | None = None
    """Whitening, [D, D]; None = centring alone."""

    @classmethod
    def fit(cls, vectors: Tensor, centre: Centre, shrinkage: float = 0.01) -> Centring | None:
        """The map that gives these vectors a mean of zero (and, whitened, a covariance of 1).

        Args:
            vectors: [N, D] pooled targets of the training set, made of unit length first.
            centre: none, centred or whitened.
            shrinkage: share of the mean variance that is added to each, so that directions in
                which nothing varies are not blown up (Ledoit and Wolf, 2004, with a fixed share).

        Returns:
            None for "none".
        """
        if centre == "none":
            return None
        units = F.normalize(vectors.double(), dim=1)
        mean = units.mean(dim=0)
        if centre == "centred":
            return cls(mean.float())
        if len(units) < 2:
            raise InputError("centre is whitened, and there is one target alone; choose centred")
        values, directions = torch.linalg.eigh((units - mean).T.cov())
        values = values.clamp(min=0) + shrinkage * values.clamp(min=0).mean()
        # ZCA (Bell and Sejnowski, 1997): of all whitenings the one that turns vectors least.
        matrix = directions @ torch.diag(values.clamp(min=1e-12).rsqrt()) @ directions.T
        return cls(mean.float(), matrix.float())

    def __call__(self, vectors: Tensor) -> Tensor:
        """Maps [N, D] → [N, D]; of any length."""
        moved = F.normalize(vectors.float(), dim=1) - self.mean.to(vectors.device)
        return moved if self.matrix is None else moved @ self.matrix.to(vectors.device)
