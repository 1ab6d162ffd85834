"""The similarity regulariser in training: when it applies, what it compares, over all devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.lm.similarity import Centre, Centring, Pooling, pool, similarity_loss
from trichord.space.gather import gather

Target = Literal["text", "joint", "code"]


@dataclass(frozen=True)
class RegulariserConfig:
    """Representation similarity regularisation (arXiv 2309.08773), and what the paper lacks."""

    weight: float = 0.0
    """λ, the weight beside the cross-entropy; 0 = none. The paper's is 3."""
    ratio: float = 0.0
    """Chance that one draw hides the conditions of the whole batch, the CFG ratio of the paper
    (0.1 there); `model.drop.everything` hides single rows instead."""
    pooling: Pooling = "max"
    """Over the positions of the text and of the hidden states: max, mean or logsumexp."""
    steps: Literal["dropped", "all"] = "dropped"
    """Where it applies: in the steps whose conditions the draw hides, or in all."""
    target: Target = "text"
    """Whose geometry the hidden states are to keep: the text encoder's (one caption of each sound),
    the joint space's, or the code tower's (tokens with a column `code`)."""
    centre: Centre = "none"
    """Targets as they are, less the mean of the training set, or whitened by it."""

    def __post_init__(self) -> None:
        """Refuses contradictions."""
        if self.weight < 0:
            raise InputError(f"regulariser.weight is {self.weight}; it must be 0 or more")
        if not 0 <= self.ratio < 1:
            raise InputError(
                f"regulariser.ratio is {self.ratio}; it lies in 0..1, and below 1 so that "
                "conditions are shown at all"
            )
        if self.weight and self.steps == "dropped" and not self.ratio:
            raise InputError(
                f"regulariser.weight is {self.weight} and regulariser.ratio 0: with steps dropped "
                "it would never apply; give a ratio (0.1), or steps all"
            )


@dataclass(frozen=True)
class Targets:
    """What N sounds are to be alike by."""

    states: Tensor
    """float [N, L, D], filled up behind."""
    lengths: Tensor
    """int64 [N], states that count."""

    def to(self, device: torch.device) -> Targets:
        """The same on a device."""
        return Targets(self.states.to(device), self.lengths.to(device))

    def pooled(self, pooling: Pooling) -> Tensor:
        """[N, D]."""
        mask = torch.arange(self.states.shape[1], device=self.states.device)
        return pool(self.states, mask < self.lengths[:, None], pooling)


class Regulariser:
    """λ, pooling and centring together: from states to the term of the loss."""

    def __init__(self, config: RegulariserConfig, centring: Centring | None) -> None:
        self.config, self.centring = config, centring

    def similarity(self, targets: Targets, hidden: Tensor, mask: Tensor) -> Tensor:
        """RR over the sounds of all devices, not yet weighted; gradient through `hidden` alone.

        Every process gathers the pooled vectors of all and computes the whole mean over pairs;
        averaging gradients over processes then gives the gradient of the joined batch.

        Args:
            targets: of the N sounds of this process; every process has as many.
            hidden: last hidden states, [N, S, dim].
            mask: steps that count, bool [N, S].
        """
        wanted = targets.pooled(self.config.pooling)
        if self.centring is not None:
            wanted = self.centring(wanted)
        own = pool(hidden.float(), mask, self.config.pooling)
        return similarity_loss(gather(wanted.detach()), gather(own))

    def applies(self, dropped: bool) -> bool:
        """Whether a step adds the term to its loss."""
        return bool(self.config.weight) and (dropped or self.config.steps == "all")
