"""The training loop: flat, on Lightning Fabric, for every model of the house.

Every step is a pure function of (seed, step) and the state before it: which rows are drawn, the
noise and the dropout. A killed run therefore goes on from its last checkpoint as if nothing had
happened, to the same bytes on a CPU.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import torch
from lightning_fabric import Fabric
from torch import Tensor

from trichord.errors import InputError, TrichordError
from trichord.train.checkpoint import (
    Checkpoint,
    latest_checkpoint,
    pack_optimizer,
    save_checkpoint,
    unpack_optimizer,
)
from trichord.train.ema import Ema
from trichord.train.schedule import LoopConfig, Order, generator_for, make_optimizer, rate_at

log = logging.getLogger(__name__)

Batch = TypeVar("Batch")


class Task(ABC, Generic[Batch]):
    """What is trained: the model, its data and its loss."""

    model: Any
    """An `nn.Module`, on the CPU; the loop moves it."""

    @abstractmethod
    def batch(self, rows: Tensor, generator: torch.Generator) -> Batch:
        """The rows [b] of the training set, augmented; draws from the generator only."""

    @property
    @abstractmethod
    def count(self) -> int:
        """Rows in the training set."""

    @abstractmethod
    def loss(self, model: Any, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The scalar to minimise, and scalars to report beside it.

        `model` is the task's own, wrapped for its device; call `loss` or `forward` on it.
        """

    @abstractmethod
    def validate(self, model: Any) -> dict[str, float]:
        """Figures on held-out rows; called without gradient, in evaluation mode."""

    @abstractmethod
    def export(self, folder: Path) -> None:
        """Writes the model as users load it; called with the averaged weights in place."""


class Run:
    """One training run in a folder: checkpoints/, metrics.jsonl, config.json, model/."""

    def __init__(self, task: Task[Any], config: LoopConfig, folder: Path) -> None:
        self.task, self.config, self.folder = task, config, folder
        self.fabric = Fabric(
            accelerator=config.accelerator, devices=config.devices, precision=config.precision
        )
        self.fabric.launch()
        self.model = self.fabric.setup_module(task.model)
        if hasattr(task.model, "loss"):
            self.model.mark_forward_method("loss")
        self.optimizer = cast(
            "torch.optim.Optimizer",
            self.fabric.setup_optimizers(make_optimizer(task.model, config)),
        )
        self.ema = Ema(task.model, config.ema)
        self.order = Order(task.count, config.batch_size, config.seed)
        self.step = 0

    def restore(self, checkpoint: Checkpoint) -> None:
        """Goes back to the moment of a checkpoint, and the metrics with it."""
        self.task.model.load_state_dict(checkpoint.groups["model"])
        self.ema.load(checkpoint.groups["ema"])
        unpack_optimizer(self.optimizer, checkpoint.groups["optimizer"])
        self.step = checkpoint.step
        _forget_after(self.folder / "metrics.jsonl", checkpoint.step)

    def train_step(self) -> dict[str, float]:
        """One optimiser step; returns what there is to report of it."""
        config, fabric = self.config, self.fabric
        rate = rate_at(self.step, config)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        rows = self.order(self.step).chunk(fabric.world_size)[fabric.global_rank]
        generator = generator_for(config.seed, 2, self.step, fabric.global_rank)
        # Dropout layers draw from the global stream: tie it to the step as well.
        torch.manual_seed(generator.initial_seed())
        batch = self.task.batch(rows, generator)
        # Fabric's own wrapper casts in `forward` alone, and not in methods such as `loss`.
        with fabric.autocast():
            loss, others = self.task.loss(self.model, batch)
        fabric.backward(loss)
        loss = loss.detach()
        norm = fabric.clip_gradients(
            self.model, self.optimizer, max_norm=config.clip, error_if_nonfinite=False
        )
        assert norm is not None
        if not (math.isfinite(float(loss)) and math.isfinite(float(norm))):
            raise TrichordError(
                f"the loss is {float(loss)} at step {self.step}, its gradient {float(norm)}; "
                "lower learning_rate"
            )
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        self.ema.update(self.step)
        report = {"loss": loss, "gradient_norm": norm, **others}
        return {"rate": rate, **{name: float(value) for name, value in report.items()}}

    def validate(self) -> dict[str, float]:
        """The task's figures under the averaged weights, in full precision: they are reported."""
        self.model.eval()
        with self.ema.applied(), torch.no_grad():
            figures = self.task.validate(self.model)
        self.model.train()
        return figures

    def save(self) -> None:
        """A checkpoint to go on from, and the model as users load it."""
        if self.fabric.is_global_zero:
            groups = {
                "model": self.task.model.state_dict(),
                "ema": self.ema.state(),
                "optimizer": pack_optimizer(self.optimizer),
            }
            save_checkpoint(self.folder / "checkpoints", Checkpoint(self.step, groups, {}))
            with self.ema.applied():
                self.task.export(self.folder / "model")
        self.fabric.barrier()


