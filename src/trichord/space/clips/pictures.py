"""The audio door's network: pictures (band levels in dB by columns of 93 ms) -> vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trichord.space.audio import ConvStage, TimePooling
from trichord.space.clips.config import PictureConfig

MIDDLE_DB = 40.0
"""A level between silence (0) and a sine at full scale (80), which the network sees as 0."""


class PictureEncoder(nn.Module):
    """Pictures of any length, real, sketched or refined -> vectors [N, dim].

    Convolutions over bands and time, the bands folded into one vector per column, and weighted
    means over time: what sounds counts, and hardly when.
    """

    def __init__(self, bands: int, config: PictureConfig) -> None:
        super().__init__()
        self.bands = bands
        self.time_strides = config.time_strides
        stem, *stages = config.channels
        self.stem = nn.Sequential(
            nn.Conv2d(1, stem, (3, 5), (config.time_strides[0], 2), padding=(1, 2), bias=False),
            nn.BatchNorm2d(stem),
            nn.GELU(),
        )
        bands = -(-bands // 2)
        self.stages = nn.ModuleList()
        for dim_in, dim_out, stride in zip(
            config.channels, stages, config.time_strides[1:], strict=False
        ):
            self.stages.append(ConvStage(dim_in, dim_out, stride))
            bands = -(-bands // 2)
        self.fold = nn.Sequential(
            nn.Linear(bands * stages[-1], config.width), nn.LayerNorm(config.width), nn.GELU()
        )
        self.pool = TimePooling(config.width, config.queries)
        self.dim = config.width * (config.queries + 1)

    def forward(self, pictures: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Reads pictures, with gradient.

        Args:
            pictures: float [N, bands, F], dB above silence.
            lengths: int64 [N], columns of each that belong to it; None: all.

        Returns:
            [N, dim].
        """
        frames = pictures.shape[2]
        if lengths is None:
            lengths = torch.full((len(pictures),), frames, device=pictures.device)
        mask = torch.arange(frames, device=pictures.device) < lengths[:, None]  # [N, F]
        x = (pictures / MIDDLE_DB - 1).transpose(1, 2)[:, None] * mask[:, None, :, None]
        x = x.contiguous(memory_format=torch.channels_last)  # a third faster on processors
        mask = mask[:, :: self.time_strides[0]]
        x = self.stem(x) * mask[:, None, :, None]
        for stage, stride in zip(self.stages, self.time_strides[1:], strict=True):
            mask = mask[:, ::stride]
            x = stage(x, mask)
        x = self.fold(x.permute(0, 2, 1, 3).flatten(2))  # [N, C, T', M'] -> [N, T', width]
        return self.pool(x, mask)


def pad_pictures(pictures: Sequence[NDArray[np.float32]]) -> tuple[Tensor, Tensor]:
    """Pictures [bands, F_i] of several lengths -> float [N, bands, F] and lengths int64 [N]."""
    lengths = torch.tensor([picture.shape[1] for picture in pictures])
    batch = torch.zeros(len(pictures), pictures[0].shape[0], int(lengths.max()))
    for row, picture in zip(batch, pictures, strict=True):
        row[:, : picture.shape[1]] = torch.from_numpy(picture)
    return batch, lengths
