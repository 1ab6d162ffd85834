"""A tiny codec without training, mu-law of frame peaks: pipelines are tested with it."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from trichord.codec.base import Codec


@dataclass(frozen=True)
class DebugCodecConfig:
    """Shape of the debug codec's tokens."""

    sample_rate: int = 8000
    hop: int = 400
    num_codebooks: int = 2
    cardinality: int = 64


class DebugCodec(Codec):
    """Stores one level per frame; the first codebook coarse, each next one the remainder.

    Decoding plays a sine at the given pitch (MIDI 69 if none) with those levels. Each codebook
    refines the last by a factor of the cardinality, so the round trip of a level is near exact.
    """

    def __init__(self, config: DebugCodecConfig | None = None) -> None:
        self.config = config or DebugCodecConfig()
        self.sample_rate = self.config.sample_rate
        self.frame_rate = self.config.sample_rate / self.config.hop
        self.num_codebooks = self.config.num_codebooks
        self.cardinality = self.config.cardinality

    def encode(self, wave: torch.Tensor, pitch: torch.Tensor | None = None) -> torch.Tensor:
        """Peak level per frame as digits in base `cardinality`."""
        frames = math.ceil(wave.shape[-1] / self.config.hop)
        padded = torch.nn.functional.pad(wave[:, 0], (0, frames * self.config.hop - wave.shape[-1]))
        rest = padded.unflatten(-1, (frames, self.config.hop)).abs().amax(-1).clamp(0, 1).double()
        digits: list[torch.Tensor] = []
        for _ in range(self.num_codebooks):
            scaled = rest * self.cardinality
            digit = scaled.floor().clamp(max=self.cardinality - 1)
            digits.append(digit.long())
            rest = scaled - digit
        return torch.stack(digits, 1)

    def decode(self, codes: torch.Tensor, pitch: torch.Tensor | None = None) -> torch.Tensor:
        """A sine at `pitch` whose level follows the codes."""
        weights = torch.tensor(
            [self.cardinality ** -(k + 1.0) for k in range(self.num_codebooks)], dtype=torch.float64
        )
        level = (codes.double() * weights[:, None]).sum(1).repeat_interleave(self.config.hop, -1)
        midi = torch.full((len(codes),), 69.0) if pitch is None else pitch.float()
        hz = 440.0 * 2.0 ** ((midi.double() - 69.0) / 12.0)
        time = torch.arange(level.shape[-1], dtype=torch.float64) / self.sample_rate
        return (level * torch.sin(2 * math.pi * hz[:, None] * time)).float()[:, None]

    def save(self, folder: Path) -> None:
        """Only a configuration: there are no weights."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"codec": "debug", **asdict(self.config)}, indent=2)
        (folder / "config.json").write_text(text + "\n", encoding="utf-8")
