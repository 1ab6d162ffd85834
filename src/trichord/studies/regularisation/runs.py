"""Settings trained and read: each run once, kept in the study's folder."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from trichord.files import write_atomically
from trichord.lm import CodecLM, LMConfig
from trichord.lm.config import DropRates, read_config
from trichord.space.text import SentenceConfig
from trichord.studies.keys import files_of, key_of
from trichord.studies.regularisation.agreement import Panel, Reading, panel_of, read
from trichord.studies.regularisation.cells import Cell
from trichord.train.captions import Captions, captions_of
from trichord.train.lm import LMTask, LMTrainConfig
from trichord.train.loop import fit
from trichord.train.schedule import LoopConfig, generator_for
from trichord.train.tokens import TRAIN, VALID, TokenSet

if TYPE_CHECKING:
    from trichord.studies.regularisation.study import RegularisationStudy

_RESERVED = 9
"""The split of notes of training instruments that no run learns from."""
_MOST = 60
"""Instruments of a split that are read at most; notes of training instruments are reserved."""


@dataclass(frozen=True)
class Readings:
    """What a run shows on instruments that it never heard, and on ones that it did."""

    unheard: Reading
    heard: Reading


SMALL = LMConfig(dim=128, layers=4, heads=4)
"""Of runs that begin at random."""


class Runs:
    """The runs of a study."""

    def __init__(self, study: RegularisationStudy) -> None:
        self.study = study

    @cached_property
    def key(self) -> str:
        """Of what decides every run: tokens, captions and the base; others make others."""
        options = self.study.options
        base = [] if options.base is None else files_of(options.base)
        return key_of([options.tokens / "meta.json", self._captions_source, *base])

    @property
    def folder(self) -> Path:
        """Of the runs of these tokens, captions and base."""
        return self.study.options.out / "runs" / self.key

    @cached_property
    def _all_notes(self) -> TokenSet:
        return TokenSet.read(self.study.options.tokens)

    @cached_property
    def captions(self) -> Captions:
        """The captions of the tokens' instruments."""
        corpus = self.study.options.captioned
        return captions_of(self._captions_folder, self._all_notes, corpus, SentenceConfig())

    @property
    def _captions_folder(self) -> Path:
        """Beside the tokens where they stand there, as those of clips do."""
        options = self.study.options
        if self._captions_source.parent == options.tokens:
            return options.tokens
        key = key_of([options.tokens / "meta.json", self._captions_source])
        return options.out / "captions" / key

    @cached_property
    def _captions_source(self) -> Path:
        """The file that says what is said of the notes."""
        beside = self.study.options.tokens / "captions.json"
        return beside if beside.is_file() else self.study.options.captioned / "plan.json"

    @cached_property
    def panels(self) -> tuple[Panel, Panel]:
        """Of the valid split's instruments, and of some training instruments."""
        first, second = (
            panel_of(self._all_notes, self.captions, self._some(split), generator_for(7, split))
            for split in (VALID, TRAIN)
        )
        return first, second

    def _some(self, split: int) -> Tensor:
        """The notes of up to `_MOST` instruments of a split, bool [N]."""
        own = self._all_notes.split == split
        numbers = self._all_notes.instrument[own].unique()
        drawn = torch.randperm(len(numbers), generator=generator_for(7, 2 + split))[:_MOST]
        return own & torch.isin(self._all_notes.instrument, numbers[drawn])

    @cached_property
    def notes(self) -> TokenSet:
        """The tokens; what the second panel holds is taken out of the training split."""
        split = self._all_notes.split.clone()
        split[self.panels[1].rows.flatten()] = _RESERVED
        return dataclasses.replace(self._all_notes, split=split)

    def standing(self) -> list[str]:
        """Names of what was trained and heard."""
        heard = self.study.listening.material.folder.glob(f"{self.key}-*.npz")
        return sorted(path.name for path in [*self.folder.glob("*.json"), *heard])

    def path(self, cell: Cell, seed: int) -> Path:
        """Of a run's readings."""
        return self.folder / f"{cell.name}-notes{self.study.options.notes}-seed{seed}.json"

    def model_folder(self, cell: Cell, seed: int) -> Path:
        """Of a run's model."""
        return self.path(cell, seed).with_suffix("") / "model"

    def seeds(self, cell: Cell) -> list[int]:
        """Those that were trained."""
        return [s for s in range(self.study.options.seeds) if self.path(cell, s).is_file()]

    def readings(self, cell: Cell, seed: int) -> Readings:
        """Of a run that was trained."""
        values = json.loads(self.path(cell, seed).read_text(encoding="utf-8"))
        return Readings(Reading(**values["unheard"]), Reading(**values["heard"]))

    def train(self, cell: Cell, seed: int) -> None:
        """Trains and reads one run; does nothing where it stands."""
        path = self.path(cell, seed)
        if path.is_file():
            return
        config = self.config(cell, seed)
        task = LMTask(config, self.notes)
        settings = asdict(config)
        del settings["resume"]
        fit(task, config.loop, config.out, settings=settings, resume=True)
        model = CodecLM.load(config.out / "model")
        told = [read(model, self.notes, self.captions, panel) for panel in self.panels]
        shutil.rmtree(config.out / "checkpoints")
        text = json.dumps(asdict(Readings(*told)), indent=1) + "\n"
        write_atomically(path, text.encode())

    def config(self, cell: Cell, seed: int) -> LMTrainConfig:
        """A small model on captions, pitch and velocity."""
        options = self.study.options
        steps = max(1, options.notes // cell.batch_size)
        return LMTrainConfig(
            tokens=options.tokens,
            captions=self._captions_folder,
            out=self.path(cell, seed).with_suffix(""),
            text=True,
            regulariser=cell.regulariser,
            valid_notes=32,
            start=options.base,
            model=dataclasses.replace(
                SMALL if options.base is None else read_config(options.base),
                text_tokens=12,
                # Text, pitch and velocity alone; one draw for the whole batch hides them.
                drop=DropRates(
                    joint=1, pitch=0, velocity=0, family=1, source=1, everything=0, text=0
                ),
            ),
            loop=LoopConfig(
                steps=steps,
                batch_size=cell.batch_size,
                learning_rate=3e-3 if options.base is None else 1.5e-3,
                warmup=max(1, steps // 6),
                ema=0.98,
                log_every=max(1, steps // 4),
                valid_every=steps,
                save_every=steps,
                seed=seed,
            ),
        )


def train_missing(study: RegularisationStudy, wanted: Sequence[tuple[Cell, int]], most: int) -> int:
    """Trains the runs that do not stand yet.

    Args:
        study: the study.
        wanted: settings and seeds in their order.
        most: runs at most; 0 = all.

    Returns:
        How many were trained.
    """
    missing = [(cell, seed) for cell, seed in wanted if not study.runs.path(cell, seed).is_file()]
    missing = missing[: most or None]
    task = study.progress.task("training", len(missing))
    for cell, seed in missing:
        study.runs.train(cell, seed)
        task.advance()
    return len(missing)
