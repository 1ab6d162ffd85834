"""The recipe of the caption judge: pairs of a sound and of what its instrument is called."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.files import write_json
from trichord.metrics.captioned import Found, retrieval
from trichord.space.dual import DualConfig, DualFitConfig, DualHeads, fit_dual
from trichord.space.joint import mean_direction
from trichord.space.judge import CaptionJudge, CaptionJudgeConfig, word_features
from trichord.space.judge.captions import scale_of
from trichord.train.judge_data import Described, described_corpus

_CAPTIONS = 8
"""Of every held-out instrument that it is looked for by, at most."""


@dataclass(frozen=True)
class JudgeTrainConfig:
    """Everything that `trichord train judge` does."""

    corpus: Path = Path("build/varied")
    """Folder of notes, or of clips of programs."""
    out: Path = Path("build/judge/notes")
    """Folder of the run: the cache of descriptors, metrics and the model."""
    each: int = 12
    """Notes of every instrument; of clips, so many of a hundred."""
    captions: int = 4
    """Captions that every sound is paired with in an epoch, drawn anew for each sound."""
    model: CaptionJudgeConfig = field(
        default_factory=lambda: CaptionJudgeConfig(heads=DualConfig(layers=1))
    )
    """Shape of the judge."""
    fit: DualFitConfig = field(
        default_factory=lambda: DualFitConfig(
            loss="symmetric",
            epochs=4,
            batch_size=256,
            learning_rate=3e-4,
            weight_decay=0.2,
            seed=4242,
        )
    )
    """How it is trained; the seed is not the generator's."""

    def __post_init__(self) -> None:
        for name in ("each", "captions"):
            if getattr(self, name) < 1:
                raise InputError(f"{name}: {getattr(self, name)}; give 1 or more")


@dataclass(frozen=True)
class _Pairs:
    """M texts and sounds that belong together; `owner` is equal where they share an instrument."""

    text: Tensor
    sound: Tensor
    owner: Tensor


def train_judge(
    config: JudgeTrainConfig, on_report: Callable[[dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Trains the judge; the epoch that finds most instruments of `valid` is kept.

    Args:
        config: corpus, shape and schedule.
        on_report: called after every epoch with its figures on `valid`.

    Returns:
        Figures of the kept epoch on `valid`, and once on `test`.

    Raises:
        InputError: the corpus is missing or lacks a split.
    """
    sounds = described_corpus(
        config.corpus, config.out / "cache", config.each, config.model.seconds
    )
    learnt, valid, test = (sounds.of_split(name) for name in ("train", "valid", "test"))
    judge = CaptionJudge(config.model)
    judge.mean, judge.scale = scale_of(torch.from_numpy(learnt.values))
    pairs = _pairs(learnt, judge, config)
    best: dict[str, Any] = {}
    kept: dict[str, Tensor] = {}

    def after(epoch: int, heads: DualHeads) -> None:
        judge.heads = heads
        figures = {"step": epoch, **figures_of(judge, valid)}
        if not best or figures["recall_5"] >= best["recall_5"]:
            best.update(figures)
            kept.update({name: value.clone() for name, value in heads.state_dict().items()})
        if on_report is not None:
            on_report(figures)

    judge.heads = fit_dual(
        pairs.text, pairs.sound, config.model.heads, config.fit, sound=pairs.owner, on_epoch=after
    )
    judge.heads.load_state_dict(kept)
    judge.eval().save(config.out / "model", torch.float16)
    report = {"valid": best, "test": figures_of(judge, test)}
    told = {"config": dataclasses.asdict(config), **report}
    write_json(config.out / "report.json", told)
    return report


def _pairs(sounds: Described, judge: CaptionJudge, config: JudgeTrainConfig) -> _Pairs:
    """Every sound with some captions of its own."""
    rng = np.random.default_rng(config.fit.seed)
    rows: list[int] = []
    texts: list[str] = []
    for row, captions in enumerate(sounds.captions.tolist()):
        own = captions.split("\n")
        for text in rng.choice(own, min(config.captions, len(own)), replace=False):
            rows.append(row)
            texts.append(str(text))
    _, owner = np.unique(sounds.owner, return_inverse=True)
    heard = judge.standard(torch.from_numpy(sounds.values))
    return _Pairs(
        word_features(texts, config.model.words), heard[rows], torch.from_numpy(owner[rows])
    )


def figures_of(judge: CaptionJudge, sounds: Described) -> dict[str, float]:
    """Does the judge find the instruments of captions that it never read?

    Returns:
        Recall at 1 and 5 of an instrument by each of its captions, with chance; the mean cosine of
        a caption and its own instrument, and of a caption and all instruments.
    """
    owners = list(dict.fromkeys(sounds.owner.tolist()))
    vectors = judge.embed_described(sounds.values)
    means = [mean_direction(vectors[torch.from_numpy(sounds.owner == one)]) for one in owners]
    heard = torch.stack(means).numpy()
    notes = [row[None] for row in heard]
    own = {o: c.split("\n") for o, c in zip(sounds.owner, sounds.captions, strict=True)}
    most = min(_CAPTIONS, max(len(captions) for captions in own.values()))
    found: list[tuple[Found, Found]] = []
    cosines: list[tuple[float, float]] = []
    for turn in range(most):
        texts = judge.embed_text([own[one][turn % len(own[one])] for one in owners]).numpy()
        names = list(range(len(owners)))
        first, five = (retrieval(texts, notes, names, min(k, len(owners))) for k in (1, 5))
        found.append((first, five))
        table = texts @ heard.T
        cosines.append((float(np.diag(table).mean()), float(table.mean())))
    return {
        "recall_1": float(np.mean([one[0].share for one in found])),
        "recall_5": float(np.mean([one[1].share for one in found])),
        "chance_1": found[0][0].chance,
        "chance_5": found[0][1].chance,
        "cosine": float(np.mean([one for one, _ in cosines])),
        "cosine_others": float(np.mean([one for _, one in cosines])),
    }
