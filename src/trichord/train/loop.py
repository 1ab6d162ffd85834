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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from trichord.errors import InputError, TrichordError
from trichord.train.checkpoint import (
    Checkpoint,
    latest_checkpoint,
    pack_optimizer,
    save_checkpoint,
    unpack_optimizer,
)
from trichord.train.ema import Ema

log = logging.getLogger(__name__)

Batch = TypeVar("Batch")


@dataclass(frozen=True)
class LoopConfig:
    """How long, how fast, how often."""

    steps: int = 3000
    """Optimiser steps in all; the schedule ends here."""
    batch_size: int = 64
    """Rows per step, over all devices."""
    learning_rate: float = 1e-3
    """Peak rate of AdamW."""
    warmup: int = 100
    """Steps of linear warm-up."""
    final_rate: float = 0.05
    """The rate at the end of the cosine, as a fraction of the peak."""
    betas: tuple[float, float] = (0.9, 0.95)
    """AdamW's averages."""
    weight_decay: float = 0.1
    """On matrices and tables; not on gains."""
    clip: float = 1.0
    """Largest norm of the gradient."""
    ema: float = 0.999
    """Decay of the averaged weights, which are the ones validated and exported."""
    log_every: int = 20
    """Steps between lines of metrics."""
    valid_every: int = 500
    """Steps between validations."""
    save_every: int = 500
    """Steps between checkpoints."""
    precision: Literal["32-true", "bf16-mixed"] = "bf16-mixed"
    """bf16-mixed is several times faster on processors that have it."""
    accelerator: str = "cpu"
    """cpu, cuda or auto."""
    devices: int = 1
    """How many of them."""
    seed: int = 0
    """Of weights, order, noise and dropout."""

    def __post_init__(self) -> None:
        """Refuses what no run can mean."""
        for name in ("steps", "batch_size", "log_every", "valid_every", "save_every", "devices"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.batch_size % self.devices:
            raise InputError(
                f"batch_size {self.batch_size} cannot be shared by {self.devices} devices; "
                "make it a multiple"
            )


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


class Order:
    """Which rows each step takes: one permutation per epoch, end to end."""

    def __init__(self, count: int, batch_size: int, seed: int) -> None:
        if count < 1:
            raise InputError("the training set is empty; build it with more notes")
        self.count, self.batch_size, self.seed = count, batch_size, seed
        self._permutations: dict[int, Tensor] = {}

    def __call__(self, step: int) -> Tensor:
        """Rows of a step, int64 [batch_size]: a pure function of (seed, step)."""
        at = torch.arange(step * self.batch_size, (step + 1) * self.batch_size)
        epoch, place = at // self.count, at % self.count
        wanted = sorted(set(epoch.tolist()))
        self._permutations = {e: self._permutation(e) for e in wanted}
        table = torch.stack([self._permutations[e] for e in wanted])
        return table[epoch - wanted[0], place]

    def _permutation(self, epoch: int) -> Tensor:
        if epoch in self._permutations:
            return self._permutations[epoch]
        return torch.randperm(self.count, generator=generator_for(self.seed, 1, epoch))


def generator_for(*numbers: int) -> torch.Generator:
    """A random stream that is a pure function of some whole numbers."""
    state = 0
    for number in numbers:
        state = (state * 6364136223846793005 + number * 2 + 1442695040888963407) % (1 << 63)
    return torch.Generator().manual_seed(state)


def rate_at(step: int, config: LoopConfig) -> float:
    """Linear warm-up, then a cosine down to `final_rate` of the peak."""
    if step < config.warmup:
        return config.learning_rate * (step + 1) / config.warmup
    progress = (step - config.warmup) / max(1, config.steps - config.warmup)
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
    return config.learning_rate * (config.final_rate + (1 - config.final_rate) * cosine)


def make_optimizer(model: nn.Module, config: LoopConfig) -> torch.optim.AdamW:
    """AdamW that decays matrices and tables, not gains."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=config.betas, fused=True)


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
        """The task's figures under the averaged weights."""
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
