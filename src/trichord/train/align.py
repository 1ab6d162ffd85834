"""The recipe of the space of clips: pictures, the refiner, then the doors for sound and text."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.files import write_json
from trichord.progress import Progress
from trichord.space.clips import ClipConfig, ClipSpace
from trichord.space.clips.loss import ClipLossConfig, ClipLosses, ClipObjective
from trichord.space.joint import sentence_encoder
from trichord.train.align_batches import AlignBatch, AlignBatchConfig, AlignData, BatchSource
from trichord.train.align_data import (
    CaptionTable,
    PictureTable,
    caption_table,
    load_pictures,
    load_table,
)
from trichord.train.align_pictures import PictureOptions, build_pictures, plan_clips, plan_notes
from trichord.train.align_refiner import RefinerTrainConfig, errors, refine_all, train_refiner
from trichord.train.align_report import figures, held_out_rows
from trichord.train.align_sketches import build_sketches
from trichord.train.align_text import TextRefitConfig, refit_text
from trichord.train.devices import device_of
from trichord.train.loop import LoopConfig, fit
from trichord.train.task import Task

ALL_CAPTIONS = 100
"""More than any clip has."""


def _loop() -> LoopConfig:
    return LoopConfig(
        steps=1000,
        batch_size=10,
        learning_rate=1.5e-3,
        warmup=50,
        final_rate=0.02,
        betas=(0.9, 0.98),
        weight_decay=0.05,
        ema=0.99,
        valid_every=200,
        save_every=200,
    )


@dataclass(frozen=True)
class AlignTrainConfig:
    """Everything that `trichord train align` does."""

    corpus: Path = Path("build/programs")
    """Folder of a clips corpus."""
    notes: Path = Path("build/notes")
    """Folder of a notes corpus."""
    out: Path = Path("build/align")
    """Folder of the run: `pictures`, `refiner/model`, `model` (the space), `report.json`."""
    workers: int = 2
    """Processes that compute the pictures."""
    resume: bool = False
    """Go on from the last checkpoint in `out`."""
    sketches: bool = True
    """Whether scores are sketched; without, another excerpt of the sound is the second view."""
    captions: int = 3
    """Captions of one clip or note at most."""
    pictures: PictureOptions = field(default_factory=PictureOptions)
    """How much of the corpora is used."""
    space: ClipConfig = field(default_factory=ClipConfig)
    """The model."""
    objective: ClipLossConfig = field(default_factory=ClipLossConfig)
    """Weights and temperatures of the loss."""
    batch: AlignBatchConfig = field(default_factory=AlignBatchConfig)
    """Sets, notes, and what is done to their pictures."""
    refiner: RefinerTrainConfig = field(default_factory=RefinerTrainConfig)
    """From sketches to pictures."""
    loop: LoopConfig = field(default_factory=_loop)
    """Steps, rates, precision, seed of the space; `batch_size` counts sets of clips."""
    text: TextRefitConfig = field(default_factory=TextRefitConfig)
    """The text door, fitted again at the end, by all captions."""


class AlignModel(nn.Module):
    """The space and its objective together: all that is optimised."""

    def __init__(self, config: AlignTrainConfig) -> None:
        super().__init__()
        self.space = ClipSpace(config.space)
        self.objective = ClipObjective(config.objective, config.batch.siblings)

    def forward(
        self, first: Tensor, second: Tensor, notes: Tensor, sentences: Tensor, sound: Tensor
    ) -> ClipLosses:
        """The losses of one batch; the arguments are the fields of `AlignBatch`."""
        count = len(first)
        vectors = self.space.encode(torch.cat([first, second, notes]))
        a, b, c = vectors.split([count, count, len(notes)])
        text = self.space.text_head(sentences)
        return self.objective(a, b, c, text, sentences, sound, first)


class AlignTask(Task[AlignBatch]):
    """A `ClipSpace` on pictures and captions."""

    def __init__(self, config: AlignTrainConfig, data: AlignData, valid: Tensor) -> None:
        self.data, self.valid = data, valid
        self.source = BatchSource(data, config.batch)
        torch.manual_seed(config.loop.seed)
        self.model = AlignModel(config)

    @property
    def count(self) -> int:
        """Training clips."""
        return len(self.source.clips)

    def batch(self, rows: Tensor, generator: torch.Generator) -> AlignBatch:
        """One set of clips for each row, and notes."""
        seed = int(torch.randint(2**62, (1,), generator=generator))
        return self.source.batch(rows, np.random.default_rng(seed))

    def loss(self, model: Any, batch: AlignBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """The total, and beside it the terms and the learned scales."""
        parts = [getattr(batch, f.name).to(device_of(model)) for f in dataclasses.fields(batch)]
        losses: ClipLosses = model(*parts)
        scales = self.model.objective.scales.detach()
        told = {name: value.detach() for name, value in losses._asdict().items() if name != "total"}
        return losses.total, {**told, "view_scale": scales[0], "text_scale": scales[1]}

    def validate(self, model: Any) -> dict[str, float]:
        """Figures on templates of the valid split."""
        return figures(self.model.space, self.data, self.valid)

    def export(self, folder: Path) -> None:
        """Writes the space as users load it."""
        self.model.space.save(folder)


def train_align(
    config: AlignTrainConfig, on_report: Callable[[dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Trains the refiner and the space of clips.

    `config.out` then holds `refiner/model`, `model` (the space) and `report.json`.

    Returns:
        The report: figures on held-out templates of the valid split.

    Raises:
        InputError: when a corpus is missing or too small.
    """
    data = load_data(config)
    valid = held_out_rows(data, "valid")
    if not len(valid):
        raise InputError(f"{config.corpus}: holds no clip of the valid split; build more templates")
    report: dict[str, Any] = {"clips": len(data.clips.names), "notes": len(data.notes.names)}
    if data.sketches is not None:
        refiner = train_refiner(
            config.refiner,
            data.clips,
            data.sketches,
            valid,
            config.out / "refiner",
            resume=config.resume,
        )
        report |= errors(refiner, data.clips, data.sketches, valid)
        rows = torch.cat([data.clips.members("train"), valid])
        refined = refine_all(refiner, data.sketches, rows)
        data = dataclasses.replace(data, refined=refined)
    task = AlignTask(config, data, valid)
    settings = dataclasses.asdict(config)
    for name in ("resume", "workers", "text"):
        del settings[name]
    folder = config.out / "clips"
    fit(task, config.loop, folder, settings=settings, resume=config.resume, on_report=on_report)
    space = ClipSpace.load(folder / "model")
    captions = read_captions(data.clips, config, ALL_CAPTIONS)
    space = refit_text(space, data, captions, valid, config.text, config.loop.seed)
    space.save(config.out / "model")
    report |= figures(space, data, valid)
    write_json(config.out / "report.json", report)
    return report


