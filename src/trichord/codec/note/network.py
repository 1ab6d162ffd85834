"""Blocks of features -> latent vectors and back: two small convolutional stacks given the pitch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import nn

from trichord.codec.note import layout as lay


@dataclass(frozen=True)
class NetworkConfig:
    """Size of the encoder and of the decoder."""

    dim: int = 256
    """Channels."""
    layers: int = 4
    """Residual blocks on each side."""
    latent: int = 48
    """Length of the vectors that are quantised."""
    kernel: int = 7
    """Blocks of time that one convolution sees."""
    max_blocks: int = 128
    """Longest note in blocks."""
    decoder_dim: int = 0
    """Channels of the decoder; 0 = as many as the encoder has."""
    decoder_layers: int = 0
    """Residual blocks of the decoder; 0 = as many as the encoder has."""
    motion: int = 0
    """Channels of the network that tells how much a note moves beyond its tokens; 0 = none."""

    @property
    def of_decoder(self) -> NetworkConfig:
        """The same with the decoder's own size."""
        dim, layers = self.decoder_dim or self.dim, self.decoder_layers or self.layers
        return replace(self, dim=dim, layers=layers)


def normalise(features: torch.Tensor) -> torch.Tensor:
    """Cents and decibels `[..., FEATURES]` -> about -2 .. 2."""
    cents, level = features[..., :1] / 20.0, (features[..., 1:] + 60.0) / 25.0
    return torch.cat([cents.clamp(-4, 4), level], -1)


def to_decibels(scaled: torch.Tensor) -> torch.Tensor:
    """Inverse of `normalise`."""
    return torch.cat([scaled[..., :1] * 20.0, scaled[..., 1:] * 25.0 - 60.0], -1)


def denormalise(scaled: torch.Tensor) -> torch.Tensor:
    """Inverse of `normalise`, held within the floor and 20 dB."""
    features = to_decibels(scaled)
    return torch.cat([features[..., :1], features[..., 1:].clamp(lay.FLOOR_DB, 20.0)], -1)


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution over time, then a two-layer perceptron (Liu et al. 2022), in 1-D."""

    def __init__(self, dim: int, kernel: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(dim, dim, kernel, padding=kernel // 2, groups=dim)
        self.norm = nn.LayerNorm(dim)
        self.widen = nn.Linear(dim, 4 * dim)
        self.narrow = nn.Linear(4 * dim, dim)
        self.scale = nn.Parameter(torch.full((dim,), 0.1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`[B, F, dim]` -> same."""
        y = self.norm(self.depthwise(x.transpose(1, 2)).transpose(1, 2))
        return x + self.scale * self.narrow(nn.functional.gelu(self.widen(y)))


class Stack(nn.Module):
    """In-projection plus place in time plus pitch, residual blocks, out-projection."""

    def __init__(self, config: NetworkConfig, size_in: int, size_out: int) -> None:
        super().__init__()
        self.enter = nn.Linear(size_in, config.dim)
        self.place = nn.Parameter(torch.randn(config.max_blocks, config.dim) * 0.02)
        self.pitch = nn.Embedding(128, config.dim)
        nn.init.normal_(self.pitch.weight, std=0.02)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(config.dim, config.kernel) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(config.dim)
        self.leave = nn.Linear(config.dim, size_out)

    def forward(self, x: torch.Tensor, pitch: torch.Tensor) -> torch.Tensor:
        """`[B, F, size_in]`, MIDI pitch `[B]` -> `[B, F, size_out]`."""
        x = self.enter(x) + self.place[: x.shape[1]] + self.pitch(pitch)[:, None]
        for block in self.blocks:
            x = block(x)
        return self.leave(self.norm(x))


class NoteNetwork(nn.Module):
    """The learnt half of the note codec, without its quantiser."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.encoder = Stack(config, lay.FEATURES, config.latent)
        self.decoder = Stack(config.of_decoder, config.latent, lay.FEATURES)
