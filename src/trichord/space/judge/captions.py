"""A judge of captions: two towers, one for words and one for hand-made descriptors of sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trichord.errors import InputError
from trichord.space.dual import DualConfig, DualHeads
from trichord.space.folder import StoredModel
from trichord.space.judge.descriptor import WIDTH, describe
from trichord.space.judge.words import WordsConfig, word_features


@dataclass(frozen=True)
class CaptionJudgeConfig:
    """Everything that shapes a `CaptionJudge`."""

    words: WordsConfig = field(default_factory=WordsConfig)
    heads: DualConfig = field(default_factory=DualConfig)
    seconds: float = 2.0
    """Heard of every sound."""


class CaptionJudge(StoredModel[CaptionJudgeConfig]):
    """Words and sounds as unit vectors, for scoring alone."""

    kind = "caption judge"
    config_type = CaptionJudgeConfig
    mean: Tensor
    scale: Tensor

    def __init__(self, config: CaptionJudgeConfig) -> None:
        super().__init__(config)
        self.dim = config.heads.dim
        self.heads = DualHeads(config.words.buckets, WIDTH, config.heads)
        self.register_buffer("mean", torch.zeros(WIDTH))
        self.register_buffer("scale", torch.ones(WIDTH))

    @torch.inference_mode()
    def embed_text(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors [N, D] of captions."""
        return self.heads.embed_code(word_features(texts, self.config.words))

    @torch.inference_mode()
    def embed_audio(self, waves: Sequence[NDArray[np.float32]], sample_rate: int) -> Tensor:
        """Unit vectors [N, D] of mono recordings [T] at `sample_rate` Hz."""
        rows = [describe(wave, sample_rate, self.config.seconds) for wave in waves]
        return self.embed_described(np.stack(rows) if rows else np.zeros((0, WIDTH), np.float32))

    @torch.inference_mode()
    def embed_described(self, descriptors: NDArray[np.float32]) -> Tensor:
        """Unit vectors [N, D] of descriptors [N, WIDTH] of as many seconds as `config` says."""
        return self.heads.embed_audio(self.standard(torch.from_numpy(descriptors)))

    def standard(self, descriptors: Tensor) -> Tensor:
        """Descriptors [N, WIDTH] on the training split's scale, none further out than 5 spreads."""
        return standardised(descriptors, self.mean, self.scale)


def standardised(descriptors: Tensor, mean: Tensor, scale: Tensor) -> Tensor:
    """Deviations [N, D] from the mean in spreads, cut at 5: no odd sound rules a space."""
    if descriptors.shape[-1] != len(mean):
        raise InputError(f"descriptors of {descriptors.shape[-1]} entries, not {len(mean)}")
    return ((descriptors - mean) / scale).clamp(-5.0, 5.0)


def scale_of(descriptors: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and spread [D] of each entry over descriptors [N, D]; a constant entry has spread 1."""
    spread = descriptors.double().std(dim=0)
    spread[spread < 1e-6] = 1.0
    return descriptors.double().mean(dim=0).float(), spread.float()
