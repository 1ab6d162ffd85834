"""A tagger of notes: family, and how bright, how long, how noisy, how fast; from hand-made numbers.

Its probabilities are what the divergence of made and real notes is measured by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.space.folder import StoredModel
from trichord.space.judge.captions import standardised
from trichord.space.judge.descriptor import WIDTH, describe


@dataclass(frozen=True)
class Tags:
    """One question that the tagger answers: which of these is it?"""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class TaggerConfig:
    """Everything that shapes a `Tagger`."""

    tags: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(question, answers), in the order of the outputs."""
    hidden: int = 192
    """Width of the hidden layers."""
    layers: int = 2
    """Hidden layers."""
    dropout: float = 0.3
    """After every hidden layer, in training."""
    seconds: float = 2.0
    """Heard of every note."""

    def __post_init__(self) -> None:
        if not self.tags or any(len(values) < 2 for _, values in self.tags):
            raise InputError(f"tags: {self.tags}; give one or more questions with two answers each")
        for name in ("hidden", "layers"):
            if getattr(self, name) < 1:
                raise InputError(f"{name}: {getattr(self, name)}; give 1 or more")

    @property
    def questions(self) -> tuple[Tags, ...]:
        """The tags by name."""
        return tuple(Tags(name, tuple(values)) for name, values in self.tags)


class Tagger(StoredModel[TaggerConfig]):
    """A perceptron on descriptors; one softmax for each question."""

    kind = "tagger"
    config_type = TaggerConfig
    mean: Tensor
    scale: Tensor

    def __init__(self, config: TaggerConfig) -> None:
        super().__init__(config)
        steps: list[nn.Module] = []
        width = WIDTH
        for _ in range(config.layers):
            steps += [nn.Linear(width, config.hidden), nn.LayerNorm(config.hidden), nn.GELU()]
            steps.append(nn.Dropout(config.dropout))
            width = config.hidden
        self.body = nn.Sequential(*steps)
        self.heads = nn.ModuleDict(
            {tags.name: nn.Linear(width, len(tags.values)) for tags in config.questions}
        )
        self.register_buffer("mean", torch.zeros(WIDTH))
        self.register_buffer("scale", torch.ones(WIDTH))

    def forward(self, descriptors: Tensor) -> dict[str, Tensor]:
        """Logits [N, answers] of every question, of descriptors [N, WIDTH] as `describe` tells."""
        hidden = self.body(standardised(descriptors, self.mean, self.scale))
        return {name: head(hidden) for name, head in self.heads.items()}

    @torch.inference_mode()
    def probabilities(
        self, waves: Sequence[NDArray[np.float32]], sample_rate: int
    ) -> Mapping[str, NDArray[np.float64]]:
        """Of every question, for each note `[N, answers]`; rows add up to 1."""
        rows = [describe(wave, sample_rate, self.config.seconds) for wave in waves]
        return self.of_described(np.stack(rows))

    @torch.inference_mode()
    def of_described(self, descriptors: NDArray[np.float32]) -> dict[str, NDArray[np.float64]]:
        """The same from descriptors [N, WIDTH] of as many seconds as `config` says."""
        logits = self(torch.from_numpy(descriptors))
        return {name: value.double().softmax(dim=1).numpy() for name, value in logits.items()}
