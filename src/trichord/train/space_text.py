"""The text door once more, with the audio door frozen: a few seconds that free prompts are won by.

The two doors learn together at the pace of the audio encoder, and by the time that it has converged
the text head has seen every prompt many times. A fresh head with strong dropout, fitted to where
the training instruments have come to lie, reads words better that it has not met.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from trichord.data.schema import FAMILIES
from trichord.space.heads import HeadConfig
from trichord.space.joint import JointSpace
from trichord.space.loss import info_nce
from trichord.train.space_batches import PromptTable
from trichord.train.space_data import NoteTable
from trichord.train.space_prompts import distracted, lexicon_prompts
from trichord.train.space_report import all_centroids


@dataclass(frozen=True)
class TextConfig:
    """How the text head is fitted again."""

    steps: int = 400
    """Optimiser steps; 0 keeps the head that was trained with the audio door."""
    batch_size: int = 256
    """Prompts per step."""
    learning_rate: float = 2e-3
    """Peak rate of AdamW; a cosine takes it to zero."""
    weight_decay: float = 0.05
    """On all parameters."""
    temperature: float = 0.07
    """Of the softmax over training instruments."""
    distracted: int = 20
    """Prompts of each instrument's plain names with timbre words at random, beside its own."""
    lexicon: int = 6
    """Prompts of each name in `lexicon.json`, which lead to its family's centroid; 0: none."""
    lexicon_share: float = 0.25
    """Of a batch, prompts of the lexicon."""
    head: HeadConfig = field(default_factory=lambda: HeadConfig(dropout=0.4, input_dropout=0.3))
    """The new head."""


def refit_text(
    space: JointSpace,
    means: Tensor,
    notes: NoteTable,
    prompts: PromptTable,
    config: TextConfig,
    seed: int,
) -> JointSpace:
    """The space with a fresh text head, fitted to the training instruments' mean audio vectors.

    Args:
        space: trained; its audio door is left alone.
        means: [instruments, D] unit mean audio vector of every instrument.
        notes: the corpus.
        prompts: of every instrument.
        config: how.
        seed: of the weights, the draws and the dropout.
    """
    if config.steps == 0:
        return space
    goals = _instrument_goals(space, means, notes, prompts, config, seed)
    if config.lexicon:
        goals = _with_lexicon(goals, space, means, notes, config, seed)
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        fitted = space.with_text_head(config.head)
        head = fitted.text_head.requires_grad_(True).train()
        optimiser = torch.optim.AdamW(
            head.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        for step in range(config.steps):
            for group in optimiser.param_groups:
                group["lr"] = config.learning_rate * _pace(step, config.steps)
            drawn = torch.multinomial(goals.weights, config.batch_size, True, generator=generator)
            sentences = torch.stack([_one(goals.prompts[i], generator) for i in drawn.tolist()])
            own = drawn[:, None] == torch.arange(len(goals.weights))
            similarity = head(sentences) @ goals.vectors.T / config.temperature
            loss = info_nce(similarity, own, goals.alike[drawn] & ~own)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return fitted.eval().requires_grad_(False)


@dataclass(frozen=True)
class _Goals:
    """M places that prompts are to lead to.

    Attributes:
        vectors: unit [M, D].
        prompts: sentence vectors [V, W] of each.
        alike: [M, M], true where one is no wrong answer for the other.
        weights: [M], how often each is drawn.
    """

    vectors: Tensor
    prompts: list[Tensor]
    alike: Tensor
    weights: Tensor


def _instrument_goals(
    space: JointSpace,
    means: Tensor,
    notes: NoteTable,
    prompts: PromptTable,
    config: TextConfig,
    seed: int,
) -> _Goals:
    """The training instruments; twins are alike."""
    members = torch.tensor(notes.members("train"))
    groups = torch.tensor([row.group for row in notes.instruments])[members]
    weights = _balance(groups, [notes.instruments[i].family for i in members.tolist()])
    own = _with_distracted(space, notes, prompts, config.distracted, seed)
    return _Goals(means[members], own, groups[:, None] == groups, weights)


def _with_lexicon(
    goals: _Goals,
    space: JointSpace,
    means: Tensor,
    notes: NoteTable,
    config: TextConfig,
    seed: int,
) -> _Goals:
    """The families' centroids too; a family and its instruments are no wrong answers to each other.

    What no instrument of the corpus is called still has a family that any musician knows.
    """
    families = [notes.instruments[i].family for i in notes.members("train")]
    present = [family for family in FAMILIES if family in families]
    texts = [
        lexicon_prompts(family, config.lexicon, np.random.default_rng([seed, 2, i]))
        for i, family in enumerate(present)
    ]
    embedded = space.sentences.embed([text for group in texts for text in group])
    centroids = all_centroids(means, notes)[[FAMILIES.index(family) for family in present]]
    belongs = torch.tensor([[family == own for family in present] for own in families])
    alike = torch.cat(
        [
            torch.cat([goals.alike, belongs], dim=1),
            torch.cat([belongs.T, torch.eye(len(present), dtype=torch.bool)], dim=1),
        ]
    )
    share = config.lexicon_share / (1 - config.lexicon_share) * goals.weights.sum() / len(present)
    return _Goals(
        torch.cat([goals.vectors, centroids]),
        [*goals.prompts, *embedded.split([len(group) for group in texts])],
        alike,
        torch.cat([goals.weights, share.expand(len(present))]),
    )


def _with_distracted(
    space: JointSpace, notes: NoteTable, prompts: PromptTable, count: int, seed: int
) -> list[Tensor]:
    """Sentence vectors [V, W] of each training instrument: its prompts and the distracted ones."""
    members = notes.members("train")
    texts = [
        distracted(notes.instruments[i].captions, count, np.random.default_rng([seed, 1, i]))
        for i in members
    ]
    unique = sorted({text for group in texts for text in group})
    place = {text: i for i, text in enumerate(unique)}
    extra = space.sentences.embed(unique)
    return [
        torch.cat([prompts.vectors[i], extra[[place[text] for text in group]]])
        for i, group in zip(members, texts, strict=True)
    ]


def _one(rows: Tensor, generator: torch.Generator) -> Tensor:
    return rows[int(torch.randint(len(rows), (1,), generator=generator))]


def _pace(step: int, steps: int) -> float:
    """A warm-up of twenty steps, then a cosine to zero."""
    return min(1.0, (step + 1) / 20) * (0.5 + 0.5 * math.cos(math.pi * step / steps))


def _balance(groups: Tensor, families: list[str]) -> Tensor:
    """Weights [M]: twins share one sound's weight, a family weighs the root of its sounds."""
    own = 1.0 / torch.bincount(groups)[groups].float()
    names = sorted(set(families))
    index = torch.tensor([names.index(family) for family in families])
    sounds = torch.zeros(len(names)).index_add_(0, index, own)
    return own / sounds[index].sqrt()
