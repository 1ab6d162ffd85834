"""Drawing tokens: pure functions of logits, and one random stream per row.

A row draws from its own stream only, so that a note comes out alike alone or in a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from trichord.errors import InputError

_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Term:
    """One term of guidance: away from what is said without some conditions (see `guidance`)."""

    without: tuple[str, ...]
    """Conditions that are left out, such as ("joint",); "like" and "text" leave out all of it."""
    weight: float
    """Strength; 1 = none, and no work."""


@dataclass(frozen=True)
class Sampling:
    """How tokens are drawn."""

    temperature: float = 1.0
    """Below 1 the likelier tokens are preferred; 0 takes the likeliest."""
    top_k: int = 0
    """Draw among the k likeliest tokens only; 0 = all."""
    top_p: float = 1.0
    """Draw among the likeliest tokens that together reach this probability."""
    guidance: float = 3.0
    """Strength of classifier-free guidance; 1 = none, and half the work."""
    seed: int = 0
    """The same seed gives the same tokens."""
    terms: tuple[Term, ...] = ()
    """Guidance over subsets of the conditions; given, they take the place of `guidance`."""
    steps: tuple[int, ...] = (12, 4)
    """Masked models: passes per codebook; the last number goes for all further codebooks."""
    guidance_end: float = 1.0
    """Masked models: what guidance is led to from pass to pass."""

    def __post_init__(self) -> None:
        """Refuses what no drawing can mean."""
        if self.temperature < 0:
            raise InputError(f"temperature is {self.temperature}; it must be 0 or more")
        if self.top_k < 0:
            raise InputError(f"top_k is {self.top_k}; it must be 0 (all) or more")
        if not 0 < self.top_p <= 1:
            raise InputError(f"top_p is {self.top_p}; it must lie above 0 and not above 1")
        if min(self.guidance, self.guidance_end) < 0:
            raise InputError(
                f"guidance is {self.guidance} and guidance_end {self.guidance_end}; "
                "they must be 0 or more"
            )
        if not self.steps or min(self.steps) < 1:
            raise InputError(f"steps are {self.steps}; give at least one pass per codebook")


def guide(conditioned: Tensor, unconditioned: Tensor, guidance: float) -> Tensor:
    """Classifier-free guidance in logits: u + g · (c − u) (Ho and Salimans 2022)."""
    return torch.lerp(unconditioned, conditioned, guidance)


def keep_top_k(logits: Tensor, k: int) -> Tensor:
    """Sets all but the k largest logits of the last axis to −inf; k = 0 keeps all.

    Logits that equal the k-th largest are kept too.
    """
    if k == 0 or k >= logits.shape[-1]:
        return logits
    least = logits.topk(k, dim=-1).values[..., -1:]
    return logits.masked_fill(logits < least, -torch.inf)


def keep_top_p(logits: Tensor, p: float) -> Tensor:
    """Keeps the likeliest tokens until their probability reaches p (Holtzman et al. 2020)."""
    if p >= 1:
        return logits
    ordered, order = logits.sort(dim=-1, descending=True)
    probability = ordered.softmax(dim=-1)
    before = probability.cumsum(dim=-1) - probability
    cut = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, order, before >= p)
    return logits.masked_fill(cut, -torch.inf)


def sample(logits: Tensor, sampling: Sampling, generators: Sequence[torch.Generator]) -> Tensor:
    """Draws tokens for B rows: the Gumbel-max race, argmax of logits − log(exponential noise).

    Unlike a walk along the cumulative distribution it hardly ever tips over when logits differ in
    their last bit. The race is run among all tokens first. Mostly its winner is one that top-k and
    top-p leave in, and then it would have won among those as well: only where it is not they are
    sorted out.

    Args:
        logits: [B, K, C], guidance already applied.
        sampling: temperature, top-k and top-p.
        generators: B of them, one per row.

    Returns:
        int64 [B, K].
    """
    if sampling.temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits.float()
    if sampling.temperature != 1:
        logits = logits / sampling.temperature
    noise = exponential_noise(logits.shape, generators).to(logits.device)
    race = logits - noise.log()
    drawn = race.argmax(dim=-1)
    outside = _outside(logits, drawn, sampling)
    if outside is not None and outside.any():
        kept = keep_top_p(keep_top_k(logits[outside], sampling.top_k), sampling.top_p)
        drawn[outside] = race[outside].masked_fill(kept == -torch.inf, -torch.inf).argmax(dim=-1)
    return drawn


def exponential_noise(shape: Sequence[int], generators: Sequence[torch.Generator]) -> Tensor:
    """Standard exponential noise, float32, row by row from the rows' own generators.

    By inversion, −log(1 − u): four times as fast as torch's own and the same on every processor.

    Args:
        shape: (B, ...) of the result.
        generators: B of them.
    """
    uniform = torch.empty(*shape, dtype=torch.float64)
    for row, generator in zip(uniform, generators, strict=True):
        row.uniform_(generator=generator)
    return uniform.neg_().log1p_().neg_().float()


def _outside(logits: Tensor, drawn: Tensor, sampling: Sampling) -> Tensor | None:
    """Where the token drawn from all is not among those that are kept; None if all are kept."""
    if sampling.top_k == 0 and sampling.top_p >= 1:
        return None
    likelier = logits > logits.gather(-1, drawn[..., None])
    if sampling.top_p >= 1:
        return likelier.sum(dim=-1) >= sampling.top_k
    if sampling.top_k == 0:
        return (logits.softmax(dim=-1) * likelier).sum(dim=-1) >= sampling.top_p
    return torch.ones_like(drawn, dtype=torch.bool)


def row_generators(seed: int, keys: Sequence[int]) -> list[torch.Generator]:
    """One independent stream per row, a pure function of the seed and the row's key."""
    return [torch.Generator().manual_seed(mix(seed, key)) for key in keys]


def mix(*numbers: int) -> int:
    """Whole numbers → one well-spread 63-bit number (SplitMix64, chained)."""
    state = 0
    for number in numbers:
        state = (state + number + 0x9E3779B97F4A7C15) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        state ^= state >> 31
    return state >> 1
