"""A step of training: loss, gradient and optimiser, beside MusicGen's decoder."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from trichord.lm import Conditions
from trichord.studies.lm.decoding import model_of
from trichord.studies.lm.peer import loss, musicgen
from trichord.studies.lm.study import LMStudy
from trichord.studies.lm.timing import best_seconds, circumstances
from trichord.studies.tables import Cell, Table, Target

LEAST_RATIO = 1.2
ROWS, STEPS = 16, 64
"""Sequences of a batch, and their steps."""


def training_table(study: LMStudy) -> Table:
    """Steps per second in float32, and under autocast to bfloat16."""
    rows: list[tuple[Cell, ...]] = []
    targets: list[Target] = []
    with study.cores():
        for name, half in (("bfloat16 autocast", True), ("float32", False)):
            mine, theirs = _seconds(study, half)
            tokens = ROWS * STEPS
            rows.append((name, mine, theirs, tokens / mine, tokens / theirs, theirs / mine))
            targets.append(
                Target(f"training step beside MusicGen's decoder, {name}", f"≥ {LEAST_RATIO:g} ×",
                       f"{theirs / mine:.2f} ×", theirs / mine >= LEAST_RATIO)
            )  # fmt: skip
        where = circumstances(study.options.threads)
    return Table(
        title="A step of training beside MusicGen's decoder",
        columns=(
            "precision",
            "ours, s",
            "MusicGen, s",
            "our positions/s",
            "its positions/s",
            "ratio",
        ),
        rows=tuple(rows),
        about=(
            f"{ROWS} sequences of {STEPS} steps and 8 codebooks, laid out by the delay pattern: "
            "loss of all codebooks, gradient, AdamW (PyTorch's fused one for both), no dropout. "
            f"Best of {study.options.rounds} rounds in turns, on {where}"
        ),
        targets=tuple(targets),
    )


def _seconds(study: LMStudy, half: bool) -> list[float]:
    config = study.config()
    ours = model_of(config, study.options.seed, torch.float32).train()
    theirs = musicgen(config, study.options.seed).train()
    generator = torch.Generator().manual_seed(study.options.seed)
    frames = STEPS - config.num_codebooks + 1
    shape = (ROWS, config.num_codebooks, frames)
    codes = torch.randint(config.cardinality, shape, generator=generator)
    laid_out = ours.pattern.apply(codes, ours.special)
    conditions = Conditions(pitch=torch.full((ROWS,), 60))
    works = [
        _step(ours, lambda: ours.loss(codes, conditions).total, half),
        _step(theirs, lambda: loss(theirs, laid_out), half),
    ]
    return best_seconds(works, study.options.rounds)


def _step(model: nn.Module, cost: Callable[[], Tensor], half: bool) -> Callable[[], None]:
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            found = cost()
        found.backward()
        optimizer.step()

    return step
