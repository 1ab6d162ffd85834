"""The end of a space's training: vectors of all notes, the way from text to audio, the report."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.files import write_json, write_tensors
from trichord.space.joint import JointSpace
from trichord.space.prior import LearnedPrior, NeighbourPrior, PriorConfig, fit_learned_prior
from trichord.train.space_batches import PromptTable
from trichord.train.space_data import NoteTable
from trichord.train.space_erase import erase, pitch_eraser
from trichord.train.space_report import (
    Captions,
    all_centroids,
    caption_retrieval,
    captions_of,
    encode_notes,
    family_accuracy,
    held_out_figures,
    instrument_means,
    map_captions,
    pitch_probe,
)
from trichord.train.space_text import TextConfig, refit_text

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FinishConfig:
    """The ways from text to audio that are compared on the valid split."""

    neighbours: tuple[int, ...] = (1, 4, 8, 16)
    """Numbers of neighbours."""
    temperatures: tuple[float, ...] = (0.02, 0.05, 0.1)
    """Softmax temperatures of their weights."""
    learned_steps: int = 1500
    """Optimiser steps of the learned prior."""
    learned_noise: tuple[float, ...] = (0.3, 0.6, 1.0)
    """Lengths of the noise added to unit text vectors while it learns."""
    keep: Literal["best", "none", "neighbours", "learned"] = "best"
    """Which is kept: the best of all on the valid split, or the best of one method."""
    keep_at_most: int = 16
    """More neighbours than this are compared, but not kept."""
    erase_pitch: bool = True
    """Take out of the audio vectors what a linear map reads of pitch within an instrument."""
    text: TextConfig = field(default_factory=TextConfig)
    """The text head's second fitting."""


def finish(
    space: JointSpace,
    notes: NoteTable,
    prompts: PromptTable,
    config: FinishConfig,
    out: Path,
    seed: int,
) -> dict[str, Any]:
    """Writes `space/`, `vectors.safetensors`, `note_ids.json` and `report.json` into `out`."""
    vectors = encode_notes(space, notes)
    leaking = pitch_probe(vectors, notes)
    if config.erase_pitch:
        eraser = pitch_eraser(vectors, notes)
        erase(space, eraser)
        vectors = F.normalize(vectors @ eraser.float().T, dim=-1)
    save_vectors(vectors, notes, out)
    means = instrument_means(vectors, notes.owner, len(notes.instruments))
    first = caption_figures(space, means, notes, captions_of(notes, prompts, "valid"))
    space = refit_text(space, means, notes, prompts, config.text, seed)
    space, compared = choose_prior(space, means, notes, prompts, config, seed)
    report: dict[str, Any] = {
        "prior": asdict(space.config.prior),
        "first_text_head_on_valid": first,
        "priors_on_valid": compared,
        "pitch_probe_before_erasure": leaking,
        "pitch_probe": pitch_probe(vectors, notes),
        "notes": len(notes.note_ids),
        "prompts": sum(len(texts) for texts in prompts.texts),
    }
    for split in ("train", "valid", "test"):
        report[f"{split}_instruments"] = len(notes.members(split))
    for split in ("valid", "test"):
        captions = captions_of(notes, prompts, split)
        report[split] = {
            **held_out_figures(space, vectors, notes, captions, split),
            **family_figures(space, means, notes, captions, split),
        }
    space.with_families(all_centroids(means, notes)).eval().save(out / "space")
    write_json(out / "report.json", report)
    return report


def save_vectors(vectors: Tensor, notes: NoteTable, out: Path) -> None:
    """Writes `vectors` float16 [N, D] and the notes' ids, in corpus order."""
    write_tensors(out / "vectors.safetensors", {"vectors": vectors.half().contiguous()})
    write_json(out / "note_ids.json", list(notes.note_ids), indent=None)


def family_figures(
    space: JointSpace, means: Tensor, notes: NoteTable, captions: Captions, split: str
) -> dict[str, float]:
    """Families by the nearest centroid of the training instruments, asked by text and by sound."""
    families = [row.family for row in notes.instruments]
    members = notes.members(split)
    asked = [families[i] for i in captions.owner.tolist()]
    return {
        "family_by_caption": family_accuracy(map_captions(space, captions), asked, means, notes),
        "family_by_sound": family_accuracy(
            means[members], [families[i] for i in members], means, notes
        ),
        "family_chance": 1 / len(set(families)),
    }


def caption_figures(
    space: JointSpace, means: Tensor, notes: NoteTable, captions: Captions
) -> dict[str, float]:
    """What the valid split's captions find through the prior: recalls, cosine, family."""
    mapped = map_captions(space, captions)
    families = family_figures(space, means, notes, captions, "valid")
    return {
        **caption_retrieval(mapped, captions, means, notes, "valid"),
        "family": families["family_by_caption"],
    }


def choose_prior(
    space: JointSpace,
    means: Tensor,
    notes: NoteTable,
    prompts: PromptTable,
    config: FinishConfig,
    seed: int,
) -> tuple[JointSpace, list[dict[str, Any]]]:
    """The space with the prior whose vectors lie nearest to the held-out instruments they describe.

    Returns:
        The space, and the figures of every candidate on the valid split: `cosine` between a mapped
        caption and its instrument's mean audio vector (the choice), recalls, families.
    """
    captions = captions_of(notes, prompts, "valid")
    compared: list[dict[str, Any]] = []
    best, highest = space, float("-inf")
    for settings, candidate in candidates(space, means, notes, prompts, config, seed):
        figures = caption_figures(candidate, means, notes, captions)
        prior = candidate.config.prior
        fits = config.keep in ("best", prior.method) and not (
            prior.method == "neighbours" and prior.neighbours > config.keep_at_most
        )
        if fits and figures["cosine"] > highest:
            best, highest = candidate, figures["cosine"]
        compared.append({**settings, **figures})
    return best.eval().requires_grad_(False), compared


def candidates(
    space: JointSpace,
    means: Tensor,
    notes: NoteTable,
    prompts: PromptTable,
    config: FinishConfig,
    seed: int,
) -> Iterator[tuple[dict[str, Any], JointSpace]]:
    """Every way from text to audio that is compared, fitted, with its settings."""
    yield {"method": "none"}, space.with_prior(PriorConfig("none"))
    bank = means[notes.members("train")]
    for neighbours in config.neighbours:
        # The temperature of a single neighbour has no effect.
        for temperature in config.temperatures[: 1 if neighbours == 1 else None]:
            chosen = PriorConfig("neighbours", neighbours, temperature, bank=len(bank))
            other = space.with_prior(chosen)
            assert isinstance(other.prior, NeighbourPrior)
            other.prior.bank.copy_(bank)
            settings = {"neighbours": neighbours, "temperature": temperature}
            yield {"method": "neighbours", **settings}, other
    captions = captions_of(notes, prompts, "train")
    with torch.no_grad():
        text = space.text_head(captions.sentences)
    for noise in config.learned_noise:
        torch.manual_seed(seed)
        other = space.with_prior(PriorConfig("learned"))
        assert isinstance(other.prior, LearnedPrior)
        generator = torch.Generator().manual_seed(seed)
        fit_learned_prior(
            other.prior,
            text,
            means[captions.owner],
            steps=config.learned_steps,
            noise=noise,
            generator=generator,
        )
        yield {"method": "learned", "noise": noise}, other