def fit(
    task: Task[Any],
    config: LoopConfig,
    folder: Path,
    *,
    settings: dict[str, Any] | None = None,
    resume: bool = False,
    on_report: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Trains to the last step.

    Args:
        task: what is trained.
        config: how.
        folder: of the run; checkpoints, metrics and the exported model go here.
        settings: the complete configuration, saved as config.json; a resumed run must
            have the same.
        resume: go on from the folder's last checkpoint, if there is one.
        on_report: called with each line of metrics.

    Returns:
        The last line of metrics.

    Raises:
        InputError: the folder holds a run already, or one with other settings.
        TrichordError: the loss is no number any more.
    """
    checkpoint = _open_folder(folder, settings or dataclasses.asdict(config), resume)
    run = Run(task, config, folder)
    if checkpoint is not None:
        run.restore(checkpoint)
        log.info("going on from step %d", run.step)
    line: dict[str, Any] = {"step": run.step}
    begun, first = time.monotonic(), run.step
    run.model.train()
    while run.step < config.steps:
        figures = run.train_step()
        last = run.step == config.steps
        to_validate = last or run.step % config.valid_every == 0
        if to_validate or run.step % config.log_every == 0:
            pace = (run.step - first) / (time.monotonic() - begun)
            line = {"step": run.step, **figures, "steps_per_second": pace}
            if to_validate:
                line |= {f"valid_{name}": value for name, value in run.validate().items()}
            if run.fabric.is_global_zero:
                _append(folder / "metrics.jsonl", line)
                if on_report is not None:
                    on_report(line)
        if last or run.step % config.save_every == 0:
            run.save()
    return line


def _open_folder(folder: Path, settings: dict[str, Any], resume: bool) -> Checkpoint | None:
    """Makes the folder or checks that it fits; returns the checkpoint to go on from."""
    path = folder / "config.json"
    text = json.dumps(settings, indent=2, default=str) + "\n"
    checkpoint = latest_checkpoint(folder / "checkpoints")
    if checkpoint is not None and not resume:
        raise InputError(
            f"{folder} holds a run at step {checkpoint.step}; resume it or choose another folder"
        )
    if checkpoint is not None and path.is_file() and path.read_text(encoding="utf-8") != text:
        old, new = json.loads(path.read_text(encoding="utf-8")), json.loads(text)
        changed = [key for key in {*old, *new} if old.get(key) != new.get(key)]
        raise InputError(
            f"{path} was written with other settings ({', '.join(sorted(changed))}); "
            "resume with the same or choose another folder"
        )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if checkpoint is None:
        (folder / "metrics.jsonl").unlink(missing_ok=True)
    return checkpoint


def _append(path: Path, line: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _forget_after(path: Path, step: int) -> None:
    """Drops lines of metrics past a step, and a last line cut short by a kill."""
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.endswith("\n") and json.loads(line)["step"] <= step]
    part = path.with_suffix(".part")
    part.write_text("".join(kept), encoding="utf-8")
    part.replace(path)
