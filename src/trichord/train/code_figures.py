"""How well programs as read stand for their sounds: among siblings, and among strangers."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trichord.livecode.code_network import CodeNetwork
from trichord.livecode.reader.batch import collate
from trichord.metrics.arrays import cosine_distances, euclidean_distances
from trichord.metrics.diverse import most_diverse
from trichord.metrics.overlap import overlap
from trichord.metrics.ranks import spearman
from trichord.metrics.triplets import triplet_accuracy
from trichord.train.code_sets import CodeTable, levels

SET = 10
"""Siblings of a set."""

STRANGERS = 500
"""Clips among which a program looks for its own."""

_AT_ONCE = 48


@torch.no_grad()
def read_rows(network: CodeNetwork, table: CodeTable, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Vectors and pictures (uint8, thirds of a dB) of some rows."""
    vectors, pictures = list[Tensor](), list[Tensor]()
    for first in range(0, len(rows), _AT_ONCE):
        some = [table.readings[row] for row in rows[first : first + _AT_ONCE]]
        vector, picture = network(collate(some))
        vectors.append(vector)
        pictures.append(picture)
    return torch.cat(vectors), torch.cat(pictures)


def statistics(pictures: Tensor) -> Tensor:
    """A picture as a vector with nothing learned: means, spreads and steps of bands: [N, 324]."""
    steps = pictures.diff(dim=-1).abs().mean(-1)
    return torch.cat([pictures.mean(-1), pictures.std(-1), 3 * steps], dim=1)


def sibling_sets(table: CodeTable, split: str, sets_of_each: int, seed: int) -> list[list[int]]:
    """Sets of ten siblings of a split's templates: rows of the table."""
    rng = random.Random(seed)
    large: list[list[int]] = [r.tolist() for r in table.families(split) if len(r) >= SET]
    return [rng.sample(rows, SET) for rows in large for _ in range(sets_of_each)]


def agreement(
    read: NDArray[np.float64], heard: NDArray[np.float64], *, cosine: bool
) -> dict[str, float]:
    """overlap@3, Spearman and triplets of one set: [10, D] as read and as heard."""
    measure = cosine_distances if cosine else euclidean_distances
    one, other = measure(read), measure(heard)
    return {
        "overlap": overlap(most_diverse(one), most_diverse(other)),
        "spearman": spearman(one, other),
        "triplets": triplet_accuracy(one, other),
    }


def figures(
    network: CodeNetwork, table: CodeTable, split: str, sets_of_each: int = 3, seed: int = 0
) -> dict[str, float]:
    """Figures on a split.

    `picture_…` compares statistics of the picture as read with those of the real one; the others
    compare vectors, where the table has them.
    """
    sets = sibling_sets(table, split, sets_of_each, seed)
    rows = _needed(table, split, sets, seed)
    vectors, pictures = read_rows(network, table, rows)
    place = {row: at for at, row in enumerate(rows)}
    real = levels(table.pictures[torch.tensor(rows)])
    told = {"picture_error": float((pictures - real).abs().mean())}
    drawn, true = statistics(pictures).double().numpy(), statistics(real).double().numpy()
    at = [[place[row] for row in some] for some in sets]
    told |= _mean("picture_", [agreement(drawn[a], true[a], cosine=False) for a in at])
    told["picture_recall10"] = recall(torch.from_numpy(drawn), torch.from_numpy(true), seed)
    if table.vectors.shape[1]:
        heard = table.vectors[torch.tensor(rows)]
        one, other = vectors.double().numpy(), heard.double().numpy()
        told |= _mean("", [agreement(one[a], other[a], cosine=True) for a in at])
        told["cosine"] = float((vectors * heard).sum(-1).mean())
        told["recall10"] = recall(vectors, heard, seed)
    return told


def _needed(table: CodeTable, split: str, sets: list[list[int]], seed: int) -> list[int]:
    """The rows of all sets, and strangers: of as many families as there are."""
    rng = random.Random(seed)
    strangers = [rng.choice(rows.tolist()) for rows in table.families(split)]
    others: list[int] = table.members(split).tolist()
    rng.shuffle(others)
    wanted = dict.fromkeys(row for some in sets for row in some)
    strangers = list(dict.fromkeys([*strangers, *others]))[:STRANGERS]
    return list(dict.fromkeys([*wanted, *strangers]))


def _mean(prefix: str, rows: list[dict[str, float]]) -> dict[str, float]:
    names = rows[0] if rows else {}
    return {f"{prefix}{name}": float(np.mean([row[name] for row in rows])) for name in names}


def recall(read: Tensor, heard: Tensor, seed: int, first: int = 10) -> float:
    """How many programs find their own sound among the first ten of up to 500 (chance .02)."""
    generator = torch.Generator().manual_seed(seed)
    some = torch.randperm(len(read), generator=generator)[:STRANGERS]
    far = torch.cdist(read[some].double(), heard[some].double())
    nearer = (far < far.diagonal()[:, None]).sum(1)
    return float((nearer < first).double().mean())
