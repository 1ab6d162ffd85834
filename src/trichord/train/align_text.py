"""The text door of a space of clips, fitted again while its sounds stand still.

Beside the network of pictures the head sees few captions a step. With the vectors of all sounds
at hand it sees thousands a second, and every caption of a clip.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.space.clips import ClipSpace
from trichord.space.dual import SymmetricInfoNCE
from trichord.space.loss import info_nce
from trichord.train.align_batches import AlignData
from trichord.train.align_data import CaptionTable
from trichord.train.align_report import recall_figures


@dataclass(frozen=True)
class TextRefitConfig:
    """How the text head is fitted again."""

    steps: int = 600
    """Optimiser steps; 0 leaves the head as it is."""
    clips: int = 256
    """Clips in a batch."""
    notes: int = 48
    """Single notes in a batch."""
    learning_rate: float = 1e-3
    alike: float = 0.9
    """Captions whose sentence vectors are at least this close (cosine) are never negatives."""
    every: int = 100
    """Steps between validations; the best head is kept."""

    def __post_init__(self) -> None:
        if self.steps < 0 or self.every < 1 or self.clips < 2:
            raise InputError(
                f"text: steps {self.steps}, every {self.every}, clips {self.clips}; "
                "give at least 0, 1 and 2"
            )


@dataclass(frozen=True)
class Sounds:
    """Vectors of training sounds that stand still, with the captions of each.

    Attributes:
        vectors: float [N, D].
        sound: int64 [N], equal where two are one.
    """

    vectors: Tensor
    sound: Tensor
    captions: CaptionTable
    rows: Tensor

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Vectors, sounds and one caption's sentence vector of each of `count` sounds."""
        some = rng.choice(len(self.rows), min(count, len(self.rows)), replace=False)
        own = [self.captions.rows[row] for row in self.rows[some].tolist()]
        told = [one[int(rng.integers(len(one)))] for one in own]
        return self.vectors[some], self.sound[some], self.captions.vectors[told]


def refit_text(
    space: ClipSpace,
    data: AlignData,
    clip_captions: CaptionTable,
    valid: Tensor,
    config: TextRefitConfig,
    seed: int,
) -> ClipSpace:
    """The same space with the text head that finds most held-out clips by their captions.

    Args:
        space: what was trained.
        data: clips and notes.
        clip_captions: all captions of the clips.
        valid: rows of clips of the valid split.
        config: steps and batches.
        seed: of the draws and of dropout.
    """
    space = copy.deepcopy(space)
    kept = space.text_head.state_dict()
    kept = {name: value.clone() for name, value in kept.items()}
    clips = _sounds(
        space, data.clips.pictures, data.clips.sound, clip_captions, data.clips.members("train")
    )
    notes = _sounds(
        space,
        data.notes.pictures,
        -1 - data.notes.family,
        data.note_captions,
        data.notes.members("train"),
    )
    heard = space.embed_picture(data.clips.pictures[valid])
    best = _recall(space, heard, data, clip_captions, valid)
    objective = SymmetricInfoNCE(0.07)
    head = space.text_head.requires_grad_(True)
    learned = [*head.parameters(), *objective.parameters()]
    optimizer = torch.optim.AdamW(learned, lr=config.learning_rate, weight_decay=0.05)
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for step in range(1, config.steps + 1):
            rate = 0.5 * (1 + np.cos(np.pi * step / (config.steps + 1)))
            for group in optimizer.param_groups:
                group["lr"] = config.learning_rate * rate
            head.train()
            drawn = clips.draw(config.clips, rng), notes.draw(config.notes, rng)
            vectors, sound, sentences = (torch.cat(parts) for parts in zip(*drawn, strict=True))
            loss = _loss(head(sentences), vectors, sound, sentences, objective, config.alike)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step % config.every == 0 or step == config.steps:
                head.eval()
                found = _recall(space, heard, data, clip_captions, valid)
                if found > best:
                    best, kept = found, {n: v.clone() for n, v in head.state_dict().items()}
    head.load_state_dict(kept)
    return space.eval().requires_grad_(False)


def _sounds(
    space: ClipSpace, pictures: Tensor, sound: Tensor, captions: CaptionTable, rows: Tensor
) -> Sounds:
    vectors = [space.embed_picture(pictures[some]) for some in rows.split(64)]
    return Sounds(torch.cat(vectors).clone(), sound[rows], captions, rows)


def _loss(
    text: Tensor,
    vectors: Tensor,
    sound: Tensor,
    sentences: Tensor,
    objective: SymmetricInfoNCE,
    alike: float,
) -> Tensor:
    """InfoNCE both ways; neither one sound nor one meaning is its own negative."""
    own = torch.eye(len(text), dtype=torch.bool)
    same = ((sound[:, None] == sound) | (sentences @ sentences.T > alike)) & ~own
    similarity = text @ vectors.T / objective.temperature
    return (info_nce(similarity, own, same) + info_nce(similarity.T, own, same)) / 2


@torch.no_grad()
def _recall(
    space: ClipSpace, heard: Tensor, data: AlignData, captions: CaptionTable, valid: Tensor
) -> float:
    """Recall@10 of held-out clips by each of their first three captions, on average."""
    found: list[float] = []
    for place in range(3):
        own = [captions.rows[row] for row in valid.tolist()]
        asked = space.text_head(captions.vectors[[one[place % len(one)] for one in own]])
        found.append(recall_figures(asked, heard, data.clips.sound[valid])["R@10"])
    return float(np.mean(found))
