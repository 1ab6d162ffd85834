"""The learnt half of the general codec: features -> latent vectors -> spectra."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trichord.codec.general import spectra
from trichord.codec.note.network import ConvNeXtBlock


@dataclass(frozen=True)
class GeneralNetworkConfig:
    """Size of the encoder and of the decoder."""

    stride: int = 4
    """Frames of the transform (10 ms) per token frame."""
    dim: int = 192
    """Channels at the transform's frames."""
    deep: int = 256
    """Channels at the token frames."""
    early: int = 1
    """Residual blocks of the encoder at the transform's frames."""
    encoder: int = 3
    """Residual blocks of the encoder at the token frames."""
    decoder: int = 3
    """Residual blocks of the decoder at the token frames."""
    late: int = 3
    """Residual blocks of the decoder at the transform's frames."""
    latent: int = 32
    """Length of the vectors that are quantised."""
    kernel: int = 7
    """Frames that one convolution sees, at either rate."""

    @property
    def context(self) -> int:
        """Token frames on either side that a decoded frame depends on."""
        reach = self.kernel // 2
        windows = spectra.WINDOW // spectra.HOP
        return self.decoder * reach + -(-(self.late * reach + windows) // self.stride)


class GeneralNetwork(nn.Module):
    """Two stacks of ConvNeXt blocks, each at two rates of time."""

    def __init__(self, config: GeneralNetworkConfig) -> None:
        super().__init__()
        self.config = config
        dim, deep, kernel = config.dim, config.deep, config.kernel

        def blocks(width: int, layers: int) -> nn.Sequential:
            return nn.Sequential(*(ConvNeXtBlock(width, kernel) for _ in range(layers)))

        self.enter = nn.Linear(spectra.FEATURES, dim)
        self.early = blocks(dim, config.early)
        self.down = nn.Linear(config.stride * dim, deep)
        self.encoder = blocks(deep, config.encoder)
        self.to_latent = nn.Sequential(nn.LayerNorm(deep), nn.Linear(deep, config.latent))
        self.from_latent = nn.Linear(config.latent, deep)
        self.decoder = blocks(deep, config.decoder)
        self.up = nn.Linear(deep, config.stride * dim)
        self.late = blocks(dim, config.late)
        self.norm = nn.LayerNorm(dim)
        self.leave = nn.Linear(dim, 3 * spectra.BINS + spectra.NOISE_BANDS)

    def encode(self, features: Tensor) -> Tensor:
        """`[B, F · stride, FEATURES]` -> `[B, F, latent]`."""
        x = self.early(self.enter(features))
        x = self.down(x.unflatten(1, (-1, self.config.stride)).flatten(2))
        return self.to_latent(self.encoder(x))

    def decode(self, latent: Tensor) -> Tensor:
        """`[B, F, latent]` -> what `spectrum` reads, `[B, F · stride, 3 · BINS + NOISE_BANDS]`."""
        x = self.up(self.decoder(self.from_latent(latent)))
        x = x.unflatten(2, (self.config.stride, -1)).flatten(1, 2)
        return self.leave(self.norm(self.late(x)))


def spectrum(told: Tensor, noise: Tensor) -> Tensor:
    """Magnitude and phase of each bin, and noise on top.

    As in Vocos (Siuzdak 2023) the phase is told as a direction, which has no seam at ±π. A codec
    cannot keep how noise fluctuates; it keeps how loud it is, and noise is drawn.

    Args:
        told: `[B, F, 3 · BINS + NOISE_BANDS]`, the network's last layer.
        noise: complex normal `[B or 1, F, BINS]`.

    Returns:
        Complex `[B, F, BINS]`.
    """
    bins = spectra.BINS
    level, real, imaginary, hiss = told.split([bins, bins, bins, spectra.NOISE_BANDS], -1)
    size = torch.rsqrt(real.square() + imaginary.square() + 1e-6)
    magnitude = _magnitude(level) * size
    tones = torch.complex(magnitude * real, magnitude * imaginary)
    return tones + _magnitude(hiss @ spectra.noise_bands().to(told.device)) * noise


def _magnitude(level: Tensor) -> Tensor:
    """The network's number -> a magnitude of at most 30 dB over full scale; 0 is -60 dBFS."""
    return (math.log(10.0) * (2.0 * level - 3.0).clamp(-7.0, 1.5)).exp()
