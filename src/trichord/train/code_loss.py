"""What the code tower is taught: the picture, the vector, and how siblings lie to each other."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.train.code_batches import CodeBatch

_LEAST = 1e-5
"""Of 1 - cosine; the root has no slope at 0 that a step could follow."""


@dataclass(frozen=True)
class CodeLossConfig:
    """Weights of the terms."""

    picture: float = 1.0
    """Mean distance of the pictures, tens of dB."""
    blurred: float = 1.0
    """The same of pictures averaged over 4 bands by 8 columns: where a part of it is, roughly."""
    cosine: float = 2.0
    """1 - cosine between what is read and what is heard."""
    contrast: float = 0.2
    """Which of the batch's sounds is the program's own (InfoNCE; van den Oord and others 2018)."""
    relations: float = 4.0
    """Squared error of the cosines between siblings."""
    temperature: float = 0.07
    """Of `contrast`."""


def code_losses(
    vectors: Tensor, pictures: Tensor, batch: CodeBatch, config: CodeLossConfig
) -> dict[str, Tensor]:
    """The terms by name, weighted; `total` is their sum.

    Args:
        vectors: [B, D] unit, as read.
        pictures: [B, bands, columns] dB, as read.
        batch: what is to be learned.
        config: the weights.
    """
    target = batch.pictures
    terms = {
        "picture": config.picture * (pictures - target).abs().mean() / 10,
        "blurred": config.blurred * (_blur(pictures) - _blur(target)).abs().mean() / 10,
    }
    if batch.vectors.shape[1]:
        heard = batch.vectors
        terms["cosine"] = config.cosine * (1 - (vectors * heard).sum(-1)).mean()
        terms["contrast"] = config.contrast * _contrast(vectors, heard, batch, config.temperature)
        terms["relations"] = config.relations * _relations(vectors, heard, batch.family)
    return {**terms, "total": torch.stack(list(terms.values())).sum()}


def _blur(pictures: Tensor) -> Tensor:
    return F.avg_pool2d(pictures[:, None], (4, 8), ceil_mode=True)


def _contrast(read: Tensor, heard: Tensor, batch: CodeBatch, temperature: float) -> Tensor:
    logits = read @ heard.T / temperature
    same = batch.sound[:, None] == batch.sound[None]
    own = torch.eye(len(same), dtype=torch.bool)
    # Programs that sound the same are no strangers.
    logits = logits.masked_fill(same & ~own, float("-inf"))
    return F.cross_entropy(logits, torch.arange(len(logits)))


def _relations(read: Tensor, heard: Tensor, family: Tensor) -> Tensor:
    siblings = (family[:, None] == family[None]).triu(1)
    if not siblings.any():
        return read.new_zeros(())
    # Siblings lie close together: what tells them apart is a small part of the cosine, and the
    # part by which two families' spreads differ is taken out.
    errors = (1 - (read @ read.T)[siblings]).clamp(min=_LEAST).sqrt() - (
        (1 - (heard @ heard.T)[siblings]).clamp(min=_LEAST).sqrt()
    )
    return errors.square().mean()
