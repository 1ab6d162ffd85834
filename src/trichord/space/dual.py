"""Two MLP heads on ready vectors of code and audio: the paper's alignment, to the letter and ours.

Reference: "Embedding Alignment in Code Generation for Audio", arXiv 2508.05473. There: L x (Linear,
BatchNorm, GELU) and a Linear for each side, cosine similarity / 0.1, InfoNCE from code to audio.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.space.gather import gather
from trichord.space.loss import info_nce


@dataclass(frozen=True)
class DualConfig:
    """Shape of the two heads; the defaults are the paper's."""

    hidden: int = 256
    """Width of the hidden layers."""
    dim: int = 128
    """Width D of the common vectors."""
    layers: int = 5
    """Hidden layers of each head."""

    def __post_init__(self) -> None:
        for name in ("hidden", "dim"):
            if getattr(self, name) < 1:
                raise InputError(f"dual.{name}: {getattr(self, name)}; give 1 or more")
        if self.layers < 0:
            raise InputError(f"dual.layers: {self.layers}; give 0 or more")


@dataclass(frozen=True)
class DualFitConfig:
    """How the heads are trained; the defaults are the paper's."""

    loss: Literal["paper", "symmetric"] = "paper"
    """paper: `paper_info_nce`; symmetric: `SymmetricInfoNCE`."""
    temperature: float = 0.1
    """Of the paper's loss; where the learned one starts."""
    epochs: int = 100
    batch_size: int = 64
    learning_rate: float = 3e-3
    """Peak rate of AdamW."""
    final_rate: float = 1e-5
    """Where the cosine ends."""
    schedule: Literal["cosine", "none"] = "cosine"
    warmup: float = 0.05
    """Part of all steps with a linear warm-up."""
    weight_decay: float = 1e-4
    seed: int = 0
    """Of weights and order."""

    def __post_init__(self) -> None:
        for name in ("temperature", "learning_rate"):
            if getattr(self, name) <= 0:
                raise InputError(f"fit.{name}: {getattr(self, name)}; give more than 0")
        if self.batch_size < 2:
            raise InputError(f"fit.batch_size: {self.batch_size}; give 2 or more to contrast")
        if self.epochs < 1:
            raise InputError(f"fit.epochs: {self.epochs}; give 1 or more")
        if not 0 <= self.warmup < 1:
            raise InputError(f"fit.warmup: {self.warmup}; give at least 0 and less than 1")


def paper_head(dim_in: int, config: DualConfig) -> nn.Sequential:
    """(Linear, BatchNorm, GELU) x layers, then a Linear: [N, dim_in] -> [N, dim]."""
    steps: list[nn.Module] = []
    width = dim_in
    for _ in range(config.layers):
        steps += [nn.Linear(width, config.hidden), nn.BatchNorm1d(config.hidden), nn.GELU()]
        width = config.hidden
    return nn.Sequential(*steps, nn.Linear(width, config.dim))


