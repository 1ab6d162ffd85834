"""Sentences as counts of words and of letter triples, hashed: nothing is learnt, nothing shared.

Letter triples let "pianos" stand near "piano" and a misspelt word near the right one (Bojanowski et
al. 2017); hashing needs no vocabulary (Weinberger et al. 2009).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.errors import InputError

_FILLERS = frozenset(("a", "an", "the", "of", "with", "and", "for", "in", "some", "by"))


@dataclass(frozen=True)
class WordsConfig:
    """How a sentence is counted."""

    buckets: int = 2048
    """Entries that words and triples are hashed into."""
    triples: float = 1.0
    """Weight of all of a word's letter triples together, beside the word's 1."""

    def __post_init__(self) -> None:
        if self.buckets < 16:
            raise InputError(f"words.buckets: {self.buckets}; give 16 or more")
        if self.triples < 0:
            raise InputError(f"words.triples: {self.triples}; give 0 or more")


def word_features(texts: Sequence[str], config: WordsConfig) -> Tensor:
    """Unit vectors [N, buckets]; the order of words does not count.

    Raises:
        InputError: a sentence holds no word.
    """
    rows = torch.zeros(len(texts), config.buckets)
    for row, text in zip(rows, texts, strict=True):
        words = re.findall(r"\w+", text.lower())
        if not words:
            raise InputError(f"caption {text!r}: holds no word; describe a sound")
        for word in [word for word in words if word not in _FILLERS] or words:
            _count(row, word, config)
    return F.normalize(rows, dim=1)


def _count(row: Tensor, word: str, config: WordsConfig) -> None:
    _add(row, f"w:{word}", 1.0)
    marked = f"<{word}>"
    triples = [marked[i : i + 3] for i in range(len(marked) - 2)]
    for triple in triples:
        _add(row, f"t:{triple}", config.triples / len(triples) ** 0.5)


def _add(row: Tensor, name: str, weight: float) -> None:
    """Adds under a sign that the name decides, so that collisions cancel on average."""
    number = zlib.crc32(name.encode())
    row[(number >> 1) % len(row)] += weight if number & 1 else -weight
