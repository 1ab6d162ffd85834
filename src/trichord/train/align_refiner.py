"""The recipe of the refiner: sketched pictures of training templates, and how they really sound."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trichord.space.refiner import Refiner, RefinerConfig
from trichord.train.align_batches import crop
from trichord.train.align_data import PictureTable
from trichord.train.devices import device_of
from trichord.train.loop import LoopConfig, fit
from trichord.train.task import Task


def _loop() -> LoopConfig:
    return LoopConfig(
        steps=1200,
        batch_size=48,
        learning_rate=2e-3,
        warmup=50,
        final_rate=0.02,
        weight_decay=0.02,
        ema=0.99,
        valid_every=200,
        save_every=200,
    )


@dataclass(frozen=True)
class RefinerTrainConfig:
    """How the refiner is trained."""

    model: RefinerConfig = field(default_factory=RefinerConfig)
    columns: int = 64
    """Length of the excerpts in columns of 93 ms."""
    loop: LoopConfig = field(default_factory=_loop)
    """Steps, rates, precision, seed; `batch_size` counts excerpts."""


@dataclass(frozen=True)
class Pairs:
    """Excerpts [B, bands, F] of sketches and of the real pictures."""

    sketches: Tensor
    real: Tensor


class RefinerTask(Task[Pairs]):
    """A `Refiner` on pairs of pictures, the families of a corpus weighing by their clips."""

    def __init__(
        self, config: RefinerTrainConfig, clips: PictureTable, sketches: Tensor, valid: Tensor
    ) -> None:
        self.config, self.clips, self.sketches, self.valid = config, clips, sketches, valid
        self.rows = clips.members("train")
        torch.manual_seed(config.loop.seed)
        self.model = Refiner(config.model)

    @property
    def count(self) -> int:
        """Training clips."""
        return len(self.rows)

    def batch(self, rows: Tensor, generator: torch.Generator) -> Pairs:
        """An excerpt of each clip at `rows`."""
        rng = np.random.default_rng(int(torch.randint(2**62, (1,), generator=generator)))
        columns = min(self.config.columns, self.sketches.shape[2])
        picked = self.rows[rows]
        starts = rng.integers(0, self.sketches.shape[2] - columns + 1, len(picked))
        return Pairs(
            crop(self.sketches, picked, starts, columns),
            crop(self.clips.pictures, picked, starts, columns),
        )

    def loss(self, model: Any, batch: Pairs) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean absolute error in units of ten decibels; beside it that of mean levels."""
        real = batch.real.to(device_of(model))
        refined = model(batch.sketches.to(device_of(model)))
        each = (refined - real).abs().mean()
        colour = (refined.mean(2) - real.mean(2)).abs().mean()
        return (each + 0.5 * colour) / 10, {"error_db": each.detach()}

    def validate(self, model: Any) -> dict[str, float]:
        """Mean absolute error on held-out templates, in dB, before and after."""
        return errors(self.model, self.clips, self.sketches, self.valid)

    def export(self, folder: Path) -> None:
        """Writes the refiner as users load it."""
        self.model.save(folder)


def errors(
    refiner: Refiner, clips: PictureTable, sketches: Tensor, rows: Tensor
) -> dict[str, float]:
    """Mean absolute error of sketched and of refined pictures, in dB."""
    before, after = 0.0, 0.0
    for some in rows.split(32):
        real, sketch = clips.pictures[some].float(), sketches[some].float()
        before += float((sketch - real).abs().mean()) * len(some) / len(rows)
        after += float((refiner.refine(sketch) - real).abs().mean()) * len(some) / len(rows)
    return {"sketch_error_db": before, "refined_error_db": after}


def train_refiner(
    config: RefinerTrainConfig,
    clips: PictureTable,
    sketches: Tensor,
    valid: Tensor,
    folder: Path,
    *,
    resume: bool,
) -> Refiner:
    """Trains in a folder of its own, or reads what a finished run left there; returns it."""
    task = RefinerTask(config, clips, sketches, valid)
    settings = dataclasses.asdict(config)
    fit(task, config.loop, folder, settings=settings, resume=resume)
    return Refiner.load(folder / "model")


def refine_all(refiner: Refiner, sketches: Tensor, rows: Tensor) -> Tensor:
    """The refined pictures at `rows`, float16 [N, bands, F]; all others stay silent."""
    refined = torch.zeros_like(sketches)
    for some in rows.split(32):
        refined[some] = refiner.refine(sketches[some].float()).to(refined.dtype)
    return refined
