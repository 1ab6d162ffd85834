"""From a text vector to an audio vector: the two doors of a contrastive space never quite meet.

Captions and sounds lie in two cones of the sphere, and the generator has only ever seen vectors of
sounds. Three ways across, chosen by one field and measured on held-out instruments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trichord.errors import InputError


@dataclass(frozen=True)
class PriorConfig:
    """Which way across, and its settings."""

    method: Literal["none", "neighbours", "learned"] = "neighbours"
    """none: the text vector; neighbours: a mean of training instruments; learned: an MLP."""
    neighbours: int = 8
    """Training instruments that are averaged (neighbours)."""
    temperature: float = 0.05
    """Softmax temperature of their weights (neighbours)."""
    hidden: int = 256
    """Width of the hidden layer (learned)."""
    bank: int = 0
    """Training instruments whose mean audio vectors are stored with the space (neighbours)."""

    def __post_init__(self) -> None:
        if self.neighbours < 1:
            raise InputError(f"prior.neighbours: {self.neighbours}; give 1 or more")
        if self.temperature <= 0:
            raise InputError(f"prior.temperature: {self.temperature}; give more than 0")


class NoPrior(nn.Module):
    """The text vector stands for the audio vector as it is."""

    def forward(self, text: Tensor) -> Tensor:
        """Maps text [N, D] unit -> the same."""
        return text


class NeighbourPrior(nn.Module):
    """The mean of the k training instruments nearest to the text, weighted by similarity."""

    bank: Tensor

    def __init__(self, dim: int, config: PriorConfig) -> None:
        super().__init__()
        self.neighbours = config.neighbours
        self.temperature = config.temperature
        self.register_buffer("bank", F.normalize(torch.ones(max(config.bank, 1), dim), dim=-1))

    def forward(self, text: Tensor) -> Tensor:
        """Maps text [N, D] unit -> [N, D] unit."""
        similarity = text @ self.bank.T  # [N, M]
        best, index = similarity.topk(min(self.neighbours, len(self.bank)), dim=-1)
        weights = (best / self.temperature).softmax(dim=-1)
        return F.normalize((weights[:, :, None] * self.bank[index]).sum(1), dim=-1)


class LearnedPrior(nn.Module):
    """A residual MLP trained on (caption vector, mean audio vector) of the training instruments."""

    def __init__(self, dim: int, config: PriorConfig) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(dim, config.hidden), nn.GELU(), nn.Linear(config.hidden, dim)
        )

    def forward(self, text: Tensor) -> Tensor:
        """Maps text [N, D] unit -> [N, D] unit."""
        return F.normalize(text + self.net(text), dim=-1)


def build_prior(dim: int, config: PriorConfig) -> nn.Module:
    """The module that the field `method` names."""
    if config.method == "neighbours":
        return NeighbourPrior(dim, config)
    return LearnedPrior(dim, config) if config.method == "learned" else NoPrior()


def fit_learned_prior(
    prior: LearnedPrior,
    text: Tensor,
    audio: Tensor,
    *,
    steps: int,
    noise: float,
    generator: torch.Generator,
) -> None:
    """Fits the MLP to reach each caption's instrument, with noise on its input.

    Args:
        prior: fitted in place.
        text: [M, D] unit vectors of captions.
        audio: [M, D] unit mean audio vector of each caption's instrument.
        steps: optimiser steps of 256 pairs.
        noise: standard deviation of the noise vector's length, relative to the unit text vector.
        generator: draws pairs and noise.
    """
    optimiser = torch.optim.AdamW(prior.parameters(), lr=1e-3, weight_decay=1e-2)
    spread = noise / text.shape[1] ** 0.5
    for _ in range(steps):
        pick = torch.randint(len(text), (256,), generator=generator)
        shaken = text[pick] + spread * torch.randn(256, text.shape[1], generator=generator)
        loss = 1 - (prior(F.normalize(shaken, dim=-1)) * audio[pick]).sum(-1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