def load_data(config: AlignTrainConfig) -> AlignData:
    """Computes what is missing of the pictures and the captions' vectors, and reads them."""
    cache, grid, options = config.out / "pictures", config.space.grid, config.pictures
    with Progress() as progress:
        bars: dict[str, Any] = {}

        def watch(what: str, done: int, total: int) -> None:
            bar = bars.get(what) or bars.setdefault(what, progress.task(what, total))
            bar.advance(done - bar.done)

        clip_shards = plan_clips(config.corpus, cache, options, grid)
        note_shards = plan_notes(config.notes, cache, options, grid)
        clip_files = build_pictures(clip_shards, config.workers, watch)
        note_files = build_pictures(note_shards, config.workers, watch)
        sketches = build_sketches(clip_shards, config.workers, watch) if config.sketches else []
    clips = load_table(clip_files, name="clip_id", family="template_id", sound="render_hash")
    notes = load_table(note_files, name="note_id", family="instrument_id", sound="note_id")
    return AlignData(
        clips,
        read_captions(clips, config, config.captions),
        notes,
        read_captions(notes, config, config.captions),
        load_pictures(sketches) if sketches else None,
    )


def read_captions(table: PictureTable, config: AlignTrainConfig, most: int) -> CaptionTable:
    """Sentence vectors of up to so many captions of each clip or note, from the run's cache."""
    encoder = sentence_encoder(config.space.sentence)
    return caption_table(table.captions, encoder, config.out / "captions.safetensors", most)
