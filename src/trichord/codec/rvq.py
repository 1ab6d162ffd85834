"""Residual vector quantisation with codebooks learnt by moving averages.

Van den Oord et al. 2017 (the quantiser and its moving average, appendix A.1), Zeghidour et al. 2021
(residual stages, k-means start, revival of dead codes, dropout of late stages).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class RVQConfig:
    """Shape and learning of a residual quantiser."""

    dim: int = 64
    """Length of the vectors."""
    num_codebooks: int = 8
    """Residual stages, K."""
    cardinality: int = 1024
    """Entries of each codebook."""
    decay: float = 0.98
    """Of the moving averages of cluster sizes and sums."""
    revive_below: float = 0.1
    """A code whose moving cluster size falls below this share of an even one is placed anew."""
    kmeans_iterations: int = 12
    """Of the start on the first batch."""


@dataclass
class Quantised:
    """What a quantiser returns: vectors with straight-through gradient, codes, commitment loss."""

    vectors: torch.Tensor
    codes: torch.Tensor
    commitment: torch.Tensor


def nearest(vectors: torch.Tensor, codebook: torch.Tensor) -> torch.Tensor:
    """Index of the nearest entry: vectors `[N, D]`, codebook `[C, D]` -> `[N]` int64."""
    distance = codebook.square().sum(-1) - 2 * vectors @ codebook.T
    return distance.argmin(-1)


def kmeans(
    vectors: torch.Tensor, clusters: int, iterations: int, generator: torch.Generator
) -> torch.Tensor:
    """Lloyd's algorithm from random vectors; an empty cluster restarts at a random vector.

    Args:
        vectors: `[N, D]`; fewer than `clusters` are drawn with repetition.
        clusters: how many centres.
        iterations: of assigning and averaging.
        generator: draws the start and the restarts.

    Returns:
        Centres `[clusters, D]`.
    """
    centres = vectors[_draw(len(vectors), clusters, generator)].clone()
    for _ in range(iterations):
        codes = nearest(vectors, centres)
        sizes = torch.bincount(codes, minlength=clusters)
        sums = torch.zeros_like(centres).index_add_(0, codes, vectors)
        empty = sizes == 0
        centres = sums / sizes.clamp_min(1)[:, None]
        if empty.any():
            centres[empty] = vectors[_draw(len(vectors), int(empty.sum()), generator)]
    return centres


def _draw(population: int, count: int, generator: torch.Generator) -> torch.Tensor:
    if population >= count:
        return torch.randperm(population, generator=generator)[:count]
    return torch.randint(population, (count,), generator=generator)


class Codebook(nn.Module):
    """One stage: entries `[C, D]` that follow the mean of the vectors assigned to them."""

    entries: torch.Tensor
    sizes: torch.Tensor
    sums: torch.Tensor
    started: torch.Tensor

    def __init__(self, config: RVQConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("entries", torch.zeros(config.cardinality, config.dim))
        self.register_buffer("sizes", torch.zeros(config.cardinality))
        self.register_buffer("sums", torch.zeros(config.cardinality, config.dim))
        self.register_buffer("started", torch.zeros((), dtype=torch.bool))

    @torch.no_grad()
    def start(self, vectors: torch.Tensor, generator: torch.Generator) -> None:
        """Places the entries by k-means on a first batch `[N, D]`."""
        centres = kmeans(vectors, self.config.cardinality, self.config.kmeans_iterations, generator)
        even = len(vectors) / self.config.cardinality
        self._place(torch.ones_like(self.sizes, dtype=torch.bool), centres, even)
        self.started.fill_(True)

    @torch.no_grad()
    def update(
        self, vectors: torch.Tensor, codes: torch.Tensor, generator: torch.Generator
    ) -> None:
        """Moves the averages one step, then revives dead codes.

        A revived code takes new statistics as well as a new entry: were only the entry replaced,
        the average of its old, empty cluster would pull it back in this very step.
        """
        decay = self.config.decay
        sizes = torch.bincount(codes, minlength=len(self.sizes)).to(self.sizes.dtype)
        sums = torch.zeros_like(self.sums).index_add_(0, codes, vectors)
        self.sizes.mul_(decay).add_(sizes, alpha=1 - decay)
        self.sums.mul_(decay).add_(sums, alpha=1 - decay)
        even = len(vectors) / len(self.sizes)
        dead = self.sizes < self.config.revive_below * even
        self.entries.copy_(self.sums / self.sizes.clamp_min(1e-5)[:, None])
        if dead.any():
            fresh = vectors[_draw(len(vectors), int(dead.sum()), generator)]
            self._place(dead, fresh, even)

    def _place(self, which: torch.Tensor, entries: torch.Tensor, size: float) -> None:
        self.entries[which] = entries
        self.sizes[which] = size
        self.sums[which] = entries * size


class ResidualVQ(nn.Module):
    """K codebooks, each quantising what the ones before it left over."""

    def __init__(self, config: RVQConfig) -> None:
        super().__init__()
        self.config = config
        self.stages = nn.ModuleList(Codebook(config) for _ in range(config.num_codebooks))

    def _books(self) -> list[Codebook]:
        return [stage for stage in self.stages if isinstance(stage, Codebook)]

    def encode(self, vectors: torch.Tensor) -> torch.Tensor:
        """Vectors `[N, D]` -> codes `[N, K]` int64."""
        residual, codes = vectors, list[torch.Tensor]()
        for stage in self._books():
            code = nearest(residual, stage.entries)
            residual = residual - stage.entries[code]
            codes.append(code)
        return torch.stack(codes, -1)

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        """Codes `[N, K']` with K' <= K -> vectors `[N, D]`, the sum of the chosen entries."""
        books = self._books()[: codes.shape[-1]]
        return torch.stack([b.entries[codes[:, k]] for k, b in enumerate(books)]).sum(0)

    def forward(
        self, vectors: torch.Tensor, generator: torch.Generator, keep: torch.Tensor | None = None
    ) -> Quantised:
        """Quantises, learns when in training, and passes gradients straight through.

        Args:
            vectors: `[N, D]`.
            generator: draws the k-means start and revived codes.
            keep: `[N]` int64, stages used per vector (quantiser dropout); all if None.
        """
        residual = vectors
        total = torch.zeros_like(vectors)
        commitment = vectors.new_zeros(())
        codes: list[torch.Tensor] = []
        for index, stage in enumerate(self._books()):
            plain = residual.detach()
            if self.training and not bool(stage.started):
                stage.start(plain, generator)
            code = nearest(plain, stage.entries)
            chosen = stage.entries[code]
            used = vectors.new_ones(len(vectors)) if keep is None else (keep > index).float()
            commitment = commitment + (used[:, None] * (residual - chosen).square()).mean()
            if self.training:
                stage.update(plain, code, generator)
            total = total + used[:, None] * chosen
            residual = residual - chosen
            codes.append(code)
        return Quantised(
            vectors=vectors + (total - vectors).detach(),
            codes=torch.stack(codes, -1),
            commitment=commitment / len(self.stages),
        )
