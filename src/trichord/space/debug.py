"""Tiny seeded stand-ins with the full interface: no download, no training, milliseconds."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.space.base import Encoder


class HashedWords(Encoder[str]):
    """A sentence is the sum of one fixed random vector per word, chosen by the word's CRC-32."""

    def __init__(self, dim: int = 32) -> None:
        self.dim = dim

    def embed(self, items: Sequence[str]) -> Tensor:
        """Unit vectors [N, dim]; equal words give equal parts."""
        return (
            torch.stack([self._one(text) for text in items]) if items else torch.empty(0, self.dim)
        )

    def _one(self, text: str) -> Tensor:
        words = re.findall(r"\w+", text.lower()) or [text]
        total = torch.zeros(self.dim)
        for word in words:
            generator = torch.Generator().manual_seed(zlib.crc32(word.encode()))
            total += torch.randn(self.dim, generator=generator)
        return F.normalize(total, dim=0)
