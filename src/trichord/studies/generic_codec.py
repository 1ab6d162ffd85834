"""A codec that knows nothing of notes: what the pitch-informed one is held against.

A short-time Fourier transform in and out, convolutions between, our own residual quantiser in the
middle: about the note codec's parameters and bits. It is told no pitch, so
partials and phases are its own to find (as in Vocos, Siuzdak 2023, its decoder predicts magnitude
and phase of a transform; there is no adversary).
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from trichord.audio.mel import SCALES, hann, mel_magnitude
from trichord.codec.note.network import ConvNeXtBlock
from trichord.codec.rvq import ResidualVQ, RVQConfig
from trichord.files import write_atomically
from trichord.studies.generic_training import TrainingClock, note_excerpts, train
from trichord.studies.study import Study

_RATE = 44100
_FLOOR = 1e-5


@dataclass(frozen=True)
class GenericConfig:
    """Shape of the codec."""

    window: int = 2048
    hop: int = 512
    stride: int = 6
    """Transform frames per token frame."""
    dim: int = 96
    """Channels at the transform's frames."""
    deep: int = 176
    """Channels at the token frames."""
    layers: int = 2
    """Residual blocks at each of the two rates, on each side."""
    latent: int = 32
    num_codebooks: int = 8
    cardinality: int = 512


class GenericCodec(nn.Module):
    """Waves of peak one to codes and back; the peak itself travels beside the codes."""

    def __init__(self, config: GenericConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or GenericConfig()
        self.frame_rate = _RATE / (config.hop * config.stride)
        self.bits_per_second = (
            config.num_codebooks * math.log2(config.cardinality) * self.frame_rate
        )
        bins, dim, deep = config.window // 2 + 1, config.dim, config.deep

        def blocks(width: int) -> nn.Sequential:
            return nn.Sequential(*(ConvNeXtBlock(width, 7) for _ in range(config.layers)))

        self.enter = nn.Linear(3 * bins, dim)
        self.early = blocks(dim)
        self.down = nn.Linear(config.stride * dim, deep)
        self.encoder = blocks(deep)
        self.to_latent = nn.Linear(deep, config.latent)
        rvq = RVQConfig(config.latent, config.num_codebooks, config.cardinality)
        self.quantiser = ResidualVQ(rvq)
        self.from_latent = nn.Linear(config.latent, deep)
        self.decoder = blocks(deep)
        self.up = nn.Linear(deep, config.stride * dim)
        self.late = blocks(dim)
        self.leave = nn.Linear(dim, 3 * bins)

    def latent(self, wave: Tensor) -> Tensor:
        """`[B, T]` -> `[B, F, latent]`."""
        spectrum = self._transform(wave).mT  # [B, frames, bins]
        level = spectrum.abs().clamp_min(_FLOOR)
        unit = spectrum / level
        x = torch.cat([level.log10() / 2 + 1, unit.real, unit.imag], -1)
        x = self.early(self.enter(x))
        x = F.pad(x, (0, 0, 0, -x.shape[1] % self.config.stride))
        x = self.down(x.unflatten(1, (-1, self.config.stride)).flatten(2))
        return self.to_latent(self.encoder(x))

    def wave(self, latent: Tensor, length: int) -> Tensor:
        """`[B, F, latent]` -> `[B, length]`."""
        x = self.up(self.decoder(self.from_latent(latent)))
        x = x.unflatten(2, (self.config.stride, -1)).flatten(1, 2)
        level, real, imaginary = self.leave(self.late(x)).chunk(3, -1)
        size = torch.sqrt(real.square() + imaginary.square() + 1e-6)
        magnitude = 10.0 ** (2 * (level - 1)).clamp(-6.0, 1.5) / size
        spectrum = torch.complex(magnitude * real, magnitude * imaginary).mT
        taper = hann(self.config.window)
        scale = float(taper.sum()) / 2
        full = torch.istft(
            spectrum * scale, self.config.window, self.config.hop, window=taper, center=True
        )
        return F.pad(full, (0, max(0, length - full.shape[-1])))[:, :length]

    def loss(self, wave: Tensor, generator: torch.Generator, quantise: bool) -> Tensor:
        """Log-mel distance at the three windows, and commitment: wave `[B, T]` of peak one."""
        latent = self.latent(wave)
        commitment = latent.new_zeros(())
        if quantise:
            found = self.quantiser(latent.flatten(0, 1), generator)
            commitment = found.commitment
            latent = found.vectors.unflatten(0, latent.shape[:2])
        estimate = self.wave(latent, wave.shape[-1])
        total = commitment
        for window, bands in SCALES:
            pair = mel_magnitude(torch.cat([wave, estimate]), _RATE, window, bands)
            before, after = pair.clamp_min(_FLOOR).log10().chunk(2)
            total = total + (after - before).abs().mean()
        return total

    @torch.no_grad()
    def round_trip(self, wave: NDArray[np.float32]) -> NDArray[np.float32]:
        """A note `[T]` through codes and back."""
        peak = float(np.abs(wave).max())
        latent = self.latent(torch.from_numpy(wave / np.float32(peak))[None])
        codes = self.quantiser.encode(latent.flatten(0, 1))
        decoded = self.quantiser.decode(codes).unflatten(0, latent.shape[:2])
        return self.wave(decoded, len(wave))[0].numpy() * np.float32(peak)

    def _transform(self, wave: Tensor) -> Tensor:
        taper = hann(self.config.window)
        spectrum = torch.stft(
            wave,
            self.config.window,
            self.config.hop,
            window=taper,
            pad_mode="constant",
            return_complex=True,
        )
        return spectrum / (taper.sum() / 2)


def trained_generic_codec(study: Study) -> GenericCodec:
    """The codec out of the study's folder; trained first where it is not there."""
    from safetensors.torch import load_file, save

    config = GenericConfig()
    seconds = study.options.cpu_seconds * study.options.share
    settings = {
        **asdict(config),
        "seed": study.options.seed,
        "cpu_seconds": seconds,
        "corpus": study.corpus_digest,
    }
    folder: Path = study.folder / "generic"
    weights, told = folder / "model.safetensors", folder / "config.json"
    torch.manual_seed(study.options.seed)
    codec = GenericCodec(config)
    if told.is_file() and json.loads(told.read_text(encoding="utf-8")) == settings:
        codec.load_state_dict(load_file(weights))
        return codec.eval()
    excerpts = note_excerpts(study)
    train(codec, excerpts, TrainingClock(seconds), study)
    folder.mkdir(parents=True, exist_ok=True)
    # The settings stand for the weights beside them, never for those that are being replaced.
    told.unlink(missing_ok=True)
    write_atomically(weights, save(codec.state_dict()))
    write_atomically(told, (json.dumps(settings, indent=2) + "\n").encode())
    return codec.eval()
