"""Tensors that are computed once and kept for all who ask."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

import torch

P = ParamSpec("P")


def kept_table(make: Callable[P, torch.Tensor]) -> Callable[P, torch.Tensor]:
    """Keeps the tensors that a function of hashable arguments returns.

    The first caller may run under `torch.inference_mode`, and a tensor that is made there can never
    take part in training later: tables are made outside of it.
    """

    @functools.wraps(make)
    def outside(*args: P.args, **kwargs: P.kwargs) -> torch.Tensor:
        with torch.inference_mode(False):
            return make(*args, **kwargs)

    kept: Callable[P, torch.Tensor] = functools.lru_cache(maxsize=64)(outside)  # pyright: ignore[reportAssignmentType]
    return kept
