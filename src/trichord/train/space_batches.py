"""What one training step of the space sees: drawn from (seed, step) alone, so a run can resume."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.space.base import Encoder
from trichord.train.space_coded import CodedNotes
from trichord.train.space_data import InstrumentRow, NoteTable, as_images
from trichord.train.space_prompts import paraphrases


@dataclass(frozen=True)
class BatchConfig:
    """How a batch is drawn."""

    notes: int = 4
    """Random notes of each instrument of a batch."""
    paraphrases: int = 40
    """Prompts made of each instrument's captions before training."""
    alike: float = 0.9
    """Captions whose sentence vectors are at least this close (cosine) are never negatives."""
    cut: float = 0.5
    """Chance that a note is cut short."""
    noise: float = 0.3
    """Chance of added noise."""
    tilt_db: float = 4.0
    """Largest random gain between the lowest and the highest band."""
    colour_db: float = 3.0
    """Largest random gain of each of three slow waves over the bands."""
    low_pass: float = 0.1
    """Chance that everything above a random 5 to 12 kHz is lost."""

    def __post_init__(self) -> None:
        if self.notes < 2:
            raise InputError(f"batch.notes is {self.notes}; audio pairs need at least 2")


@dataclass(frozen=True)
class Batch:
    """See `InstrumentInfoNCE` for the last four."""

    images: Tensor  # float [N, 2, T, bands]
    lengths: Tensor  # int64 [N]
    sentences: Tensor  # float [I, W], frozen sentence vectors
    owner: Tensor  # int64 [N]
    twins: Tensor  # bool [I, I]
    alike: Tensor  # bool [I, I]


@dataclass(frozen=True)
class PromptTable:
    """Every prompt of every instrument: `vectors[i]` is float [V_i, W]."""

    texts: tuple[tuple[str, ...], ...]
    vectors: tuple[Tensor, ...]


def prompt_table(
    instruments: tuple[InstrumentRow, ...], encoder: Encoder[str], count: int, seed: int
) -> PromptTable:
    """Paraphrases the captions of training instruments (others keep theirs), embeds them once."""
    texts: list[tuple[str, ...]] = []
    for i, row in enumerate(instruments):
        rng = np.random.default_rng([seed, i])
        wanted = count if row.split == "train" else len(row.captions)
        texts.append(tuple(paraphrases(row.captions, row.family, wanted, rng)))
    unique = sorted({text for group in texts for text in group})
    place = {text: i for i, text in enumerate(unique)}
    vectors = encoder.embed(unique)
    return PromptTable(
        tuple(texts), tuple(vectors[[place[text] for text in group]] for group in texts)
    )


