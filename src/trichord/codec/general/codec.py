"""The general codec behind the contract: encode, decode, decode a stretch, save, load."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save
from torch import Tensor, nn

from trichord.audio.io import write_atomically
from trichord.codec.base import Codec
from trichord.codec.general import spectra
from trichord.codec.general.network import GeneralNetwork, GeneralNetworkConfig, spectrum
from trichord.codec.rvq import ResidualVQ, RVQConfig
from trichord.errors import InputError


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

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> GeneralCodecConfig:
        """Inverse of `dataclasses.asdict`."""
        return cls(
            GeneralNetworkConfig(**values["network"]),
            values["num_codebooks"],
            values["cardinality"],
        )


class GeneralCodec(nn.Module, Codec):
    """32 kHz clips of any sound and any length as tokens; level is kept."""

    def __init__(self, config: GeneralCodecConfig | None = None) -> None:
        super().__init__()
        self.config = config or GeneralCodecConfig()
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

    def save(self, folder: Path) -> None:
        """Writes `model.safetensors` (float16 networks and codebooks) and `config.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {
            name: value.half().contiguous() if value.is_floating_point() else value
            for name, value in self.state_dict().items()
            if not name.endswith((".sizes", ".sums"))
        }
        write_atomically(folder / "model.safetensors", save(tensors))
        text = json.dumps({"codec": "general", **asdict(self.config)}, indent=2)
        write_atomically(folder / "config.json", f"{text}\n".encode())

    @classmethod
    def load(cls, folder: Path) -> GeneralCodec:
        """Reads what `save` wrote, ready for use; InputError where a file is missing or cut."""
        from safetensors import SafetensorError

        for name in ("config.json", "model.safetensors"):
            if not (folder / name).is_file():
                raise InputError(f"{folder / name}: missing; give the folder of a trained codec")
        values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        codec = cls(GeneralCodecConfig.from_dict(values))
        shapes = codec.state_dict()
        try:
            tensors = load_file(folder / "model.safetensors")
            codec.load_state_dict({k: v.to(shapes[k].dtype) for k, v in tensors.items()}, False)
        except (SafetensorError, KeyError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise InputError(f"{folder / 'model.safetensors'}: not this codec ({reason})") from None
        return codec.eval()
