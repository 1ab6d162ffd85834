"""`trichord study conditioning`: the options, and what every table needs."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trichord.errors import InputError
from trichord.files import file_sha256
from trichord.instrument.models import WEIGHTS, default_sampling
from trichord.studies.base import StudyInProgress
from trichord.studies.keys import files_of, key_of
from trichord.studies.study import SpineOptions, Study

if TYPE_CHECKING:
    from trichord.studies.conditioning.ears import Ears
    from trichord.studies.conditioning.material import Material

SCHEMES = ("baseline", "random", "fixed", "mean", "learned")
DECODINGS = ("autoregressive", "masked")


@dataclass(frozen=True)
class ConditioningOptions:
    """Measures what docs/results/conditioning.md shows, on instruments held out from all training.

    Tables that are in the folder already, made with the same models and options, are kept; so is
    every cell of the grid that was trained and measured.
    """

    out: Path
    """Folder for tables, pictures, the runs of the grid and what is measured of them."""
    only: str = ""
    """Names of tables, separated by commas; all of them where empty."""
    corpus: Path = Path("build/notes")
    """Folder of notes; its test split is measured."""
    tokens: Path = Path("build/tokens")
    """Pre-tokenised notes of the shipped codec, that the grid is trained on."""
    judge: Path = WEIGHTS / "judge"
    """The judge of captions, as `trichord train judge` wrote it."""
    tagger: Path = WEIGHTS / "tagger"
    """The tagger, as `trichord train tagger` wrote it."""
    embedding: str = ""
    """Name or folder of an audio model of `transformers`, such as laion/clap-htsat-unfused, whose
    distances are shown beside the others; `default` is the shipped space of clips."""
    weights: Path = WEIGHTS
    """Folder of the shipped models."""
    schemes: tuple[str, ...] = SCHEMES
    """Of the grid."""
    decodings: tuple[str, ...] = DECODINGS
    """Of the grid."""
    seeds: int = 3
    """Runs of every cell of the grid."""
    base_steps: int = 800
    """Optimiser steps of the run that all cells of a decoding begin with; it sees no vector."""
    steps: int = 250
    """Further steps of every cell under its scheme: the budget that all share."""
    batch_size: int = 32
    """Notes of every step."""
    codebooks: int = 4
    """Of the codec's, coarse ones first, that the grid learns."""
    keys: int = 2
    """Keys of every instrument that are asked for in the grid, each at three velocities."""
    most_cells: int | None = None
    """Cells that are made in this call at most, the others left to the next; all if not given."""
    shipped_keys: int = 6
    """Keys of every instrument that the shipped models are asked for."""
    seed: int = 0
    """Draws notes, captions and what the models make."""
    page: Path | None = None
    """Also write the page of all tables here, its pictures into a folder of the same name."""

    def __post_init__(self) -> None:
        for name in ("seeds", "base_steps", "steps", "batch_size", "codebooks", "keys"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} = {getattr(self, name)}: must be at least 1")
        for given, known in ((self.schemes, SCHEMES), (self.decodings, DECODINGS)):
            for name in given:
                if name not in known:
                    raise InputError(f"{name}: no such scheme or decoding; known are {known}")


class ConditioningStudy(StudyInProgress[ConditioningOptions]):
    """One run of the study; models, notes and what is heard of them come when first needed."""

    @property
    def flags(self) -> str:
        """The words of the command line that decide every table."""
        return f"--seed {self.options.seed}"

    def inputs(self, rooms: Sequence[str], options: Sequence[str] = ()) -> dict[str, Any]:
        """The options, the models, the judges and the cells that decide a table."""
        grid = "steps" in options
        return {
            "seed": self.options.seed,
            **self.asked(options),
            "models": {room: _digest(self.options.weights / room) for room in rooms},
            "judges": [_digest(self.options.judge), _digest(self.options.tagger)],
            "sampling": asdict(default_sampling()),
            "key": self.run_key if grid else self.heard_key,
            "cells": sorted(path.stem for path in self.cells.glob("*.json")) if grid else None,
        }

    @property
    def budget(self) -> str:
        """What decides a run, beside its scheme, as a name of a folder."""
        options = self.options
        steps = f"{options.base_steps}+{options.steps}x{options.batch_size}"
        return f"{steps}-{options.codebooks}-{self.run_key}"

    @property
    def cells(self) -> Path:
        """Folder of the results of one budget, as one pair of judges hears them."""
        options = self.options
        judges = key_of(files_of(options.judge, options.tagger))
        heard = f"{options.keys}-{options.seed}{self.heard_by}-{judges}"
        return options.out / "cells" / f"{self.budget}-{heard}"

    @cached_property
    def heard_key(self) -> str:
        """Of what decides what is heard of real notes: codec, space and corpus."""
        return key_of(self._heard_files)

    @cached_property
    def run_key(self) -> str:
        """Of what decides the runs of the grid: the same, and the tokens."""
        return key_of([*self._heard_files, self.options.tokens / "meta.json"])

    @property
    def _heard_files(self) -> list[Path]:
        options = self.options
        models = files_of(options.weights / "codec", options.weights / "space")
        return [*models, options.corpus / "plan.json"]

    @property
    def heard_by(self) -> str:
        """Part of the names of files that depend on the embedding of the options."""
        name = self.options.embedding
        return f"-{zlib.crc32(name.encode()):08x}" if name else ""

    @cached_property
    def spine(self) -> Study:
        """Corpus, held-out notes and the shipped models."""
        options = self.options
        spine = SpineOptions(
            out=options.out, corpus=options.corpus, weights=options.weights, seed=options.seed
        )
        return Study(spine, self.progress)

    @cached_property
    def ears(self) -> Ears:
        """Who listens."""
        from trichord.studies.conditioning.ears import Ears

        return Ears.load(self)

    @cached_property
    def material(self) -> Material:
        """Held-out notes: the reference, and those that the grid is asked for."""
        from trichord.studies.conditioning.material import Material

        return Material(self, self.options.keys)

    @cached_property
    def shipped_material(self) -> Material:
        """The same for the shipped models."""
        from trichord.studies.conditioning.material import Material

        return Material(self, self.options.shipped_keys)


def _digest(folder: Path) -> str:
    """Checksum of the weights of a model.

    Raises:
        InputError: they are missing.
    """
    file = folder / "model.safetensors"
    if not file.is_file():
        raise InputError(
            f"{file}: missing weights: train them (`trichord train judge`, `trichord train tagger`)"
            ", or name another folder"
        )
    return file_sha256(file)
