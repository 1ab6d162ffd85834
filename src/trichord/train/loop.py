"""The training loop: flat, on Lightning Fabric, for every model of the house.

Every step is a pure function of (seed, step) and the state before it: which rows are drawn, the
noise and the dropout. A killed run therefore goes on from its last checkpoint as if nothing had
happened, to the same bytes on a CPU; and a run on many devices takes the steps of one on a single
device, to the rounding of sums.
"""

from __future__ import annotations

import copy
import dataclasses
import logging
import math
import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from torch import Tensor

from trichord.errors import InputError, TrichordError
from trichord.train.checkpoint import (
    Checkpoint,
    last_step,
    latest_checkpoint,
    pack_optimizer,
    reason_of,
    save_checkpoint,
    unpack_optimizer,
)
from trichord.train.devices import (
    Boxed,
    LossOf,
    emulated,
    laid_like,
    make_fabric,
    share,
    whole,
)
from trichord.train.ema import Ema
from trichord.train.records import Metrics, open_folder
from trichord.train.schedule import (
    BucketedOrder,
    LoopConfig,
    Order,
    generator_for,
    make_optimizer,
    rate_at,
)
from trichord.train.task import Task

log = logging.getLogger(__name__)


class Run:
    """One training run in a folder: checkpoints/, metrics.jsonl, config.json, model/."""

    def __init__(self, task: Task[Any], config: LoopConfig, folder: Path) -> None:
        self.task, self.config, self.folder = task, config, folder
        self.fabric = make_fabric(config)
        # A sharded model cannot be written as it is: a whole one takes its weights for that.
        sharded = config.strategy == "fsdp" and self.fabric.world_size > 1
        self.twin = copy.deepcopy(task.model) if sharded else task.model
        self.shared = self.fabric.setup_module(LossOf(task))
        self.optimizer = cast(
            "torch.optim.Optimizer",
            self.fabric.setup_optimizers(make_optimizer(task.model, config)),
        )
        self.ema = Ema(task.model, config.ema)
        self.order = _order(task, config)
        self.step = 0
        self.first_loss: float | None = None

    def restore(self, checkpoint: Checkpoint) -> None:
        """Goes back to the moment of a checkpoint, whatever layout wrote it."""
        live = self.task.model.state_dict()
        kept = checkpoint.groups["model"]
        if kept.keys() != live.keys():
            name = min(kept.keys() ^ live.keys())
            raise TrichordError(f"{self.folder}: its checkpoint is of another model ({name})")
        with torch.no_grad():
            for name, value in live.items():
                value.copy_(laid_like(kept[name], value))
        self.ema.load(checkpoint.groups["ema"])
        unpack_optimizer(self.optimizer, checkpoint.groups["optimizer"])
        self.step = checkpoint.step
        self.first_loss = checkpoint.facts.get("first_loss")

    def train_step(self) -> dict[str, Tensor]:
        """One optimiser step; returns what there is to report of this process's share."""
        fabric, parts = self.fabric, self.config.accumulate
        rate = rate_at(self.step, self.config)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        told: dict[str, Tensor] = {}
        for part, (batch, weight) in enumerate(self._shares()):
            with fabric.no_backward_sync(self.shared, enabled=part + 1 < parts):
                loss, others = self.shared(Boxed(batch))
                fabric.backward(loss * (weight / parts))
            for name, value in {"loss": loss.detach(), **others}.items():
                told[name] = told.get(name, 0) + value * (weight / parts)
        norm = self._clip()
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        self.ema.update(self.step)
        return {"rate": torch.tensor(rate), "gradient_norm": norm, **told}

    def _shares(self) -> Generator[tuple[Any, float]]:
        """This process's parts of the step's batch, and what each counts beside the others."""
        config, fabric, task = self.config, self.fabric, self.task
        rows = self.order(self.step)
        count = fabric.world_size * config.accumulate
        each = len(rows) // count
        first = fabric.global_rank * config.accumulate
        drawn = generator_for(config.seed, 2, self.step, 0)
        batch = task.batch(rows, drawn) if task.by_rows else None
        weights = [1.0] * count
        if batch is not None and count > 1:
            counted = [task.weight(share(batch, i * each, (i + 1) * each)) for i in range(count)]
            weights = [count * one / max(1e-9, sum(counted)) for one in counted]
        for i in range(first, first + config.accumulate):
            generator = generator_for(config.seed, 2, self.step, i)
            # Dropout layers draw from the global stream: tie it to the step as well.
            torch.manual_seed(generator.initial_seed())
            if batch is None:
                own = task.batch(rows[i * each : (i + 1) * each], generator)
            else:
                own = batch if count == 1 else share(batch, i * each, (i + 1) * each)
            yield own, weights[i]

    def _clip(self) -> Tensor:
        """Clips the gradient; returns its norm, which is the same on all devices.

        Raises:
            TrichordError: it is no number.
        """
        norm: Any = self.fabric.clip_gradients(
            self.shared, self.optimizer, max_norm=self.config.clip, error_if_nonfinite=False
        )
        norm = whole({"norm": norm})["norm"]
        if not math.isfinite(float(norm)):
            raise TrichordError(
                f"the gradient is {float(norm)} at step {self.step}: the loss is no number any "
                f"more; {self._left()}; lower learning_rate"
            )
        return norm

    def _left(self) -> str:
        """What the run leaves behind, for a message."""
        step = last_step(self.folder / "checkpoints")
        return (
            "no checkpoint stands yet" if step is None else f"the checkpoint of step {step} stands"
        )

    def report(self, figures: dict[str, Tensor]) -> dict[str, float]:
        """Figures of the whole batch: the mean over devices.

        Raises:
            TrichordError: the loss has grown beyond all measure.
        """
        names = list(figures)
        values = torch.stack([figures[name].detach().float().cpu() for name in names])
        mean: Any = self.fabric.all_reduce(values.to(self.fabric.device), reduce_op="mean")
        told = dict(zip(names, mean.tolist(), strict=True))
        loss, times = told["loss"], self.config.diverged
        first = self.first_loss = loss if self.first_loss is None else self.first_loss
        if times and first > 0 and loss > times * first:
            raise TrichordError(
                f"the loss is {loss:.4g} at step {self.step}, over {times:g} times that of the "
                f"beginning ({first:.4g}): the run diverges; {self._left()}; lower learning_rate"
            )
        return told

    def validate(self) -> dict[str, float]:
        """The task's figures under the averaged weights, in full precision: they are reported."""
        self.task.model.eval()
        with self.ema.applied(), torch.no_grad():
            figures = self.task.validate(self.task.model)
        self.task.model.train()
        return figures

    def save(self) -> None:
        """The model as users load it, and a checkpoint to go on from.

        The checkpoint comes last: where there is no room for the model, the run is taken up before
        it, and writes both.

        Raises:
            InputError: there is no room, or no right to write.
        """
        groups = {
            "model": whole(self.task.model.state_dict()),
            "ema": whole(self.ema.state()),
            "optimizer": whole(pack_optimizer(self.optimizer)),
        }
        if self.fabric.is_global_zero:
            try:
                self._export(groups["ema"])
            except (OSError, SafetensorError) as error:
                raise InputError(
                    f"{self.folder / 'model'} could not be written ({reason_of(error)}); "
                    f"{self._left()}; make room and go on with --resume"
                ) from error
            facts = {"first_loss": self.first_loss}
            save_checkpoint(self.folder / "checkpoints", Checkpoint(self.step, groups, facts))
        self.fabric.barrier()

    def _export(self, averages: dict[str, Tensor]) -> None:
        live = self.task.model
        if self.twin is live:
            with self.ema.applied():
                self.task.export(self.folder / "model")
            return
        self.twin.load_state_dict(averages, strict=False)
        self.task.model = self.twin
        try:
            self.task.export(self.folder / "model")
        finally:
            self.task.model = live


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
        InputError: the folder holds a run already, or one with other settings; or it cannot be
            written to.
        TrichordError: the loss is no number any more, or diverges.
    """
    run = Run(task, config, folder)
    if run.fabric.is_global_zero:
        open_folder(folder, settings or dataclasses.asdict(config), resume)
        if emulated(config.precision, run.fabric.device):
            log.warning(
                "no instructions for bfloat16 here: --loop.precision 32-true will be faster"
            )
    run.fabric.barrier()
    checkpoint = latest_checkpoint(folder / "checkpoints")
    if checkpoint is not None:
        run.restore(checkpoint)
        log.info("going on from step %d", run.step)
    metrics = Metrics(folder, run.step, config.tensorboard) if run.fabric.is_global_zero else None
    line: dict[str, Any] = {"step": run.step}
    begun, first = time.monotonic(), run.step
    task.model.train()
    with _stopped_kindly(run):
        while run.step < config.steps:
            figures = run.train_step()
            last = run.step == config.steps
            to_validate = last or run.step % config.valid_every == 0
            if to_validate or run.step % config.log_every == 0:
                pace = (run.step - first) / (time.monotonic() - begun)
                line = {"step": run.step, **run.report(figures), "steps_per_second": pace}
                if to_validate:
                    line |= {f"valid_{name}": value for name, value in run.validate().items()}
                if metrics is not None:
                    metrics.add(line)
                    if on_report is not None:
                        on_report(line)
            if last or run.step % config.save_every == 0:
                run.save()
    if metrics is not None:
        metrics.close()
    return line


@contextmanager
def _stopped_kindly(run: Run) -> Generator[None]:
    """Says where a run stands that is stopped, by hand or by a scheduler's SIGTERM."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, stop) if main else None
    try:
        yield
    except KeyboardInterrupt:
        step = last_step(run.folder / "checkpoints")
        log.warning("stopped at step %d; the last checkpoint is of step %s", run.step, step)
        raise
    finally:
        if main:
            signal.signal(signal.SIGTERM, before)


def _order(task: Task[Any], config: LoopConfig) -> Callable[[int], Tensor]:
    order, lengths = Order(task.count, config.batch_size, config.seed), task.row_lengths
    if not config.bucket or lengths is None:
        return order
    return BucketedOrder(order, lengths, config.bucket)
