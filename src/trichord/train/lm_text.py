"""Text in the language model's training: captions as conditions, and targets of the regulariser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.lm import Conditions
from trichord.lm.similarity import Centring
from trichord.train.captions import Captions, captions_of
from trichord.train.regulariser import Regulariser, RegulariserConfig, Targets
from trichord.train.tokenise import TokeniseConfig
from trichord.train.tokens import TRAIN, TokenSet


@dataclass(frozen=True)
class Described:
    """What is said of the sounds of a batch."""

    text: Conditions
    """Text alone; nothing where the model takes none."""
    targets: Targets | None
    """What the hidden states are to be alike by; None where nothing is regularised."""


class Descriptions:
    """Captions of a token set, drawn for batches; and the vectors that the regulariser compares."""

    def __init__(
        self, notes: TokenSet, captions: Captions | None, shown: bool, config: RegulariserConfig
    ) -> None:
        self.notes, self.captions, self.shown, self.config = notes, captions, shown, config
        self.regulariser = Regulariser(config, self._centring()) if config.weight else None

    def _centring(self) -> Centring | None:
        """Fitted on the targets of the training set."""
        train = self.notes.split == TRAIN
        if self.config.target == "text":
            assert self.captions is not None
            ids = self.captions.of_owners(self.notes.instrument[train].unique())
            pooled = [self._texts(part).pooled(self.config.pooling) for part in ids.split(256)]
            return Centring.fit(torch.cat(pooled), self.config.centre)
        return Centring.fit(self._vectors(train.nonzero()[:, 0]).float(), self.config.centre)

    def draw(self, rows: Tensor, generator: torch.Generator) -> Described:
        """One caption of each note [b], as text and as target; nothing is drawn without need."""
        text, targets = Conditions(), None
        if self.captions is not None:
            said = self._texts(self.captions.draw(self.notes.instrument[rows], generator))
            if self.shown:
                text = Conditions(text=said.states, text_length=said.lengths)
            targets = said
        if self.regulariser is None:
            targets = None
        elif self.config.target != "text":
            vectors = self._vectors(rows).float()
            targets = Targets(vectors[:, None], torch.ones(len(rows), dtype=torch.long))
        return Described(text, targets)

    def drops(self, generator: torch.Generator) -> bool:
        """The one draw per batch: are the conditions of all its rows hidden?"""
        if not self.config.ratio:
            return False
        return bool(torch.rand(1, generator=generator) < self.config.ratio)

    def _texts(self, ids: Tensor) -> Targets:
        assert self.captions is not None
        return Targets(*self.captions.text(ids))

    def _vectors(self, rows: Tensor) -> Tensor:
        """The notes' own vectors in the joint space, or in that of programs."""
        if self.config.target == "joint":
            return self.notes.joint[rows]
        if self.notes.code is None:
            raise InputError(
                "regulariser.target is code and the tokens have no column `code`: notes come from "
                "no program; choose text or joint, or tokens of clips"
            )
        return self.notes.code[rows]


def descriptions_of(
    notes: TokenSet,
    folder: Path,
    source: TokeniseConfig,
    *,
    shown: bool,
    config: RegulariserConfig,
) -> Descriptions:
    """Reads or writes the captions, where anything needs them.

    Args:
        notes: the token set.
        folder: of the captions.
        source: names the corpus and the text encoder of captions that are yet to be written.
        shown: whether the model is conditioned on text.
        config: the regulariser.
    """
    needed = shown or (bool(config.weight) and config.target == "text")
    captions = None
    if needed:
        captions = captions_of(folder, notes, source.corpus, source.sentence)
    return Descriptions(notes, captions, shown, config)
