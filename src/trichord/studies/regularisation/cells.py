"""The settings that are compared: each a small model of its own, all on one budget of notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from trichord.train.regulariser import RegulariserConfig


@dataclass(frozen=True)
class Cell:
    """One setting, without its seed."""

    weight: float = 3.0
    ratio: float = 0.1
    pooling: Literal["max", "mean", "logsumexp"] = "max"
    steps: Literal["dropped", "all"] = "dropped"
    target: Literal["text", "joint"] = "text"
    centre: Literal["none", "centred", "whitened"] = "none"
    batch_size: int = 32

    @property
    def regulariser(self) -> RegulariserConfig:
        """As the trainer takes it."""
        return RegulariserConfig(
            self.weight, self.ratio, self.pooling, self.steps, self.target, self.centre
        )

    @property
    def without(self) -> Cell:
        """The same with no regulariser: what this setting is held against."""
        return Cell(weight=0.0, ratio=self.ratio, batch_size=self.batch_size)

    @property
    def name(self) -> str:
        """Of its files: what differs from the paper's setting."""
        if not self.weight:
            parts = ["none"]
        else:
            parts = [f"weight{self.weight:g}", self.steps, self.pooling, self.target, self.centre]
        return "-".join([*parts, f"ratio{self.ratio:g}", f"batch{self.batch_size}"])

    @property
    def said(self) -> str:
        """As a reader is told: the paper's setting and what differs from it."""
        where = [f"ratio {self.ratio:g}"] * (self.ratio != PAPER.ratio)
        where += [f"batch {self.batch_size}"] * (self.batch_size != PAPER.batch_size)
        if not self.weight:
            return ", ".join(["none", *where])
        told = [f"λ = {self.weight:g}"]
        told += [f"{self.steps} steps"] * (self.steps != PAPER.steps)
        told += [self.pooling] * (self.pooling != PAPER.pooling)
        told += [f"target {self.target}"] * (self.target != PAPER.target)
        told += [self.centre] * (self.centre != PAPER.centre)
        return ", ".join([*told, *where])


PAPER = Cell()
"""λ = 3, dropped steps, max pooling, the text encoder's bare states, one batch in ten."""
NONE = PAPER.without

GROUPS: dict[str, tuple[Cell, ...]] = {
    "steps": (NONE, PAPER, replace(PAPER, steps="all")),
    "centring": (
        NONE,
        PAPER,
        replace(PAPER, centre="centred"),
        replace(PAPER, centre="whitened"),
        replace(PAPER, steps="all", centre="centred"),
    ),
    "targets": (NONE, PAPER, replace(PAPER, target="joint")),
    "weights": (
        NONE,
        replace(PAPER, weight=0.3),
        replace(PAPER, weight=1.0),
        PAPER,
        replace(PAPER, weight=10.0),
    ),
    "pooling": (
        NONE,
        PAPER,
        replace(PAPER, pooling="mean"),
        replace(PAPER, pooling="logsumexp"),
    ),
    "ratios": (
        NONE,
        PAPER,
        replace(PAPER, ratio=0.3).without,
        replace(PAPER, ratio=0.3),
    ),
    "batches": (
        replace(PAPER, batch_size=16).without,
        replace(PAPER, batch_size=16),
        NONE,
        PAPER,
        replace(PAPER, batch_size=64).without,
        replace(PAPER, batch_size=64),
    ),
}
"""By the names of their tables, in the order in which they are trained."""

GUIDED = (NONE, PAPER, replace(PAPER, weight=10.0))
"""Drawn under several scales of guidance."""


def in_order(groups: Sequence[str], seeds: int) -> Iterator[tuple[Cell, int]]:
    """Every cell with every seed once, group after group."""
    cells = dict.fromkeys(cell for group in groups for cell in GROUPS[group])
    return ((cell, seed) for cell in cells for seed in range(seeds))
