"""The contract of every door into the joint space: items in, vectors out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Item = TypeVar("Item")


class Sound(NamedTuple):
    """A mono recording: `wave` float [T] at any level, `sample_rate` in Hz."""

    wave: NDArray[np.float32]
    sample_rate: int


class Encoder(ABC, Generic[Item]):
    """Turns items (sentences, sounds, programs) into vectors of one fixed width."""

    dim: int

    @abstractmethod
    def embed(self, items: Sequence[Item]) -> Tensor:
        """Returns float [N, dim], row i for items[i]; no gradient is recorded."""


class TextEncoder(Encoder[str]):
    """A text model whose states, one per token, can be read as well as its vectors."""

    @abstractmethod
    def states(self, items: Sequence[str]) -> list[Tensor]:
        """For each text its last hidden states, float [tokens, dim]; no gradient is recorded."""

    def new_words(self, text: str) -> list[str]:
        """Words of a text that the model has no entry for, so that it can only guess them."""
        del text
        return []
