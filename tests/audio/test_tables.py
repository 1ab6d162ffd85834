"""Kept tables serve those who train, whoever asked for them first."""

from __future__ import annotations

import torch
from torch import Tensor

from trichord.audio.tables import kept_table


def test_made_once_and_fit_for_training() -> None:
    made: list[int] = []

    @kept_table
    def ramp(length: int) -> Tensor:
        made.append(length)
        return torch.arange(float(length))

    with torch.inference_mode():
        first = ramp(4)
    weight = torch.ones(4, requires_grad=True)
    (ramp(4) * weight).sum().backward()
    assert first is ramp(4)
    assert made == [4]
    assert weight.grad is not None
    assert weight.grad.tolist() == [0, 1, 2, 3]
