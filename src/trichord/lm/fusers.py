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

    def beside(self, other: Fused) -> Fused:
        """The rows of both, one after the other; both are of one fuser."""
        return Fused(
            _joined(self.added, other.added),
            _joined(self.prefix, other.prefix),
            _joined(self.memory, other.memory),
        )


def _joined(first: Tensor | None, second: Tensor | None) -> Tensor | None:
    return None if first is None or second is None else torch.cat([first, second])


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
