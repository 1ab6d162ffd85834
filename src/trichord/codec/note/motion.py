"""How the levels of a note move from block to block, as far as its tokens do not tell.

Tokens cannot say all, and a decoder that is trained to be as near as possible says the mean of what
might be: partials then stand still that shimmered, and noise is smoother than noise is. What is
missing is not known, but how much of it there is can be told from the tokens. It is drawn anew:
levels in dB move by a normal deviate times a predicted deviation. The ear, like any statistic of a
texture (McDermott and Simoncelli 2011), asks for the right amount of movement, not for the same.
"""

from __future__ import annotations

import torch
from torch import nn

from trichord.codec.note import layout as lay
from trichord.codec.note.network import NetworkConfig, Stack

AROUND = 9
"""Blocks over which a level's mean is taken; what departs from it is movement."""
LEAST, MOST = -4.0, 2.5
"""Bounds of the logarithm of a deviation in dB."""
_FARTHEST = 2.0
"""Deviates are held within so many deviations: no single block sticks out."""
_SOUNDING_DB = -90.0
"""Levels below this are silence, which does not move."""


class Motion(nn.Module):
    """Latent vectors of a note -> the deviation of each level's movement."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        narrow = NetworkConfig(
            dim=config.motion, layers=2, kernel=config.kernel, max_blocks=config.max_blocks
        )
        self.stack = Stack(narrow, config.latent, lay.FEATURES - 1)

    def forward(self, latent: torch.Tensor, pitch: torch.Tensor) -> torch.Tensor:
        """`[B, F, latent]`, MIDI `[B]` -> logarithms of deviations in dB `[B, F, FEATURES - 1]`."""
        return self.stack(latent, pitch).clamp(LEAST, MOST)


def movement(levels: torch.Tensor) -> torch.Tensor:
    """Levels `[B, F, D]` less their running mean over `AROUND` blocks."""
    side = AROUND // 2
    padded = nn.functional.pad(levels.transpose(1, 2), (side, side), mode="replicate")
    return levels - nn.functional.avg_pool1d(padded, AROUND, 1).transpose(1, 2)


def sounding(levels: torch.Tensor) -> torch.Tensor:
    """Which levels are more than silence; bool, same shape."""
    return levels > _SOUNDING_DB


def moved(
    features: torch.Tensor, log_deviation: torch.Tensor, generator: torch.Generator
) -> torch.Tensor:
    """Features of one note `[F, FEATURES]` with the movement that is missing, drawn anew."""
    deviates = torch.randn(log_deviation.shape, generator=generator).clamp(-_FARTHEST, _FARTHEST)
    levels = features[:, 1:]
    lively = (levels + deviates * log_deviation.float().exp()).clamp(lay.FLOOR_DB, 20.0)
    return torch.cat([features[:, :1], torch.where(sounding(levels), lively, levels)], 1)
