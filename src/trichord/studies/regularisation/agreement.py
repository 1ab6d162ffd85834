"""What a trained model shows without making a sound: its losses, and the geometry of its states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr
from torch import Tensor

from trichord.lm import CodecLM, Conditions
from trichord.lm.similarity import pool, similarity_loss
from trichord.train.captions import Captions
from trichord.train.tokens import TokenSet

_EACH = 8
"""Notes of every instrument at most."""


@dataclass(frozen=True)
class Panel:
    """Notes of some instruments with a caption each, that every model is read on."""

    rows: Tensor
    """int64 [I, n], notes of the I instruments."""
    captions: Tensor
    """int64 [I], one of each instrument."""


def panel_of(
    notes: TokenSet, captions: Captions, allowed: Tensor, generator: torch.Generator
) -> Panel:
    """Some notes of every instrument that has enough of the allowed ones.

    Args:
        notes: the token set.
        captions: of its instruments.
        allowed: bool [N].
        generator: draws notes and captions.
    """
    chosen: list[Tensor] = []
    numbers, counts = notes.instrument[allowed].unique(return_counts=True)
    each = min(_EACH, int(counts.median()))
    for number in numbers[counts >= each]:
        own = (allowed & (notes.instrument == number)).nonzero()[:, 0]
        chosen.append(own[torch.randperm(len(own), generator=generator)[:each]].sort().values)
    rows = torch.stack(chosen)
    return Panel(rows, captions.draw(notes.instrument[rows[:, 0]], generator))


@dataclass(frozen=True)
class Reading:
    """What one model shows on one panel.

    Attributes:
        shown, hidden: nats per token of each instrument [I], with its caption and with nothing.
        agreement: Spearman's correlation of the cosines of captions and of hidden states, the
            states max-pooled with nothing shown and averaged over each instrument's notes.
        similarity: the paper's term on the same states and the max-pooled captions.
    """

    shown: list[float]
    hidden: list[float]
    agreement: float
    similarity: float


@torch.no_grad()
def read(model: CodecLM, notes: TokenSet, captions: Captions, panel: Panel) -> Reading:
    """Losses with and without the caption, and the geometry of hidden states without it."""
    shown: list[float] = []
    hidden: list[float] = []
    states: list[Tensor] = []
    for rows, caption in zip(panel.rows, panel.captions, strict=True):
        codes, lengths = notes.frames(rows), notes.lengths[rows]
        told = _known(notes, rows, captions, caption)
        shown.append(_mean(model.loss(codes, told, lengths).per_codebook))
        report = model.loss(codes, Conditions(), lengths)
        hidden.append(_mean(report.per_codebook))
        assert report.hidden is not None
        assert report.mask is not None
        states.append(pool(report.hidden.float(), report.mask, "max").mean(dim=0))
    own = torch.stack(states)
    texts, counts = captions.text(panel.captions)
    real = torch.arange(texts.shape[1]) < counts[:, None]
    return Reading(
        shown,
        hidden,
        agreement=order_agreement(pool(texts, real, "mean").numpy(), own.numpy()),
        similarity=float(similarity_loss(pool(texts, real, "max"), own)),
    )


def order_agreement(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Spearman's correlation of the cosines of all pairs, both sides less their mean.

    Args:
        first: a vector for each of N things, [N, D].
        second: another one for each, [N, E].

    Returns:
        1 where the same pairs are alike on both sides, 0 where they have nothing to do with each
        other.
    """
    pairs = np.triu_indices(len(first), 1)
    found: Any = spearmanr(_cosines(first)[pairs], _cosines(second)[pairs])
    return float(found.statistic)


def _cosines(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    moved = rows.astype(np.float64) - rows.mean(axis=0)
    units = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-12)
    return units @ units.T


def _known(notes: TokenSet, rows: Tensor, captions: Captions, caption: Tensor) -> Conditions:
    text, length = captions.text(caption.expand(len(rows)))
    return Conditions(
        pitch=notes.pitch[rows].long(),
        velocity=notes.velocity[rows].long(),
        text=text,
        text_length=length,
    )


def _mean(values: Tensor) -> float:
    return float(values.mean())
