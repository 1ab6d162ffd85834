"""The codec contract: waveform <-> tokens. Whatever keeps it can feed the language model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import torch


class Codec(ABC):
    """Turns waveforms into K streams of integers per frame, and back.

    Attributes:
        sample_rate: of the waveforms, in Hz.
        frame_rate: frames per second; the mean over a full note where frames are not uniform.
        num_codebooks: K, the integers per frame.
        cardinality: entries per codebook; tokens lie in `0 .. cardinality - 1`.
    """

    sample_rate: int
    frame_rate: float
    num_codebooks: int
    cardinality: int

    @abstractmethod
    def encode(self, wave: torch.Tensor, pitch: torch.Tensor | None = None) -> torch.Tensor:
        """Waveform `[B, 1, T]` float, pitch `[B]` MIDI or None -> codes `[B, K, F]` int64."""

    @abstractmethod
    def decode(self, codes: torch.Tensor, pitch: torch.Tensor | None = None) -> torch.Tensor:
        """Codes `[B, K, F]` int64, pitch `[B]` MIDI or None -> waveform `[B, 1, T]` float."""

    def frames(self, seconds: float) -> int:
        """The least number of frames that covers `seconds` of sound."""
        return max(1, round(seconds * self.frame_rate + 0.499))

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Writes `model.safetensors` and `config.json` into `folder`."""
