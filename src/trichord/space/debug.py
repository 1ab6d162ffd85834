"""Tiny seeded stand-ins with the full interface: no download, no training, milliseconds."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.space.base import TextEncoder


class HashedWords(TextEncoder):
    """A sentence is the sum of one fixed random vector per word, chosen by the word's CRC-32."""

    def __init__(self, dim: int = 32) -> None:
        self.dim = dim

    def embed(self, items: Sequence[str]) -> Tensor:
        """Unit vectors [N, dim]; equal words give equal parts."""
        return (
            torch.stack([self._one(text) for text in items]) if items else torch.empty(0, self.dim)
        )

    def states(self, items: Sequence[str]) -> list[Tensor]:
        """The vectors of the words, [words, dim] for each item."""
        return [torch.stack(self._words(text)) for text in items]

    def _one(self, text: str) -> Tensor:
        total = torch.zeros(self.dim)
        for word in self._words(text):
            total += word
        return F.normalize(total, dim=0)

    def _words(self, text: str) -> list[Tensor]:
        words = re.findall(r"\w+", text.lower()) or [text]
        seeded = (torch.Generator().manual_seed(zlib.crc32(word.encode())) for word in words)
        return [torch.randn(self.dim, generator=generator) for generator in seeded]
