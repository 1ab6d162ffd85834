"""The recipe of the tagger: families of notes, and thirds of what is measured of instruments."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.data.notes import open_corpus
from trichord.data.schema import FAMILIES
from trichord.errors import InputError
from trichord.space.judge import Tagger, TaggerConfig
from trichord.space.judge.captions import scale_of
from trichord.train.judge_data import Described, described_corpus
from trichord.train.loop import fit
from trichord.train.schedule import LoopConfig
from trichord.train.task import Task

TRAITS = {
    "brightness": ("dark", "middling", "bright"),
    "decay_s": ("short", "middling", "sustained"),
    "harmonic_db": ("noisy", "middling", "pure"),
    "attack_s": ("fast", "middling", "slow"),
}
"""Measured traits of an instrument (`data.traits`), and names of their thirds over `train`."""


@dataclass(frozen=True)
class TaggerTrainConfig:
    """Everything that `trichord train tagger` does."""

    corpus: Path = Path("build/varied")
    """Folder of notes."""
    out: Path = Path("build/judge/tagger")
    """Folder of the run: the cache of descriptors, metrics and the model."""
    cache: Path | None = None
    """Folder of descriptors, to share it with `trichord train judge`; below `out` if not given."""
    each: int = 12
    """Notes of every instrument."""
    hidden: int = 192
    """Width of the hidden layers."""
    noise: float = 0.2
    """Spread of the noise on standardised descriptors, in training."""
    seconds: float = 2.0
    """Heard of every note."""
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=1500,
            batch_size=128,
            learning_rate=1e-3,
            weight_decay=0.2,
            ema=0.99,
            log_every=100,
            precision="32-true",
            seed=4243,
        )
    )
    """Steps, rates, seed; the seed is not the generator's."""
    resume: bool = False
    """Go on from the last checkpoint in `out`."""


@dataclass(frozen=True)
class TaggedBatch:
    """Descriptors [b, WIDTH] and the right answers [b] of every question."""

    values: Tensor
    answers: dict[str, Tensor]


class TaggerTask(Task[TaggedBatch]):
    """A `Tagger` on described notes."""

    def __init__(self, config: TaggerTrainConfig) -> None:
        self.config = config
        cache = config.cache or config.out / "cache"
        sounds = described_corpus(config.corpus, cache, config.each, config.seconds)
        thirds = _thirds(config.corpus)
        self.learnt, self.valid, self.test = (
            _tagged(sounds.of_split(name), thirds) for name in ("train", "valid", "test")
        )
        torch.manual_seed(config.loop.seed)
        tags = (("family", FAMILIES), *TRAITS.items())
        self.model = Tagger(TaggerConfig(tags, config.hidden, seconds=config.seconds))
        self.model.mean, self.model.scale = scale_of(self.learnt.values)
        self.families = _even(self.learnt.answers["family"])

    @property
    def count(self) -> int:
        """Notes of the training split."""
        return len(self.learnt.values)

    def batch(self, rows: Tensor, generator: torch.Generator) -> TaggedBatch:
        """Descriptors under noise, and their answers."""
        values = self.learnt.values[rows]
        noise = torch.randn(values.shape, generator=generator) * self.config.noise
        answers = {name: answer[rows] for name, answer in self.learnt.answers.items()}
        return TaggedBatch(values + noise * self.model.scale, answers)

    def loss(self, model: Any, batch: TaggedBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Cross-entropy, summed over the questions; families weigh alike however many notes."""
        logits = model(batch.values)
        parts = {
            name: F.cross_entropy(
                logits[name], answer, weight=self.families if name == "family" else None
            )
            for name, answer in batch.answers.items()
        }
        total = torch.stack(list(parts.values())).sum()
        return total, {f"loss_{name}": part.detach() for name, part in parts.items()}

    def validate(self, model: Any) -> dict[str, float]:
        """Share of right answers on held-out instruments."""
        return _accuracies(model, self.valid)

    def export(self, folder: Path) -> None:
        """Writes the model folder."""
        self.model.save(folder, torch.float16)


def _thirds(corpus: Path) -> dict[str, dict[str, int]]:
    """For every trait the third that each instrument lies in; edges are those of `train`."""
    instruments = open_corpus(corpus).instruments
    found: dict[str, dict[str, int]] = {}
    for trait in TRAITS:
        known = [one.traits[trait] for one in instruments if one.split == "train" and one.traits]
        if not known:
            raise InputError(f"{corpus}: its instruments have no measured {trait}: build it anew")
        edges = np.quantile(known, [1 / 3, 2 / 3])
        found[trait] = {
            one.instrument_id: int(np.searchsorted(edges, one.traits[trait]))
            for one in instruments
            if one.traits
        }
    return found


def _tagged(sounds: Described, thirds: dict[str, dict[str, int]]) -> TaggedBatch:
    answers = {"family": torch.tensor([FAMILIES.index(name) for name in sounds.family.tolist()])}
    owners = sounds.owner.tolist()
    answers |= {
        trait: torch.tensor([third[owner] for owner in owners]) for trait, third in thirds.items()
    }
    return TaggedBatch(torch.from_numpy(sounds.values), answers)


def _even(families: Tensor) -> Tensor:
    """Weights [11] under which all families weigh alike."""
    counts = torch.bincount(families, minlength=len(FAMILIES)).clamp(min=1).float()
    return counts.mean() / counts


@torch.no_grad()
def _accuracies(model: Any, notes: TaggedBatch) -> dict[str, float]:
    logits = model(notes.values)
    return {
        name: float((logits[name].argmax(dim=1) == answer).float().mean())
        for name, answer in notes.answers.items()
    }


def train_tagger(
    config: TaggerTrainConfig, on_report: Callable[[dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Trains the tagger; the model lies in `config.out / "model"`.

    Returns:
        The last line of metrics, with the accuracies on `test`.
    """
    task = TaggerTask(config)
    settings = dataclasses.asdict(config)
    del settings["resume"]
    line = fit(
        task,
        config.loop,
        config.out,
        settings=settings,
        resume=config.resume,
        on_report=on_report,
    )
    exported = Tagger.load(config.out / "model")
    return line | {
        f"test_{name}": value for name, value in _accuracies(exported, task.test).items()
    }
