"""Figures of a space of clips on templates it never saw: siblings, own sounds, captions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from trichord.metrics.arrays import cosine_distances
from trichord.metrics.diverse import most_diverse
from trichord.metrics.overlap import overlap
from trichord.metrics.ranks import spearman
from trichord.metrics.recall import chance_recall, hits_at_k, same_items
from trichord.metrics.triplets import triplet_accuracy
from trichord.space.clips.distance import picture_distances
from trichord.space.clips.space import ClipSpace
from trichord.train.align_batches import AlignData

Figures = dict[str, float]
SET = 10
"""Siblings in one set, as in the paper."""


def held_out_rows(data: AlignData, split: str, of_family: int = 40, most: int = 400) -> Tensor:
    """Clips of a split, evenly taken: at most so many of one template, and in all."""
    rows = data.clips.members(split)
    kept: list[Tensor] = []
    for family in data.clips.family[rows].unique().tolist():
        own = rows[data.clips.family[rows] == family]
        kept.append(own[torch.linspace(0, len(own) - 1, min(of_family, len(own))).long()])
    joined = torch.cat(kept) if kept else rows
    return joined[torch.linspace(0, len(joined) - 1, min(most, len(joined))).long().unique()]


def sibling_sets(families: Tensor, rng: np.random.Generator, most: int = 100) -> list[Tensor]:
    """Sets of `SET` clips of one family: places in `families`, int64 [SET] each.

    Families take turns, so that none counts for more than another.
    """
    groups = [torch.nonzero(families == f).flatten() for f in families.unique().tolist()]
    groups = [group for group in groups if len(group) >= SET]
    sets = [group[torch.from_numpy(rng.permutation(len(group))[:SET])] for group in groups]
    while groups and len(sets) + len(groups) <= most:
        sets += [group[torch.from_numpy(rng.permutation(len(group))[:SET])] for group in groups]
    return sets


def agreement(
    gold: NDArray[np.floating], asked: NDArray[np.floating], sets: list[Tensor]
) -> Figures:
    """How well one kind of distances [N, N] tells another in sets of siblings."""
    found: dict[str, list[float]] = {"overlap@3": [], "spearman": [], "triplets": []}
    for some in sets:
        of = np.ix_(some.numpy(), some.numpy())
        found["overlap@3"].append(overlap(most_diverse(asked[of], 3), most_diverse(gold[of], 3)))
        found["spearman"].append(spearman(asked[of], gold[of]))
        found["triplets"].append(triplet_accuracy(asked[of], gold[of]))
    return {name: float(np.nanmean(values)) for name, values in found.items() if values}


def recall_figures(asking: Tensor, answers: Tensor, sound: Tensor, k: int = 10) -> Figures:
    """Recall@k of row i among all rows; another row with the same samples is right too."""
    right = same_items(sound.tolist(), len(sound))
    k = min(k, len(sound))
    hits = hits_at_k((asking @ answers.T).numpy(), right, k)
    return {"R@10": float(np.mean(hits)), "chance@10": chance_recall(right, k)}


@torch.no_grad()
def figures(space: ClipSpace, data: AlignData, rows: Tensor, seed: int = 0) -> Figures:
    """All figures on some clips.

    Returns:
        `sketch_…` and `refined_…`: distances of that door against those of the real audio in
        sibling sets, and its recall of the own sound; `heard_…`: distances of the real audio
        against those seen in the pictures; `text_…`: captions that ask for their clips.
    """
    clips = data.clips
    pictures = clips.pictures[rows].float()
    real, sound = space.embed_picture(pictures), clips.sound[rows]
    sets = sibling_sets(clips.family[rows], np.random.default_rng(seed))
    gold = cosine_distances(real.numpy())
    told: dict[str, Figures] = {}
    told["heard"] = agreement(picture_distances(pictures).numpy(), gold, sets)
    for name, other in (("sketch", data.sketches), ("refined", data.refined)):
        if other is not None:
            vectors = space.embed_picture(other[rows].float())
            told[name] = agreement(gold, cosine_distances(vectors.numpy()), sets)
            told[name] |= recall_figures(vectors, real, sound)
    sentences = torch.stack(
        [data.clip_captions.vectors[data.clip_captions.rows[i][0]] for i in rows.tolist()]
    )
    told["text"] = recall_figures(space.text_head(sentences), real, sound)
    means = F.normalize(real.mean(0), dim=0)
    told["space"] = {"cosine_to_mean": float((real @ means).mean())}
    return flat(told)


def flat(told: Mapping[str, Figures]) -> Figures:
    """Figures of several kinds under names of their own."""
    return {f"{kind}_{name}": value for kind, some in told.items() for name, value in some.items()}
