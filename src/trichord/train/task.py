"""What is trained, as the loop sees it: a model, its data and its loss."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor

Batch = TypeVar("Batch")


class Task(ABC, Generic[Batch]):
    """What is trained: the model, its data and its loss."""

    model: Any
    """An `nn.Module`, on the CPU; the loop moves it."""
    by_rows = False
    """Whether a batch is a dataclass of tensors with one entry for each row, whose loss is a mean
    over rows. Every process then draws the whole batch and takes its share, so that all layouts
    learn from the same draws; else each draws for its own rows."""

    @abstractmethod
    def batch(self, rows: Tensor, generator: torch.Generator) -> Batch:
        """The rows [b] of the training set, augmented; draws from the generator only."""

    @property
    @abstractmethod
    def count(self) -> int:
        """Rows in the training set."""

    @property
    def row_lengths(self) -> Tensor | None:
        """What a row costs, [count], for batches of rows of like length; None: all alike."""
        return None

    def weight(self, batch: Batch) -> float:
        """How much a share of a batch counts beside the others, such as its tokens."""
        return 1.0

    @abstractmethod
    def loss(self, model: Any, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The scalar to minimise, and scalars to report beside it; `model` is the task's own."""

    @abstractmethod
    def validate(self, model: Any) -> dict[str, float]:
        """Figures on held-out rows; called without gradient, in evaluation mode."""

    @abstractmethod
    def export(self, folder: Path) -> None:
        """Writes the model as users load it; called with the averaged weights in place."""
