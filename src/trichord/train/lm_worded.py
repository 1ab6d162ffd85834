"""Vectors as sentences give them: what a language model is conditioned on when a musician types.

A sentence leads to a place between sounds, not to a sound: its vector has a cosine of 0.5 to that
of the instrument it was written for. A model that has only ever been given vectors of recordings
meets such places for the first time in use. So some notes are given, in training already, the way
from text to audio of a sentence about their instrument.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from trichord.data.notes import open_corpus
from trichord.errors import InputError
from trichord.files import file_sha256, write_tensors
from trichord.space.joint import JointSpace
from trichord.train.devices import first_alone
from trichord.train.space_prompts import lexicon_prompts, paraphrases
from trichord.train.tokenise import TokeniseConfig
from trichord.train.tokens import TRAIN, TokenSet


@dataclass(frozen=True)
class WordedConfig:
    """How often a note is given the vector of a sentence, and of which sentences."""

    chance: float = 0.0
    """How often a note of the training set is given that of a sentence instead of a recording's."""
    prompts: int = 28
    """Of each instrument: its captions and paraphrases of them."""
    names: int = 4
    """Of each instrument: names of its family from `lexicon.json`."""
    seed: int = 0
    """Of the paraphrases."""

    def __post_init__(self) -> None:
        """Refuses what no run can mean."""
        if not 0 <= self.chance <= 1:
            raise InputError(f"worded.chance is {self.chance}; a rate lies in 0..1")
        if self.prompts < 1:
            raise InputError(f"worded.prompts is {self.prompts}; it must be at least 1")
        if self.names < 0:
            raise InputError(f"worded.names is {self.names}; it must be 0 or more")


@dataclass(frozen=True)
class Worded:
    """Vectors of sentences about instruments, one instrument after the other."""

    vectors: Tensor
    """Unit, float32 [P, D]."""
    start: Tensor
    """Where those of each instrument begin, and where the last ones end, int64 [I + 1]."""

    def draw(self, instruments: Tensor, generator: torch.Generator) -> Tensor:
        """The vector [b, D] of one sentence about each instrument [b]."""
        first, count = self.start[instruments], self.start.diff()[instruments]
        chance = torch.rand(len(instruments), generator=generator)
        return self.vectors[first + (chance * count).long().clamp(max=count - 1)]


def worded_of(
    folder: Path, notes: TokenSet, source: TokeniseConfig, config: WordedConfig
) -> Worded:
    """The vectors beside a token set; written there by the space's text door where there are none.

    Args:
        folder: of the tokens.
        notes: whose instruments the sentences are about.
        source: names the corpus with its captions, and the run of the space.
        config: which sentences.

    Raises:
        InputError: corpus and tokens do not belong together, or the space is missing.
    """
    space = source.space / "space"
    if not (space / "model.safetensors").is_file():
        raise InputError(
            f"source.space: {space / 'model.safetensors'} is missing; sentences become vectors by "
            "the text door of a finished run of `trichord train space`"
        )
    door = file_sha256(space / "model.safetensors")
    name = f"worded-{door[:12]}-{config.prompts}-{config.names}-{config.seed}.safetensors"
    path = folder / name
    first_alone(path.is_file, lambda: _write(path, notes, source, config))
    try:
        return Worded(**load_file(path))
    except (SafetensorError, TypeError) as error:
        raise InputError(f"{path} cannot be read ({error}); remove it") from error


def _write(path: Path, notes: TokenSet, source: TokeniseConfig, config: WordedConfig) -> None:
    texts = _sentences(notes, source.corpus, config)
    unique = sorted({text for group in texts for text in group})
    place = {text: i for i, text in enumerate(unique)}
    space = JointSpace.load(source.space / "space")
    known = torch.cat(
        [
            space.text_to_audio(space.embed_text(unique[i : i + 256]))
            for i in range(0, len(unique), 256)
        ]
    )
    order = [place[text] for group in texts for text in group]
    start = torch.tensor([0, *(len(group) for group in texts)]).cumsum(0)
    write_tensors(path, {"vectors": known[torch.tensor(order)].clone(), "start": start})


def _sentences(notes: TokenSet, corpus: Path, config: WordedConfig) -> list[list[str]]:
    """Of every instrument of the tokens, by number; held-out ones keep their captions alone."""
    if "instruments" not in notes.meta:
        raise InputError("worded.chance: the tokens name no instruments; write the tokens anew")
    trained = set(notes.instrument[notes.split == TRAIN].unique().tolist())
    rows = {one.instrument_id: one for one in open_corpus(corpus).instruments}
    texts: list[list[str]] = []
    for i, name in enumerate(notes.meta["instruments"]):
        if name not in rows:
            raise InputError(
                f"source.corpus: {corpus} does not know {name} of the tokens; give the corpus that "
                "they were made of"
            )
        row, rng = rows[name], np.random.default_rng([config.seed, i])
        if i not in trained:
            texts.append(list(row.captions))
            continue
        names = lexicon_prompts(row.family, 1, rng)
        chosen = rng.permutation(len(names))[: config.names].tolist()
        own = paraphrases(row.captions, row.family, config.prompts, rng)
        texts.append([*own, *(names[k] for k in chosen)])
    return texts
