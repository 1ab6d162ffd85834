"""Fusers: how the vectors of the conditions enter the transformer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from trichord.errors import InputError


@dataclass(frozen=True)
class Fused:
    """Where conditions go; a part that is None is not used."""

    added: Tensor | None = None
    """Added to every position, [B, 1, dim]."""
    prefix: Tensor | None = None
    """Positions before the first step, [B, P, dim]."""
    memory: Tensor | None = None
    """What every block attends to, [B, M, dim]."""

    memory_mask: Tensor | None = None
    """Which rows of the memory hold something, bool [B, M]; all where it is None."""

    def beside(self, other: Fused) -> Fused:
        """The rows of both, one after the other; both are of one model."""
        return Fused(
            _joined(self.added, other.added, 0),
            _joined(self.prefix, other.prefix, 0),
            _joined(self.memory, other.memory, 0),
            _joined(self.memory_mask, other.memory_mask, 0),
        )

    def then(self, other: Fused) -> Fused:
        """Two sets of conditions of the same rows: sums added up, positions one after another."""
        mask = None
        if self.memory_mask is not None or other.memory_mask is not None:
            mask = _joined(self._mask(), other._mask(), 1)
        added = self.added if other.added is None else other.added
        if self.added is not None and other.added is not None:
            added = self.added + other.added
        return Fused(
            added,
            _joined(self.prefix, other.prefix, 1),
            _joined(self.memory, other.memory, 1),
            mask,
        )

    def _mask(self) -> Tensor | None:
        if self.memory is None or self.memory_mask is not None:
            return self.memory_mask
        return torch.ones(self.memory.shape[:2], dtype=torch.bool, device=self.memory.device)


def _joined(first: Tensor | None, second: Tensor | None, axis: int) -> Tensor | None:
    if first is None or second is None:
        return first if second is None else second
    return torch.cat([first, second], dim=axis)


def fuse_sum(vectors: Tensor) -> Fused:
    """Adds all conditions to every position; costs nothing per step."""
    return Fused(added=vectors.sum(dim=1, keepdim=True))


def fuse_prepend(vectors: Tensor) -> Fused:
    """Puts the conditions before the first step, one position each."""
    return Fused(prefix=vectors)


def fuse_cross(vectors: Tensor) -> Fused:
    """Lets every block attend to the conditions."""
    return Fused(memory=vectors)


Fuser = Callable[[Tensor], Fused]

FUSERS: dict[str, Fuser] = {"sum": fuse_sum, "prepend": fuse_prepend, "cross": fuse_cross}


def make_fuser(name: str) -> Fuser:
    """The fuser of that name: a function of vectors [B, A, dim]."""
    if name not in FUSERS:
        raise InputError(f"fuser is {name!r}; choose one of {', '.join(FUSERS)}")
    return FUSERS[name]
