"""Providers: one attribute of a note -> one vector."""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.lm.config import LMConfig


class Provider(nn.Module):
    """One attribute of N notes → vectors [N, dim]."""

    @abstractmethod
    def forward(self, values: Tensor) -> Tensor:
        """Vectors [N, dim] of values [N] or [N, D]; absent values may map to anything finite."""

    @abstractmethod
    def absent(self, values: Tensor) -> Tensor:
        """True for the rows that hold no value, bool [N]."""


class JointProvider(Provider):
    """A linear map of the unit vector, scaled so that its entries are of size one.

    Several vectors of one instrument [N, M, D] are weighed into one first, where the model has
    learned to (`joint_notes`); a single one passes as it is, so that one prompt is enough in use.
    """

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.linear = nn.Linear(config.joint_dim, config.dim, bias=False)
        self.scale = math.sqrt(config.joint_dim)
        self.weigh = NoteAttention(config.joint_dim) if config.joint_notes else None

    def forward(self, values: Tensor) -> Tensor:
        """See `Provider.forward`."""
        if values.dim() == 3:
            if self.weigh is None:
                raise InputError(
                    f"{values.shape[1]} joint vectors for a note, and joint_notes is 0: give one"
                )
            values = self.weigh(values)
        return self.linear(values.to(self.linear.weight.dtype) * self.scale)

    def absent(self, values: Tensor) -> Tensor:
        """See `Provider.absent`."""
        return (values == 0).flatten(1).all(-1)


class NoteAttention(nn.Module):
    """One vector of several: a mean under learned weights, made unit again.

    The weights are a softmax over wᵀ tanh(W z), attention with a learned query (Ilse et al. 2018).
    w begins at zero and the result therefore at the mean direction.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.keys = nn.Linear(dim, dim, bias=False)
        self.query = nn.Parameter(torch.zeros(dim))

    def forward(self, vectors: Tensor) -> Tensor:
        """Unit vectors [N, M, D] -> [N, D]; of a row of zeros, zeros."""
        known = vectors.to(self.query.dtype)
        scores = torch.tanh(self.keys(known) * known.shape[-1] ** 0.5) @ self.query
        return F.normalize((scores.softmax(dim=1)[:, :, None] * known).sum(dim=1), dim=-1)


class PitchProvider(Provider):
    """A table over the MIDI keys plus smooth features, through which neighbours share.

    The table starts at zero, so that a key never met in training sounds like its neighbours.
    """

    PERIODS = (256.0, 128.0, 64.0, 32.0, 16.0, 12.0)  # keys

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.table = nn.Embedding(128, config.dim)
        self.smooth = nn.Linear(1 + 2 * len(self.PERIODS), config.dim, bias=False)

    def forward(self, values: Tensor) -> Tensor:
        """See `Provider.forward`."""
        key = values.clamp(0, 127)
        waves = key[:, None] * (2 * math.pi / torch.tensor(self.PERIODS, device=key.device))
        features = torch.cat([(key[:, None] - 60) / 32, waves.sin(), waves.cos()], dim=1)
        return self.table(key) + self.smooth(features.to(self.smooth.weight.dtype))

    def absent(self, values: Tensor) -> Tensor:
        """See `Provider.absent`."""
        return values < 0


class VelocityProvider(Provider):
    """Smooth features of the velocity, so that any of 1..127 may be asked for."""

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.smooth = nn.Linear(5, config.dim, bias=False)

    def forward(self, values: Tensor) -> Tensor:
        """See `Provider.forward`."""
        x = values.clamp(1, 127) / 127
        wave = x * math.pi
        features = [2 * x - 1, x.log() / 2, wave.cos(), wave.sin(), (2 * wave).sin()]
        return self.smooth(torch.stack(features, dim=1).to(self.smooth.weight.dtype))

    def absent(self, values: Tensor) -> Tensor:
        """See `Provider.absent`."""
        return values < 1


class IndexProvider(Provider):
    """A table of learned vectors."""

    def __init__(self, entries: int, config: LMConfig) -> None:
        super().__init__()
        self.table = nn.Embedding(entries, config.dim)

    def forward(self, values: Tensor) -> Tensor:
        """See `Provider.forward`."""
        return self.table(values.clamp(0, self.table.num_embeddings - 1))

    def absent(self, values: Tensor) -> Tensor:
        """See `Provider.absent`."""
        return values < 0
