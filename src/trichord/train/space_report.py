"""Figures of a joint space on held-out instruments: retrieval through both doors and pitch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.data.schema import FAMILIES
from trichord.space.joint import JointSpace
from trichord.train.space_batches import PromptTable
from trichord.train.space_data import NoteTable, as_images

Figures = dict[str, float]


@dataclass(frozen=True)
class Captions:
    """Captions of one split with their frozen sentence vectors."""

    texts: tuple[str, ...]
    sentences: Tensor  # float [C, W]
    owner: Tensor  # int64 [C], index into the corpus's instruments


def captions_of(notes: NoteTable, prompts: PromptTable, split: str) -> Captions:
    """All prompts of a split's instruments; for held-out ones these are the captions."""
    members = notes.members(split)
    texts = [text for i in members for text in prompts.texts[i]]
    owner = [i for i in members for _ in prompts.texts[i]]
    return Captions(
        tuple(texts), torch.cat([prompts.vectors[i] for i in members]), torch.tensor(owner)
    )


@torch.no_grad()
def encode_notes(
    space: JointSpace, notes: NoteTable, rows: Tensor | None = None, batch: int = 128
) -> Tensor:
    """The vector of every note: float [N, D]; with `rows`, those of all others stay zero."""
    rows = torch.arange(len(notes.images)) if rows is None else rows
    vectors = torch.zeros(len(notes.images), space.dim)
    for some in rows.split(batch):
        lengths = notes.lengths[some]
        images = as_images(notes.images[some, :, : int(lengths.max())])
        vectors[some] = space.audio_head(space.audio(images, lengths))
    return vectors


def instrument_means(vectors: Tensor, owner: Tensor, count: int) -> Tensor:
    """Unit mean vector of each of `count` instruments from note vectors [N, D]: [count, D]."""
    sums = torch.zeros(count, vectors.shape[1]).index_add_(0, owner, vectors)
    return F.normalize(sums, dim=-1)


def ranks(similarity: Tensor, right: Tensor) -> Tensor:
    """Rank (0 = first) of the best right answer of each query, from [Q, M] and bool [Q, M]."""
    best = similarity.masked_fill(~right, float("-inf")).amax(1, keepdim=True)
    return ((similarity > best) & ~right).sum(1)


def recalls(similarity: Tensor, right: Tensor, ks: Sequence[int] = (1, 5, 10)) -> Figures:
    """Recall at k, and what drawing k answers at random would reach on average."""
    found = ranks(similarity, right)
    size = similarity.shape[1]
    wrong = (size - right.sum(1)).double()
    figures: Figures = {}
    for k in ks:
        figures[f"R@{k}"] = float((found < k).double().mean())
        misses = torch.ones_like(wrong)
        for drawn in range(min(k, size)):
            misses *= ((wrong - drawn) / (size - drawn)).clamp(min=0)
        figures[f"chance@{k}"] = float((1 - misses).mean())
    return figures


def note_retrieval(vectors: Tensor, notes: NoteTable, split: str, seed: int, draws: int) -> Figures:
    """One note asks for its instrument among the held-out ones, itself left out of the answers.

    Args:
        vectors: [N, D] of every note of the corpus; zero rows are passed over.
        notes: the corpus.
        split: whose instruments; each needs two notes at least.
        seed: draws the notes.
        draws: queries per instrument.

    Returns:
        Recalls against the instrument itself, and `sound_R@1`: the two fonts hold some recordings
        twice under two names, and to answer with the twin is to answer with the right sound.
    """
    rng = np.random.default_rng(seed)
    members = notes.members(split)
    place = {instrument: i for i, instrument in enumerate(members)}
    encoded = vectors.abs().sum(1) > 0
    rows = [torch.nonzero((notes.owner == i) & encoded).flatten() for i in members]
    sums = torch.stack([vectors[own].sum(0) for own in rows])
    queries, answers = [], []
    for instrument, own in zip(members, rows, strict=True):
        for note in rng.choice(own.numpy(), min(draws, len(own)), replace=False):
            queries.append(int(note))
            answers.append(place[instrument])
    asked, index = vectors[queries], torch.arange(len(queries))
    similarity = asked @ F.normalize(sums, dim=-1).T
    own_sum = sums[answers] - asked
    similarity[index, answers] = (asked * F.normalize(own_sum, dim=-1)).sum(-1)
    groups = torch.tensor([notes.instruments[i].group for i in members])
    right = torch.arange(len(members)) == torch.tensor(answers)[:, None]
    twin = groups == groups[torch.tensor(answers)][:, None]
    sound = recalls(similarity, twin, (1,))
    return {
        **recalls(similarity, right),
        "sound_R@1": sound["R@1"],
        "sound_chance@1": sound["chance@1"],
        "sounds": float(len(set(groups.tolist()))),
    }


