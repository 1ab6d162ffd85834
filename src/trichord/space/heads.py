"""Projection heads: the small networks between an encoder's vectors and the joint space."""

from __future__ import annotations

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

from trichord.errors import InputError


@dataclass(frozen=True)
class HeadConfig:
    """Shape of one multi-layer perceptron."""

    hidden: int = 384
    """Width of the hidden layers."""
    layers: int = 1
    """Number of hidden layers; 0: one linear map."""
    dropout: float = 0.1
    """Chance that a hidden value is zeroed in training."""
    input_dropout: float = 0.0
    """Chance that a value of the encoder's vector is zeroed in training."""

    def __post_init__(self) -> None:
        if self.layers < 0:
            raise InputError(f"head.layers: {self.layers}; give 0 or more")
        for name in ("dropout", "input_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(
                    f"head.{name}: {getattr(self, name)}; give at least 0 and less than 1"
                )


class ProjectionHead(nn.Module):
    """(Linear, LayerNorm, GELU, Dropout) × layers, a last Linear, then the unit sphere."""

    def __init__(self, dim_in: int, dim_out: int, config: HeadConfig) -> None:
        super().__init__()
        steps: list[nn.Module] = []
        width = dim_in
        for _ in range(config.layers):
            steps += [nn.Linear(width, config.hidden), nn.LayerNorm(config.hidden)]
            steps += [nn.GELU(), nn.Dropout(config.dropout)]
            width = config.hidden
        self.net = nn.Sequential(*steps, nn.Linear(width, dim_out))
        self.drop = nn.Dropout(config.input_dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Maps x [N, dim_in] -> unit vectors [N, dim_out]."""
        return F.normalize(self.net(self.drop(x)).float(), dim=-1)