class BatchSource:
    """Draws training batches: rows are places in `instruments`, chosen by the loop."""

    def __init__(
        self,
        notes: NoteTable,
        prompts: PromptTable,
        config: BatchConfig,
        coded: CodedNotes | None = None,
        share: float = 0.0,
    ) -> None:
        """Keeps what batches are drawn from.

        Args:
            notes: the corpus.
            prompts: of its instruments.
            config: how a batch is drawn.
            coded: some of the notes as they come out of a codec.
            share: chance that a note of a batch is one of those.
        """
        self._notes = notes
        self._coded, self._share = coded, share
        self._prompts = prompts
        self._config = config
        order = torch.argsort(notes.owner, stable=True)
        counts = torch.bincount(notes.owner, minlength=len(notes.instruments))
        self._own = torch.split(order, counts.tolist())
        if coded is not None:
            owner = notes.owner[coded.note]
            counts = torch.bincount(owner, minlength=len(notes.instruments))
            self._own_coded = torch.split(torch.argsort(owner, stable=True), counts.tolist())
        self._groups = torch.tensor([row.group for row in notes.instruments])
        self.instruments = torch.tensor(_balanced(notes))

    def batch(self, rows: Tensor, rng: np.random.Generator) -> Batch:
        """Notes and one prompt of the instruments at `rows` int64 [I]."""
        chosen = self.instruments[rows]
        size = len(chosen)
        picked = torch.cat([self._some_notes(i, rng) for i in chosen.tolist()])
        images, lengths = self._heard(picked, rng)
        images, lengths = disturb(images, lengths, self._config, rng)
        vectors = [self._prompts.vectors[i] for i in chosen.tolist()]
        sentences = torch.stack([rows[int(rng.integers(len(rows)))] for rows in vectors])
        different = ~torch.eye(size, dtype=torch.bool)
        groups = self._groups[chosen]
        return Batch(
            images,
            lengths,
            sentences,
            torch.arange(size).repeat_interleave(self._config.notes),
            (groups[:, None] == groups) & different,
            (sentences @ sentences.T > self._config.alike) & different,
        )

    def _heard(self, picked: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Images and lengths of notes, some of them exchanged for coded ones of the instrument."""
        images, lengths = self._notes.images[picked], self._notes.lengths[picked]
        if self._coded is None:
            return as_images(images), lengths
        for row in np.flatnonzero(rng.random(len(picked)) < self._share).tolist():
            own = self._own_coded[int(self._notes.owner[picked[row]])]
            if len(own):
                one = own[int(rng.integers(len(own)))]
                images[row], lengths[row] = self._coded.images[one], self._coded.lengths[one]
        return as_images(images), lengths

    def _some_notes(self, instrument: int, rng: np.random.Generator) -> Tensor:
        own = self._own[instrument]
        repeat = len(own) < self._config.notes
        return own[torch.from_numpy(rng.choice(len(own), self._config.notes, replace=repeat))]


def _balanced(notes: NoteTable) -> list[int]:
    """The training instruments, those of small families up to three times.

    Square root of the imbalance: a family of 100 is seen more often than one of 10, not ten times.
    """
    members = notes.members("train")
    sizes = Counter(notes.instruments[i].family for i in members)
    largest = max(sizes.values(), default=1)
    times = {family: min(3, round((largest / size) ** 0.5)) for family, size in sizes.items()}
    return [i for i in members for _ in range(times[notes.instruments[i].family])]


def disturb(
    images: Tensor, lengths: Tensor, config: BatchConfig, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """What happens to recordings in the wild: cut tails, noise, another microphone, a lossy codec.

    Works on the images themselves (levels are decibels): a hundredth of the work on waves.

    Args:
        images: float [N, 2, T, bands]; changed in place.
        lengths: int64 [N].
        config: chances and ranges.
        rng: draws.

    Returns:
        Images and lengths, T as long as the longest.
    """
    count, _, frames, bands = images.shape
    level = images[:, 0]
    ramp = torch.linspace(-0.5, 0.5, bands)
    tilt = torch.from_numpy(rng.uniform(-1, 1, (count, 1, 1)).astype(np.float32))
    heard = level > 0
    level = level + tilt * ramp * (config.tilt_db / 80) + _colour(count, bands, rng, config)
    dull = torch.from_numpy(rng.random(count) < config.low_pass)
    edge = torch.from_numpy(rng.uniform(0.7, 0.92, count).astype(np.float32)) * bands
    lost = (torch.arange(bands)[None] > edge[:, None]) & dull[:, None]  # [N, bands]
    level = torch.where(lost[:, None] | ~heard, 0.0, level)
    noisy = torch.from_numpy(rng.random(count) < config.noise)
    floor = torch.from_numpy(rng.uniform(0.05, 0.45, (count, 1, 1)).astype(np.float32))
    hiss = (
        floor
        + 0.3 * tilt.flip(0) * ramp
        + 0.03 * torch.from_numpy(rng.standard_normal(level.shape, dtype=np.float32))
    )
    level = torch.where(noisy[:, None, None], torch.maximum(level, hiss), level)
    level = level - level.amax((1, 2), keepdim=True) + 1
    images[:, 0] = level.clamp(0, 1)
    cut = torch.from_numpy(rng.integers(9, frames + 1, count))
    cut = torch.where(torch.from_numpy(rng.random(count) < config.cut), cut, frames)
    lengths = torch.minimum(lengths, cut)
    images *= (torch.arange(frames) < lengths[:, None])[:, None, :, None]
    return images[:, :, : int(lengths.max())], lengths


def _colour(count: int, bands: int, rng: np.random.Generator, config: BatchConfig) -> Tensor:
    """A random smooth equaliser for each note: [N, 1, bands], in units of 80 dB."""
    place = torch.linspace(0, torch.pi, bands)
    drawn = torch.from_numpy(rng.uniform(-1, 1, (2, count, 3, 1)).astype(np.float32))
    waves = torch.cos(torch.arange(1, 4)[:, None] * place + drawn[0] * torch.pi)  # [N, 3, bands]
    return (drawn[1] * waves).sum(1, keepdim=True) * (config.colour_db / 80)
