"""Classifier-free guidance over any subset of the conditions.

A term leads away from what the model would say without some of them, while the others stay:

    l = l(c) + Σ_i (w_i − 1) · (l(c) − l(c without S_i))

With one term over all conditions this is u + w · (c − u), the guidance of Ho and Salimans 2022;
several terms are guidance by composition (Liu et al. 2022; InstructPix2Pix, Brooks et al. 2023).
Each term costs a pass of its own, in the same batch.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.lm.conditions import ATTRIBUTES, Conditions
from trichord.lm.fusers import Fused
from trichord.lm.sampling import Sampling, Term, guide

GUIDED = (*ATTRIBUTES, "like", "text")
"""What a term may name."""


@dataclass(frozen=True)
class Guide:
    """Conditions as often as guidance needs them, and how their logits become one."""

    fused: Fused
    """Of P · N rows: the conditioned ones, then those of each term."""
    passes: int
    """P, 1 where nothing is guided."""
    sampling: Sampling
    terms: tuple[Term, ...]
    """Those that were asked for; none where all conditions are guided together."""

    def repeat(self, rows: Tensor) -> Tensor:
        """[N, ...] → [P · N, ...]: all passes are shown the same tokens."""
        return rows if self.passes == 1 else torch.cat([rows] * self.passes)

    def combine(self, logits: Tensor, share: float = 1.0, end: float = 1.0) -> Tensor:
        """Logits of all passes → guided logits.

        Args:
            logits: [P · N, ...].
            share: how far guidance still is from its end: 1 at the beginning, 0 at the end.
            end: the weight that all terms are led to as `share` falls.

        Returns:
            [N, ...].
        """
        if self.passes == 1:
            return logits
        conditioned, *others = logits.chunk(self.passes)
        if not self.terms:
            return guide(conditioned, others[0], _eased(self.sampling.guidance, share, end))
        guided = conditioned
        for term, without in zip(self.terms, others, strict=True):
            weight = _eased(term.weight, share, end)
            guided = guided + (weight - 1) * (conditioned - without)
        return guided


def make_guide(
    fuse: Callable[[Conditions, int], Fused], conditions: Conditions, sampling: Sampling
) -> Guide:
    """Fuses conditions for every pass.

    Args:
        fuse: conditions of a number of rows into where they go.
        conditions: of N rows.
        sampling: its guidance, or its terms where it has any.

    Raises:
        InputError: a term names no condition.
    """
    count = len(conditions)
    fused = fuse(conditions, count)
    terms = tuple(term for term in sampling.terms if term.weight != 1)
    if not sampling.terms:
        hidden = [Conditions()] if sampling.guidance != 1 else []
    else:
        hidden = [conditions.without(_checked(term.without)) for term in terms]
    for each in hidden:
        fused = fused.beside(fuse(each, count))
    return Guide(fused, 1 + len(hidden), sampling, terms)


def _checked(names: Sequence[str]) -> Sequence[str]:
    for name in names:
        if name not in GUIDED:
            near = difflib.get_close_matches(name, GUIDED, n=1)
            mend = f"perhaps {near[0]}" if near else f"known are {', '.join(GUIDED)}"
            raise InputError(f"guidance: {name!r} is no condition; {mend}")
    return names


def _eased(weight: float, share: float, end: float) -> float:
    return weight if share == 1 else end + (weight - end) * share
