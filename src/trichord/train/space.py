"""The recipe of the joint space: two doors trained on instruments, then the way between them."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.space.joint import JointSpace, SpaceConfig, sentence_encoder
from trichord.space.loss import InstrumentInfoNCE, LossConfig, SpaceLosses
from trichord.space.prior import PriorConfig
from trichord.train.devices import device_of
from trichord.train.loop import LoopConfig, fit
from trichord.train.space_batches import Batch, BatchConfig, BatchSource, PromptTable, prompt_table
from trichord.train.space_coded import CodedConfig, CodedNotes, coded_notes
from trichord.train.space_data import NoteTable, build_cache, load_notes
from trichord.train.space_finish import FinishConfig, finish
from trichord.train.space_report import captions_of, encode_notes, held_out_figures
from trichord.train.task import Task

log = logging.getLogger(__name__)


def _loop() -> LoopConfig:
    return LoopConfig(
        steps=900,
        batch_size=72,
        learning_rate=1.5e-3,
        warmup=60,
        final_rate=0.01,
        betas=(0.9, 0.98),
        weight_decay=0.05,
        ema=0.99,
        valid_every=150,
        save_every=200,
    )


@dataclass(frozen=True)
class SpaceTrainConfig:
    """Everything that `trichord train space` does."""

    corpus: Path = Path("build/notes")
    """Folder of a notes corpus."""
    out: Path = Path("build/space")
    """Folder of the run; the finished space lies in its subfolder `space`."""
    workers: int = 2
    """Processes that compute the feature cache."""
    resume: bool = False
    """Go on from the last checkpoint in `out`."""
    space: SpaceConfig = field(default_factory=lambda: SpaceConfig(prior=PriorConfig("none")))
    """The model; its prior is chosen at the end of the run."""
    objective: LossConfig = field(default_factory=LossConfig)
    """Temperatures and weights of the loss."""
    batch: BatchConfig = field(default_factory=BatchConfig)
    """Notes and prompts of each instrument, and what is done to them."""
    coded: CodedConfig = field(default_factory=CodedConfig)
    """Notes that are heard through the note codec too."""
    finish: FinishConfig = field(default_factory=FinishConfig)
    """The priors that are compared at the end."""
    loop: LoopConfig = field(default_factory=_loop)
    """Steps, rates, precision, seed; `batch_size` counts instruments."""

    def __post_init__(self) -> None:
        """Refuses what no run can mean."""
        if self.loop.batch_size < 2:
            raise InputError(
                f"batch_size is {self.loop.batch_size}; give 2 or more: instruments are contrasted"
            )


class SpaceModel(nn.Module):
    """The space and its objective together: all that is optimised."""

    def __init__(self, config: SpaceTrainConfig) -> None:
        super().__init__()
        self.space = JointSpace(config.space)
        self.objective = InstrumentInfoNCE(config.objective)

    def forward(
        self,
        images: Tensor,
        lengths: Tensor,
        sentences: Tensor,
        owner: Tensor,
        twins: Tensor,
        alike: Tensor,
    ) -> SpaceLosses:
        """The losses of one batch; the arguments are the fields of `Batch`."""
        audio = self.space.audio_head(self.space.audio(images, lengths))
        return self.objective(self.space.text_head(sentences), audio, owner, twins, alike)


class SpaceTask(Task[Batch]):
    """A `JointSpace` on the cached notes and the prompts of a corpus."""

    def __init__(
        self,
        config: SpaceTrainConfig,
        notes: NoteTable,
        prompts: PromptTable,
        coded: CodedNotes | None = None,
    ) -> None:
        self.notes = notes
        self.source = BatchSource(notes, prompts, config.batch, coded, config.coded.share)
        self.captions = captions_of(notes, prompts, "valid")
        self.valid_rows = _some_of_each(notes, "valid", 16)
        torch.manual_seed(config.loop.seed)
        model = SpaceModel(config)
        self.model, self.space, self.objective = model, model.space, model.objective

    @property
    def count(self) -> int:
        """Training instruments, those of small families counted more than once."""
        return len(self.source.instruments)

    def batch(self, rows: Tensor, generator: torch.Generator) -> Batch:
        """Notes and one prompt of each instrument at `rows`."""
        seed = int(torch.randint(2**62, (1,), generator=generator))
        return self.source.batch(rows, np.random.default_rng(seed))

    def loss(self, model: Any, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The total, and beside it the three terms and the learned scales."""
        parts = [getattr(batch, f.name).to(device_of(model)) for f in dataclasses.fields(batch)]
        losses: SpaceLosses = model(*parts)
        text_scale, audio_scale = self.objective.scales.detach().unbind()
        told = {name: value.detach() for name, value in losses._asdict().items() if name != "total"}
        return losses.total, {**told, "text_scale": text_scale, "audio_scale": audio_scale}

    def validate(self, model: Any) -> dict[str, float]:
        """Retrieval among the held-out instruments of the valid split, through both doors."""
        vectors = encode_notes(self.space, self.notes, self.valid_rows)
        return held_out_figures(self.space, vectors, self.notes, self.captions, "valid")

    def export(self, folder: Path) -> None:
        """Writes the space as users load it, its prior yet to be chosen."""
        self.space.save(folder)


def _some_of_each(notes: NoteTable, split: str, most: int) -> Tensor:
    """Rows of up to `most` notes, evenly spread, of each instrument of a split."""
    picked: list[Tensor] = []
    for i in notes.members(split):
        own = torch.nonzero(notes.owner == i).flatten()
        picked.append(own[torch.linspace(0, len(own) - 1, min(most, len(own))).long()])
    if not picked:
        raise InputError(f"the corpus holds no instrument of the {split} split; add some")
    return torch.cat(picked)


def train_space(
    config: SpaceTrainConfig, on_report: Callable[[dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Trains a space, chooses its prior and writes it, with the vector of every note of the corpus.

    `config.out` then holds `space/` (the model), `vectors.safetensors` with `note_ids.json` in
    corpus order, and `report.json`.

    Returns:
        The report: figures on held-out instruments.
    """
    notes = load_notes(
        build_cache(config.corpus, config.out / "cache", config.space.grid, config.workers)
    )
    encoder = sentence_encoder(config.space.sentence)
    seed = config.loop.seed
    prompts = prompt_table(notes.instruments, encoder, config.batch.paraphrases, seed)
    cache, grid = config.out / "cache", config.space.grid
    coded = coded_notes(notes, config.coded, config.corpus, cache, grid, config.workers)
    task = SpaceTask(config, notes, prompts, coded)
    settings = dataclasses.asdict(config)
    del settings["resume"]
    fit(task, config.loop, config.out, settings=settings, resume=config.resume, on_report=on_report)
    space = JointSpace.load(config.out / "model")
    return finish(space, notes, prompts, config.finish, config.out, seed)