@torch.no_grad()
def map_captions(space: JointSpace, captions: Captions) -> Tensor:
    """Captions through the text door and the prior: unit vectors [C, D]."""
    return space.text_to_audio(space.text_head(captions.sentences))


def caption_retrieval(
    mapped: Tensor, captions: Captions, means: Tensor, notes: NoteTable, split: str
) -> Figures:
    """Captions ask for their instruments; a twin, or one with the same caption, is right too.

    Args:
        mapped: [C, D] caption vectors after the prior.
        captions: of this split.
        means: [instruments, D] unit mean audio vectors of all instruments.
        notes: the corpus.
        split: whose instruments may be answered.

    Returns:
        Recalls, and `cosine` between a caption's vector and its instrument's mean vector.
    """
    members = torch.tensor(notes.members(split))
    groups = torch.tensor([row.group for row in notes.instruments])
    right = groups[captions.owner][:, None] == groups[members]
    same: dict[str, set[int]] = {}
    for caption, instrument in zip(captions.texts, captions.owner.tolist(), strict=True):
        same.setdefault(caption, set()).add(instrument)
    for i, caption in enumerate(captions.texts):
        right[i] |= torch.isin(members, torch.tensor(sorted(same[caption])))
    figures = recalls(mapped @ means[members].T, right)
    figures["cosine"] = float((mapped * means[captions.owner]).sum(-1).mean())
    return figures


def family_centroids(means: Tensor, families: Sequence[str]) -> tuple[Tensor, list[str]]:
    """Unit mean vector of each family from instruments' means [M, D]: [families, D] and names."""
    names = sorted(set(families))
    centroids = [means[[i for i, f in enumerate(families) if f == name]].mean(0) for name in names]
    return F.normalize(torch.stack(centroids), dim=-1), names


def all_centroids(means: Tensor, notes: NoteTable) -> Tensor:
    """Centroids [families, D] of the training instruments, in the order that models number them.

    A family without an instrument has a zero vector, which nothing lies nearest to.
    """
    members = notes.members("train")
    own, names = family_centroids(means[members], [notes.instruments[i].family for i in members])
    centroids = torch.zeros(len(FAMILIES), means.shape[1])
    centroids[[FAMILIES.index(name) for name in names]] = own
    return centroids


def family_accuracy(
    vectors: Tensor, families: Sequence[str], means: Tensor, notes: NoteTable
) -> float:
    """Share of vectors [Q, D] whose nearest centroid of training families is the right one."""
    members = notes.members("train")
    centroids, names = family_centroids(
        means[members], [notes.instruments[i].family for i in members]
    )
    nearest = (vectors @ centroids.T).argmax(1).tolist()
    hits = [names[i] == family for i, family in zip(nearest, families, strict=True)]
    return float(np.mean(hits))


def held_out_figures(
    space: JointSpace, vectors: Tensor, notes: NoteTable, captions: Captions, split: str
) -> Figures:
    """Retrieval among a split's instruments: figures named note_… and caption_…."""
    means = instrument_means(vectors, notes.owner, len(notes.instruments))
    by_note = note_retrieval(vectors, notes, split, seed=0, draws=8)
    by_caption = caption_retrieval(map_captions(space, captions), captions, means, notes, split)
    return {
        **{f"note_{name}": value for name, value in by_note.items()},
        **{f"caption_{name}": value for name, value in by_caption.items()},
    }


def pitch_probe(vectors: Tensor, notes: NoteTable, penalty: float = 1e-2) -> Figures:
    """How well a linear map reads pitch from vectors: fitted on training notes, R² on others.

    `within` reads a note's distance from its instrument's mean pitch off its vector's distance from
    the instrument's mean vector: the part of pitch that knowing the instrument does not give.
    """
    split = torch.tensor([row.split == "train" for row in notes.instruments])[notes.owner]
    pitch = notes.pitch.double()[:, None]
    raw = _ridge_r2(vectors.double(), pitch, split, penalty)
    count = torch.bincount(notes.owner, minlength=len(notes.instruments)).double()[:, None]

    def centred(x: Tensor) -> Tensor:
        sums = torch.zeros(len(count), x.shape[1], dtype=torch.double)
        return x - (sums.index_add_(0, notes.owner, x) / count.clamp(min=1))[notes.owner]

    within = _ridge_r2(centred(vectors.double()), centred(pitch), split, penalty)
    return {"pitch_r2": raw, "pitch_r2_within": within}


def _ridge_r2(x: Tensor, y: Tensor, fit: Tensor, penalty: float) -> float:
    x = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], dim=1)
    seen, target = x[fit], y[fit]
    gram = seen.T @ seen
    gram += penalty * gram.diagonal().mean() * torch.eye(len(gram), dtype=x.dtype)
    weights = torch.linalg.solve(gram, seen.T @ target)
    rest = y[~fit] - x[~fit] @ weights
    return float(1 - rest.square().sum() / (y[~fit] - y[~fit].mean()).square().sum())
