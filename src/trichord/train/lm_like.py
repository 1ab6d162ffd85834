"""Training on notes to sound like: which note is shown, and how it is altered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from trichord.codec.note import NoteCodec
from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions
from trichord.lm.conditions import REFERENCE
from trichord.train.codec_data import load_blocks
from trichord.train.tokenise import TokeniseConfig
from trichord.train.tokens import Instruments, TokenSet


@dataclass(frozen=True)
class LikeConfig:
    """Which note a note is to sound like, in training; used where the model takes one at all."""

    middle: float = 0.5
    """How often it is the instrument's note nearest to middle C, as in use; else any other."""
    cut: float = 0.25
    """How often it ends early, as short recordings do."""
    shortest: int = 10
    """Frames that are left of it at least."""
    replaced: float = 0.05
    """Chance that a code is replaced by any other: no recording is as clean as the corpus."""
    hide_velocity: float = 0.3
    """How often its velocity is not told: nobody knows that of a recording."""

    def __post_init__(self) -> None:
        """Refuses rates that are no probabilities."""
        for name in ("middle", "cut", "replaced", "hide_velocity"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"like.{name} is {getattr(self, name)}; a rate lies in 0..1")
        if self.shortest < 1:
            raise InputError(f"like.shortest is {self.shortest}; it must be at least 1")


def draw_likened(
    instruments: Instruments, rows: Tensor, config: LikeConfig, generator: torch.Generator
) -> Tensor:
    """For notes [b] a note each of the same instrument, int64 [b]."""
    middle = torch.rand(len(rows), generator=generator) < config.middle
    others = instruments.others(rows, generator)
    return torch.where(middle, instruments.reference[instruments.group[rows]], others)


def alter(
    codes: Tensor, cardinality: int, config: LikeConfig, generator: torch.Generator
) -> Tensor:
    """Codes [b, K, R] with some replaced and some notes cut short; negative past their end.

    The first frame holds a note's level and tuning as plain numbers and is left as it is.
    """
    count, _, frames = codes.shape
    other = torch.randint(0, cardinality, codes.shape, generator=generator, dtype=codes.dtype)
    replaced = torch.rand(codes.shape, generator=generator) < config.replaced
    replaced[:, :, 0] = False
    cut = torch.rand(count, generator=generator) < config.cut
    ends = torch.randint(min(config.shortest, frames), frames + 1, (count,), generator=generator)
    ends = torch.where(cut, ends, frames)
    past = torch.arange(frames) >= ends[:, None, None]
    return torch.where(replaced, other, codes).masked_fill(past, -1)


@dataclass(frozen=True)
class Palette:
    """What notes are recoloured with: the features of all notes, and the codec of their codes."""

    codec: NoteCodec
    blocks: Tensor
    """float16 [N, F, FEATURES]."""


def palette_of(source: TokeniseConfig, notes: TokenSet) -> Palette:
    """Reads the features that the tokens were made from.

    Raises:
        InputError: they are not those of the tokens.
    """
    read = load_blocks(source.corpus, source.cache, source.workers)
    if not torch.equal(read.pitch, notes.pitch):
        raise InputError(
            f"source.corpus: {source.corpus} is not what the tokens were made of; "
            "recolouring needs the same corpus"
        )
    return Palette(NoteCodec.load(source.codec), read.blocks)


def told_by_the_shown(known: Conditions, dropped: Conditions, changed: Tensor) -> Conditions:
    """Conditions of notes some of which are recoloured: those keep the note that they are shown.

    The vector of a recoloured note is not known; without the shown note nothing would tell of it.

    Args:
        known: all conditions.
        dropped: the same after some were hidden.
        changed: bool [N], which notes are recoloured.
    """
    kept = dropped.hide({"joint": changed}).present()
    for name in REFERENCE:
        kept[name] = torch.where(_rows(changed, kept[name]), known.present()[name], kept[name])
    return Conditions(**kept)


def _rows(mask: Tensor, values: Tensor) -> Tensor:
    return mask.view(-1, *[1] * (values.dim() - 1))


_LEARNT_LATER = ("reference.", "conditioner.providers.joint.weigh.", "text.")


def begin_with(model: CodecLM, folder: Path) -> None:
    """Gives a model the weights of another that lacks nothing but what a model may learn later.

    That is the reference, and how several notes are weighed into one vector.

    Raises:
        InputError: the folder holds no model, or one of another shape.
    """
    path = folder / "model.safetensors"
    if not path.is_file():
        raise InputError(f"start: {path} is missing; a model is a folder with model.safetensors")
    try:
        told = model.load_state_dict(load_file(path), strict=False)
    except (SafetensorError, RuntimeError) as error:
        lines = str(error).splitlines()
        raise InputError(f"start: {path} is of another shape: {lines[-1].strip()}") from error
    lacking = [name for name in told.missing_keys if not name.startswith(_LEARNT_LATER)]
    if lacking or told.unexpected_keys:
        name = [*lacking, *told.unexpected_keys][0]
        raise InputError(f"start: {path} is of another shape: {name} has no counterpart")
