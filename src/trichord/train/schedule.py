"""What happens at which step: length, rates, the order of rows; pure functions of the step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from trichord.errors import InputError


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
    """How many of them; torchrun says it where it starts the command."""
    strategy: Literal["auto", "ddp", "fsdp"] = "auto"
    """On several devices: a copy of the model on each (ddp, which auto is too), or a share of its
    weights, gradients and moments (fsdp)."""
    accumulate: int = 1
    """Parts of a batch that go through the model one after another: less memory, the same step."""
    bucket: int = 0
    """Batches whose rows are sorted by length among themselves, so that a batch holds rows of like
    length and little padding; 0 = rows in random order."""
    diverged: float = 3.0
    """A run ends when its loss is this many times that of its first line of metrics; 0 = never."""
    tensorboard: bool = False
    """Write metrics for TensorBoard too, into `tensorboard/` of the run."""
    seed: int = 0
    """Of weights, order, noise and dropout."""

    def __post_init__(self) -> None:
        """Refuses what no run can mean."""
        counts = ("steps", "batch_size", "log_every", "valid_every", "save_every", "devices")
        for name in (*counts, "accumulate"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.bucket < 0:
            raise InputError(f"bucket is {self.bucket}; it must be 0 or more")
        if self.diverged and self.diverged <= 1:
            raise InputError(f"diverged is {self.diverged}; it must be above 1, or 0 for never")
        if self.batch_size % self.devices:
            raise InputError(
                f"batch_size {self.batch_size} cannot be shared by {self.devices} devices; "
                "make it a multiple"
            )


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


class BucketedOrder:
    """Rows of like length together: every `bucket` batches are sorted among themselves.

    Each epoch still sees every row once; batches of long and of short rows take turns at random.
    """

    def __init__(self, order: Order, lengths: Tensor, bucket: int) -> None:
        self.pools = Order(order.count, order.batch_size * bucket, order.seed)
        self.lengths, self.bucket, self.batch_size = lengths, bucket, order.batch_size

    def __call__(self, step: int) -> Tensor:
        """Rows of a step, int64 [batch_size]: a pure function of (seed, step)."""
        pool, place = divmod(step, self.bucket)
        rows = self.pools(pool)
        batches = rows[self.lengths[rows].argsort(stable=True)].view(self.bucket, self.batch_size)
        turns = torch.randperm(self.bucket, generator=generator_for(self.pools.seed, 5, pool))
        return batches[turns[place]]


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