class DualHeads(nn.Module):
    """Vectors of code [N, C] and of audio [N, A] -> two sets of unit vectors [N, D]."""

    def __init__(self, code_dim: int, audio_dim: int, config: DualConfig) -> None:
        super().__init__()
        self.code = paper_head(code_dim, config)
        self.audio = paper_head(audio_dim, config)

    def forward(self, code: Tensor, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Maps both sides at once, for training."""
        return F.normalize(self.code(code), dim=-1), F.normalize(self.audio(audio), dim=-1)

    @torch.inference_mode()
    def embed_code(self, code: Tensor) -> Tensor:
        """Unit vectors of code [N, C] -> [N, D]; the module is expected in `eval()`."""
        return F.normalize(self.code(code), dim=-1)

    @torch.inference_mode()
    def embed_audio(self, audio: Tensor) -> Tensor:
        """Unit vectors of audio [N, A] -> [N, D]; the module is expected in `eval()`."""
        return F.normalize(self.audio(audio), dim=-1)


def paper_info_nce(code: Tensor, audio: Tensor, temperature: float = 0.1) -> Tensor:
    """InfoNCE from code to audio alone: every other audio of the batch is a negative.

    loss = mean over i of -log(exp(c_i a_i / t) / sum over j of exp(c_i a_j / t))

    Args:
        code: unit vectors [N, D].
        audio: unit vectors [N, D], row i sounding as `code[i]` does.
        temperature: t.
    """
    return F.cross_entropy(code @ audio.T / temperature, torch.arange(len(code)).to(code.device))


class SymmetricInfoNCE(nn.Module):
    """InfoNCE both ways, its temperature learned, one sound never its own negative.

    Where several processes train, each brings its part of the batch and computes the loss of the
    whole (see `trichord.space.gather`).
    """

    def __init__(self, temperature: float = 0.1, lowest: float = 0.01) -> None:
        super().__init__()
        self.highest = -math.log(lowest)
        self.log_scale = nn.Parameter(torch.tensor(-math.log(temperature)))

    @property
    def temperature(self) -> Tensor:
        """As learned so far, a scalar at or above `lowest`."""
        return (-self.log_scale.clamp(max=self.highest)).exp()

    def forward(self, code: Tensor, audio: Tensor, sound: Tensor) -> Tensor:
        """The loss of the whole batch.

        Args:
            code: unit vectors [N, D] of this process.
            audio: unit vectors [N, D].
            sound: int64 [N], equal where two renders are the same samples.
        """
        code, audio, sound = gather(code), gather(audio), gather(sound)
        similarity = code @ audio.T / self.temperature
        own = torch.eye(len(code), dtype=torch.bool, device=code.device)
        same = (sound[:, None] == sound) & ~own
        return (info_nce(similarity, own, same) + info_nce(similarity.T, own, same)) / 2


def rate_at(step: int, steps: int, config: DualFitConfig) -> float:
    """Linear warm-up, then a cosine to `final_rate`, or the peak throughout."""
    warm = round(config.warmup * steps)
    if step < warm:
        return config.learning_rate * (step + 1) / warm
    if config.schedule == "none":
        return config.learning_rate
    progress = (step - warm) / max(1, steps - warm)
    fall = (1 + math.cos(math.pi * progress)) / 2
    return config.final_rate + (config.learning_rate - config.final_rate) * fall


def fit_dual(
    code: Tensor,
    audio: Tensor,
    config: DualConfig,
    fit: DualFitConfig,
    *,
    sound: Tensor | None = None,
    on_epoch: Callable[[int, DualHeads], None] | None = None,
) -> DualHeads:
    """Trains heads on pairs of ready vectors, in one process.

    Args:
        code: float [N, C].
        audio: float [N, A].
        config: shape.
        fit: loss, schedule, seed.
        sound: int64 [N], equal where two renders are the same samples; only the symmetric loss
            heeds it. None: all differ.
        on_epoch: called with the number of epochs done and the heads in `eval()`, to choose the
            best on validation.

    Returns:
        The heads of the last epoch, in `eval()`.

    Raises:
        InputError: when the two sides differ in number, or are fewer than 2.
    """
    if len(code) != len(audio) or len(code) < 2:
        raise InputError(f"{len(code)} codes, {len(audio)} sounds; give 2 or more, as many of both")
    generator = torch.Generator().manual_seed(fit.seed)
    with torch.random.fork_rng():
        torch.manual_seed(fit.seed)
        heads = DualHeads(code.shape[1], audio.shape[1], config)
    objective = SymmetricInfoNCE(fit.temperature)
    sound = torch.arange(len(code)) if sound is None else sound
    learned = [*heads.parameters(), *(objective.parameters() if fit.loss == "symmetric" else [])]
    optimizer = torch.optim.AdamW(learned, lr=fit.learning_rate, weight_decay=fit.weight_decay)
    # BatchNorm cannot stand on one row, so a last batch of one is left for the next epoch.
    per_epoch = len(code) // fit.batch_size + (len(code) % fit.batch_size > 1)
    for epoch in range(fit.epochs):
        heads.train()
        order = torch.randperm(len(code), generator=generator)
        for i, rows in enumerate(order.split(fit.batch_size)[:per_epoch]):
            rate = rate_at(epoch * per_epoch + i, fit.epochs * per_epoch, fit)
            for group in optimizer.param_groups:
                group["lr"] = rate
            read, heard = heads(code[rows], audio[rows])
            if fit.loss == "paper":
                loss = paper_info_nce(read, heard, fit.temperature)
            else:
                loss = objective(read, heard, sound[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        heads.eval()
        if on_epoch is not None:
            on_epoch(epoch + 1, heads)
    return heads
