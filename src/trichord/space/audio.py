"""The audio door: a small convolutional encoder of our own, trained on notes of every pitch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.space.base import Encoder, Sound
from trichord.space.features import CHANNELS, FeatureConfig, features, pad_features, prepare


@dataclass(frozen=True)
class AudioConfig:
    """Shape of the convolutional encoder."""

    channels: tuple[int, ...] = (24, 48, 96, 192)
    """Channels of the stem and of each stage."""
    width: int = 384
    """Width of a frame's vector after the bands are folded in."""
    queries: int = 4
    """Learned weightings over time; one may look at the attack, another at the tail."""

    def __post_init__(self) -> None:
        if len(self.channels) < 2:
            raise InputError(f"audio.channels: {self.channels}; give a stem and at least one stage")


class ConvStage(nn.Module):
    """Halves the bands (and the frames, if asked), then refines with one residual convolution."""

    def __init__(self, dim_in: int, dim_out: int, time_stride: int) -> None:
        super().__init__()
        self.down = nn.Sequential(
            nn.Conv2d(dim_in, dim_out, 3, stride=(time_stride, 2), padding=1, bias=False),
            nn.BatchNorm2d(dim_out),
            nn.GELU(),
        )
        self.refine = nn.Sequential(
            nn.Conv2d(dim_out, dim_out, 3, padding=1, bias=False), nn.BatchNorm2d(dim_out)
        )

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Maps x [B, C, T, M] -> [B, C', T', ceil(M / 2)], mask bool [B, T'] (True = sound)."""
        # Frames past a sound's end must stay zero, or its neighbours in a batch would be heard.
        shown = mask[:, None, :, None]
        x = self.down(x) * shown
        return nn.functional.gelu(x + self.refine(x)) * shown


class TimePooling(nn.Module):
    """Weighted means over time, one per learned query, and the plain mean; without padding."""

    def __init__(self, width: int, queries: int) -> None:
        super().__init__()
        self.score = nn.Linear(width, queries)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Maps x [B, T, W], mask bool [B, T] (True = sound) -> [B, (queries + 1) * W]."""
        scores = self.score(x).masked_fill(~mask[:, :, None], float("-inf"))
        weights = scores.softmax(dim=1).transpose(1, 2)  # [B, Q, T]
        plain = mask[:, None, :].to(weights.dtype)
        weights = torch.cat([weights, plain / plain.sum(-1, keepdim=True)], dim=1)
        return (weights @ x).flatten(1)


class AudioEncoder(nn.Module, Encoder[Sound]):
    """Sounds of any length up to ten seconds, any level, any rate -> vectors [N, dim]."""

    def __init__(self, config: AudioConfig, grid: FeatureConfig) -> None:
        super().__init__()
        self.grid = grid
        self.time_strides = (2, *(2 if i < 3 else 1 for i in range(1, len(config.channels))))
        stem, *stages = config.channels
        self.place = nn.Parameter(torch.zeros(1, 1, grid.frames, grid.bands))
        self.stem = nn.Sequential(
            nn.Conv2d(CHANNELS, stem, (3, 5), stride=(2, 2), padding=(1, 2), bias=False),
            nn.BatchNorm2d(stem),
            nn.GELU(),
        )
        bands = -(-grid.bands // 2)
        self.stages = nn.ModuleList()
        for i, (dim_in, dim_out) in enumerate(zip(config.channels, stages, strict=False), start=1):
            self.stages.append(ConvStage(dim_in, dim_out, self.time_strides[i]))
            bands = -(-bands // 2)
        self.fold = nn.Sequential(
            nn.Linear(bands * stages[-1], config.width), nn.LayerNorm(config.width), nn.GELU()
        )
        self.pool = TimePooling(config.width, config.queries)
        self.dim = config.width * (config.queries + 1)

    def forward(self, images: Tensor, lengths: Tensor) -> Tensor:
        """Maps images [B, 2, T, bands] in 0..1, lengths int64 [B] in frames -> [B, dim]."""
        frames = images.shape[2]
        mask = torch.arange(frames, device=images.device) < lengths[:, None]  # [B, T]
        x = (images * 2 - 1 + self.place[:, :, :frames]) * mask[:, None, :, None]
        x = x.contiguous(memory_format=torch.channels_last)  # a third faster on processors
        mask = mask[:, :: self.time_strides[0]]
        x = self.stem(x) * mask[:, None, :, None]
        for stage, stride in zip(self.stages, self.time_strides[1:], strict=True):
            mask = mask[:, ::stride]
            x = stage(x, mask)
        x = self.fold(x.permute(0, 2, 1, 3).flatten(2))  # [B, T', C * M'] -> [B, T', W]
        return self.pool(x, mask)

    def prepare(self, items: Sequence[Sound]) -> tuple[Tensor, Tensor]:
        """Sounds -> images [N, 2, T, bands] and lengths int64 [N]."""
        images = [features(prepare(sound, self.grid), self.grid) for sound in items]
        return pad_features(images, self.grid)

    @torch.inference_mode()
    def embed(self, items: Sequence[Sound]) -> Tensor:
        """Vectors [N, dim] of whole sounds; the module is expected in `eval()`."""
        if not items:
            return torch.empty(0, self.dim)
        parts = [self(*self.prepare(items[i : i + 64])) for i in range(0, len(items), 64)]
        return torch.cat(parts)
