"""The general codec behind the contract: encode, decode, decode a stretch, save, load."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.codec.folder import StoredCodec
from trichord.codec.general import spectra
from trichord.codec.general.network import GeneralNetwork, GeneralNetworkConfig, spectrum
from trichord.codec.rvq import ResidualVQ, RVQConfig


@dataclass(frozen=True)
class GeneralCodecConfig:
    """Everything that shapes a general codec."""

    network: GeneralNetworkConfig = field(default_factory=GeneralNetworkConfig)
    num_codebooks: int = 8
    """Tokens per frame, K."""
    cardinality: int = 1024
    """Entries per codebook."""

    @property
    def rvq(self) -> RVQConfig:
        """Of the quantiser between encoder and decoder."""
        return RVQConfig(self.network.latent, self.num_codebooks, self.cardinality)

    @classmethod
    def debug(cls) -> GeneralCodecConfig:
        """A tiny codec with the full interface, for tests."""
        tiny = GeneralNetworkConfig(dim=16, deep=24, encoder=1, decoder=1, late=1, latent=8)
        return cls(tiny, num_codebooks=3, cardinality=16)


class GeneralCodec(StoredCodec[GeneralCodecConfig]):
    """32 kHz clips of any sound and any length as tokens; level is kept."""

    kind = "general"

    def __init__(self, config: GeneralCodecConfig | None = None) -> None:
        super().__init__(config or GeneralCodecConfig())
        self.hop = spectra.HOP * self.config.network.stride
        self.sample_rate = spectra.SAMPLE_RATE
        self.frame_rate = spectra.SAMPLE_RATE / self.hop
        self.num_codebooks = self.config.num_codebooks
        self.cardinality = self.config.cardinality
        self.network = GeneralNetwork(self.config.network)
        self.quantiser = ResidualVQ(self.config.rvq)

    @property
    def context(self) -> int:
        """Token frames on either side that a decoded frame depends on."""
        return self.config.network.context

    @property
    def bits_per_second(self) -> float:
        """Of all codebooks."""
        return self.num_codebooks * math.log2(self.cardinality) * self.frame_rate

    @torch.inference_mode()
    def encode(self, wave: Tensor, pitch: Tensor | None = None) -> Tensor:
        """`[B, 1, T]` -> codes `[B, K, ceil(T / hop)]` int64; the last frame is filled up."""
        del pitch
        padded = F.pad(wave[:, 0].float(), (0, -wave.shape[-1] % self.hop))
        latent = self.network.encode(spectra.features(padded))
        return self.quantiser.encode(latent.flatten(0, 1)).unflatten(0, latent.shape[:2]).mT

    def decode(self, codes: Tensor, pitch: Tensor | None = None) -> Tensor:
        """Codes `[B, K', F]` with K' <= K -> `[B, 1, F · hop]`."""
        del pitch
        return self.decode_stretch(codes, 0, 0, codes.shape[-1])

    @torch.inference_mode()
    def decode_stretch(self, codes: Tensor, first: int, start: int, stop: int) -> Tensor:
        """A stretch of a clip, equal to that stretch of the whole clip decoded.

        Args:
            codes: `[B, K', F]`, frames `first .. first + F` of the clip. They must reach `context`
                frames beyond the stretch on each side, or the clip's own beginning or end.
            first: place of the first frame in the clip.
            start: first frame to be heard, counted from the clip's beginning.
            stop: the frame after the last.

        Returns:
            `[B, 1, (stop - start) · hop]`.
        """
        flat = self.quantiser.decode(codes.mT.flatten(0, 1))
        latent = flat.unflatten(0, (codes.shape[0], codes.shape[2]))
        noise = spectra.frame_noise(first, codes.shape[-1], self.config.network.stride)
        wave = self.wave(latent, noise[None].to(latent.device))
        return wave[:, None, (start - first) * self.hop : (stop - first) * self.hop]

    def wave(self, latent: Tensor, noise: Tensor) -> Tensor:
        """`[B, F, latent]` and complex noise `[B or 1, F · stride, BINS]` -> `[B, F · hop]`."""
        told = self.network.decode(latent).float()
        with torch.autocast(told.device.type, enabled=False):
            return spectra.overlap_add(spectrum(told, noise))

    @classmethod
    def config_of(cls, values: dict[str, Any]) -> GeneralCodecConfig:
        """The inverse of `dataclasses.asdict`."""
        return GeneralCodecConfig(
            GeneralNetworkConfig(**values["network"]),
            values["num_codebooks"],
            values["cardinality"],
        )

    @staticmethod
    def stored_as(name: str) -> torch.dtype:
        """Networks and codebooks alike."""
        del name
        return torch.float16
