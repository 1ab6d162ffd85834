"""What one training step of the space of clips sees: a pure function of its random numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.train.align_data import CaptionTable, PictureTable


@dataclass(frozen=True)
class AlignBatchConfig:
    """How a batch is drawn and what is done to its pictures."""

    siblings: int = 8
    """Clips of one set: of one template, or strangers where templates are single programs."""
    notes: int = 24
    """Single notes of instruments beside the clips."""
    columns: tuple[int, ...] = (194, 194, 128, 80)
    """Lengths in columns of 93 ms; each step draws one of them."""
    refined: float = 0.5
    """Chance that the second view is the refined sketch, where there is one, not the sketch."""
    elsewhere: float = 0.2
    """Chance that the second view of a set is another excerpt of the real sound."""
    gain_db: float = 2.0
    """Standard deviation of a clip's change of level, the same for both views."""
    note_gain_db: float = 8.0
    """Standard deviation of a note's."""
    tilt_db: float = 3.0
    """Standard deviation of a view's gain from the lowest to the highest band."""

    def __post_init__(self) -> None:
        if self.siblings < 3:
            raise InputError(f"batch.siblings: {self.siblings}; give 3 or more to compare pairs")
        if not self.columns or min(self.columns) < 8:
            raise InputError(f"batch.columns: {self.columns}; give lengths of 8 or more")


@dataclass(frozen=True)
class AlignBatch:
    """See `ClipObjective`; `pictures` are of both views and of notes, ready for the network."""

    first: Tensor  # float [N, bands, F]
    second: Tensor  # float [N, bands, F]
    notes: Tensor  # float [I, bands, F]
    sentences: Tensor  # float [N + I, W]
    sound: Tensor  # int64 [N + I]


@dataclass(frozen=True)
class AlignData:
    """All that is trained on. Sketches may be absent: another excerpt then stands for them."""

    clips: PictureTable
    clip_captions: CaptionTable
    notes: PictureTable
    note_captions: CaptionTable
    sketches: Tensor | None = None  # float16 [N, bands, F]
    refined: Tensor | None = None  # float16 [N, bands, F]


class BatchSource:
    """Draws training batches; a row of the training set is a clip, the first of its set."""

    def __init__(self, data: AlignData, config: AlignBatchConfig) -> None:
        self.data, self.config = data, config
        self.clips = data.clips.members("train")
        self.notes = data.notes.members("train")
        families = data.clips.family[self.clips]
        sizes = torch.bincount(families)
        order = torch.argsort(families, stable=True)
        groups = torch.split(self.clips[order], sizes[sizes > 0].tolist())
        self._siblings = {int(data.clips.family[g[0]]): g for g in groups}
        alone = [g for g in groups if len(g) < config.siblings]
        self._strangers = torch.cat(alone) if alone else self.clips
        if len(self._strangers) < config.siblings:
            self._strangers = self.clips
        if len(self.clips) < config.siblings:
            raise InputError(
                f"{len(self.clips)} training clips: a set takes {config.siblings}; build more"
            )

    def batch(self, rows: Tensor, rng: np.random.Generator) -> AlignBatch:
        """One set for each clip at `rows` int64 [S], and notes."""
        config, data = self.config, self.data
        picked = torch.cat([self._set(int(self.clips[row]), rng) for row in rows.tolist()])
        columns = min(int(rng.choice(config.columns)), data.clips.pictures.shape[2])
        first, second = self._views(picked, columns, rng)
        some = self.notes[torch.from_numpy(rng.choice(len(self.notes), config.notes))]
        notes = _fit(data.notes.pictures[some].float(), columns)
        notes = louder(notes, rng.normal(0, config.note_gain_db, len(notes)))
        notes = tilted(notes, rng.normal(0, config.tilt_db, len(notes)))
        sentences = torch.cat(
            [_draw(data.clip_captions, picked, rng), _draw(data.note_captions, some, rng)]
        )
        sound = torch.cat([data.clips.sound[picked], -1 - data.notes.family[some]])
        return AlignBatch(first, second, notes, sentences, sound)

    def _set(self, row: int, rng: np.random.Generator) -> Tensor:
        """A clip and its company, int64 [siblings]."""
        own = self._siblings[int(self.data.clips.family[row])]
        pool = own if len(own) >= self.config.siblings else self._strangers
        others = pool[pool != row].numpy()
        drawn = rng.choice(others, self.config.siblings - 1, replace=False)
        return torch.cat([torch.tensor([row]), torch.from_numpy(drawn)])

    def _views(
        self, picked: Tensor, columns: int, rng: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        """The real pictures of an excerpt, and what else sounds like it; excerpts by set."""
        config, data = self.config, self.data
        size, sets = config.siblings, len(picked) // config.siblings
        room = data.clips.pictures.shape[2] - columns
        here = rng.integers(0, room + 1, sets).repeat(size)
        there = rng.integers(0, room + 1, sets).repeat(size)
        real = crop(data.clips.pictures, picked, here, columns)
        other = real if data.sketches is None else crop(data.sketches, picked, here, columns)
        if data.refined is not None:
            chosen = torch.from_numpy(rng.random(len(picked)) < config.refined)
            fine = crop(data.refined, picked, here, columns)
            other = torch.where(chosen[:, None, None], fine, other)
        away = rng.random(sets).repeat(size) < (1 if data.sketches is None else config.elsewhere)
        if away.any():
            excerpt = crop(data.clips.pictures, picked, there, columns)
            other = torch.where(torch.from_numpy(away)[:, None, None], excerpt, other)
        gain = rng.normal(0, config.gain_db, len(picked))
        tilt = rng.normal(0, config.tilt_db, (2, len(picked)))
        return tilted(louder(real, gain), tilt[0]), tilted(louder(other, gain), tilt[1])


def crop(pictures: Tensor, rows: Tensor, starts: np.ndarray, columns: int) -> Tensor:
    """Excerpts of some pictures: float32 [len(rows), bands, columns]."""
    pairs = zip(rows.tolist(), starts.tolist(), strict=True)
    return torch.stack([pictures[row, :, at : at + columns] for row, at in pairs]).float()


def louder(pictures: Tensor, gain_db: np.ndarray) -> Tensor:
    """Pictures [N, bands, F] with another level each; what is silent stays silent."""
    gain = torch.from_numpy(gain_db).float()[:, None, None]
    return (pictures + gain * (pictures / 6).clamp(max=1)).clamp(min=0)


def tilted(pictures: Tensor, tilt_db: np.ndarray) -> Tensor:
    """Pictures [N, bands, F] through a slope of so many dB from the lowest to the highest band."""
    slope = torch.linspace(-0.5, 0.5, pictures.shape[1])[:, None]
    gain = torch.from_numpy(tilt_db).float()[:, None, None] * slope
    return (pictures + gain * (pictures / 6).clamp(max=1)).clamp(min=0)


def _fit(pictures: Tensor, columns: int) -> Tensor:
    """Exactly so many columns: the rest cut off, or silence behind."""
    return torch.nn.functional.pad(pictures, (0, columns - pictures.shape[2]))


def _draw(table: CaptionTable, rows: Tensor, rng: np.random.Generator) -> Tensor:
    """One caption of each row, [len(rows), W]."""
    own = [table.rows[row] for row in rows.tolist()]
    return table.vectors[[some[int(rng.integers(len(some)))] for some in own]]
