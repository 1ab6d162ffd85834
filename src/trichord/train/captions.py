"""Sentences about sounds beside a token set: the states of a text encoder, each stored once.

Two files in the folder of the tokens: `captions.json` (the sentences, and who wrote the states) and
`captions.safetensors`. A folder of tokens without them is as good as before, for models without
text.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from trichord.data.notes import open_corpus
from trichord.errors import InputError
from trichord.files import write_json, write_tensors
from trichord.space.base import TextEncoder
from trichord.space.joint import sentence_encoder
from trichord.space.text import SentenceConfig
from trichord.train.devices import first_alone
from trichord.train.tokens import TokenSet


@dataclass(frozen=True)
class Captions:
    """C sentences, and which of them describe each of I owners (instruments, or clips)."""

    sentences: tuple[str, ...]
    """C texts."""
    states: Tensor
    """The states of all sentences, one after the other, float16 [T, D]."""
    start: Tensor
    """Where each sentence begins, and where the last one ends, int64 [C + 1]."""
    owner: Tensor
    """Numbers of the owners as in `TokenSet.instrument`, ascending, int64 [I]."""
    choice: Tensor
    """Sentences of all owners, one owner after the other, int64 [P]."""
    choice_start: Tensor
    """Where those of each owner begin, and where the last ones end, int64 [I + 1]."""

    @property
    def dim(self) -> int:
        """Width of a state."""
        return self.states.shape[1]

    def draw(self, owners: Tensor, generator: torch.Generator) -> Tensor:
        """A sentence for each owner [b], drawn from its own ones: int64 [b].

        Raises:
            InputError: an owner without a sentence.
        """
        place = torch.searchsorted(self.owner, owners.long()).clamp(max=len(self.owner) - 1)
        first, count = self.choice_start[place], self.choice_start.diff()[place]
        lacking = (self.owner[place] != owners) | (count == 0)
        if lacking.any():
            raise InputError(
                f"captions: {int(lacking.sum())} sounds have none (number "
                f"{int(owners[lacking][0])} is the first); describe every instrument of the corpus"
            )
        chance = torch.rand(len(owners), generator=generator)
        return self.choice[first + (chance * count).long().clamp(max=count - 1)]

    def of_owners(self, owners: Tensor) -> Tensor:
        """All sentences that describe any of these owners, ascending, int64."""
        member = torch.isin(self.owner, owners.long())
        return self.choice[member.repeat_interleave(self.choice_start.diff())].unique()

    def text(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """States of sentences [b], filled up with zeros: float32 [b, L, D]; lengths int64 [b]."""
        lengths = self.start[ids + 1] - self.start[ids]
        place = torch.arange(int(lengths.max()))
        real = place < lengths[:, None]
        index = torch.where(real, self.start[ids][:, None] + place, 0)
        return self.states[index].float() * real[:, :, None], lengths

    def write(self, folder: Path, encoder: str) -> None:
        """Writes both files; the JSON comes last and tells that all is there."""
        tensors = {f.name: getattr(self, f.name).contiguous() for f in _TENSORS}
        write_tensors(folder / "captions.safetensors", tensors)
        told = {"encoder": encoder, "sentences": self.sentences}
        write_json(folder / "captions.json", told, indent=1)

    @classmethod
    def read(cls, folder: Path) -> Captions:
        """Reads what `write` wrote."""
        path = folder / "captions.json"
        if not path.is_file():
            raise InputError(f"{path} is missing; {folder} holds tokens without captions")
        try:
            sentences = tuple(json.loads(path.read_text(encoding="utf-8"))["sentences"])
            return cls(sentences, **load_file(folder / "captions.safetensors"))
        except (SafetensorError, OSError, TypeError, KeyError, json.JSONDecodeError) as error:
            raise InputError(f"{folder}: captions cannot be read: {error}") from error


_TENSORS = [field for field in dataclasses.fields(Captions) if field.name != "sentences"]


def describe(sentences: Mapping[int, Sequence[str]], encoder: TextEncoder) -> Captions:
    """Captions of owners by number, each sentence read once.

    Raises:
        InputError: an owner has an empty sentence, or nobody has any.
    """
    for owner, said in sentences.items():
        if any(not text.strip() for text in said):
            raise InputError(f"captions of number {owner} hold an empty sentence; leave it out")
    known = tuple(dict.fromkeys(text for said in sentences.values() for text in said))
    if not known:
        raise InputError("captions: the corpus describes no sound; add captions to its notes")
    place = {text: i for i, text in enumerate(known)}
    states = encoder.states(known)
    owners = sorted(sentences)
    chosen = [[place[text] for text in dict.fromkeys(sentences[owner])] for owner in owners]
    return Captions(
        sentences=known,
        states=torch.cat(states).half(),
        start=_starts([len(rows) for rows in states]),
        owner=torch.tensor(owners),
        choice=torch.tensor([i for ids in chosen for i in ids]),
        choice_start=_starts([len(ids) for ids in chosen]),
    )


def captions_of(folder: Path, notes: TokenSet, corpus: Path, config: SentenceConfig) -> Captions:
    """The captions in `folder`; written there from the corpus where there are none.

    Raises:
        InputError: the tokens do not name their instruments, or the corpus is another one.
    """
    first_alone(
        (folder / "captions.json").is_file, lambda: _write_captions(folder, notes, corpus, config)
    )
    return Captions.read(folder)


def _write_captions(folder: Path, notes: TokenSet, corpus: Path, config: SentenceConfig) -> None:
    if "instruments" not in notes.meta:
        raise InputError(
            f"{folder} has no captions.json, and the tokens name no instruments to write one for: "
            "write the tokens anew, or train without text"
        )
    said = {one.instrument_id: one.captions for one in open_corpus(corpus).instruments}
    missing = [name for name in notes.meta["instruments"] if name not in said]
    if missing:
        raise InputError(
            f"source.corpus: {corpus} does not know {missing[0]} of the tokens; "
            "give the corpus that they were made of"
        )
    by_number = {i: said[name] for i, name in enumerate(notes.meta["instruments"])}
    captions = describe(by_number, sentence_encoder(config))
    folder.mkdir(parents=True, exist_ok=True)
    captions.write(folder, f"{config.kind} {config.source or ''}".strip())


def _starts(counts: Sequence[int]) -> Tensor:
    return torch.tensor([0, *counts]).cumsum(0)
