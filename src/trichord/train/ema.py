"""A moving average of a model's weights, which generates better than the last step does."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from trichord.train.devices import laid_like


class Ema:
    """The average of all trainable parameters over the last 1 / (1 − decay) steps or so."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.names = [name for name, _ in model.named_parameters()]
        self.live = [parameter for _, parameter in model.named_parameters()]
        self.average = [parameter.detach().clone() for parameter in self.live]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes in the weights after `step` steps; early on the average follows faster."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for average, live in zip(self.average, self.live, strict=True):
            average.lerp_(live, 1 - decay)

    @contextmanager
    def applied(self) -> Generator[None]:
        """The model holds the averaged weights inside this block, and its own again after it."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    @torch.no_grad()
    def _swap(self) -> None:
        # Values are exchanged and not storage: where weights lie on several devices, others hold
        # on to the storage.
        for live, average in zip(self.live, self.average, strict=True):
            kept = live.detach().clone()
            live.copy_(average)
            average.copy_(kept)

    def state(self) -> dict[str, Tensor]:
        """Averages by name of the parameter."""
        return dict(zip(self.names, self.average, strict=True))

    @torch.no_grad()
    def load(self, state: dict[str, Tensor]) -> None:
        """Puts back what `state` gave."""
        for name, average in self.state().items():
            average.copy_(laid_like(state[name], average))
