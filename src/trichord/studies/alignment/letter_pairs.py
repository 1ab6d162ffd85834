"""The file of paired vectors that trainings read, and the trainings that are still to be done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trichord.studies.alignment.ears import save_arrays
from trichord.studies.alignment.letter_examples import Examples
from trichord.studies.alignment.letter_fit import Cell, FitJob, Split, fit_cell
from trichord.studies.alignment.study import AlignmentStudy


def write_pairs(examples: Examples) -> Path:
    """Code (first 128 tokens) and audio of all clips, in a file named by what it holds."""
    arrays: dict[str, NDArray[np.generic]] = {
        "code": examples.cut,
        "audio": examples.audio,
        "template": _numbered(examples.templates),
        "sound": _numbered([row["render_hash"] for row in examples.rows]),
    }
    key = hashlib.sha256()
    for name, values in arrays.items():
        key.update(f"{name} {values.shape}".encode() + np.ascontiguousarray(values).tobytes())
    path = examples.folder / f"pairs-{key.hexdigest()[:12]}.safetensors"
    if not path.exists():
        save_arrays(path, arrays)
    return path


def jobs(study: AlignmentStudy, pairs: Path, cells: Iterable[Cell], split: Split) -> list[FitJob]:
    """All runs of the cells, cell after cell."""
    options = study.options
    made: list[FitJob] = []
    for cell in cells:
        for run in range(options.letter_runs):
            said = f"{pairs.name} {astuple(cell)} {run} {options.letter_epochs} {options.seed}"
            key = hashlib.sha256(said.encode()).hexdigest()[:8]
            kept = pairs.parent / f"by-{split}" / f"{cell.name}-{run}-{key}.json"
            made.append(FitJob(pairs, kept, cell, run, options.letter_epochs, split, options.seed))
    return made


def run_missing(study: AlignmentStudy, wanted: Sequence[FitJob]) -> None:
    """Trains what has no figures yet; a killed study goes on where it was."""
    missing = [job for job in wanted if not job.kept.exists()]
    for job in missing:
        job.kept.parent.mkdir(parents=True, exist_ok=True)
    task = study.progress.task("training heads", len(missing))
    for _ in study.executor.run(fit_cell, missing):
        task.advance()


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    numbers = {name: at for at, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], np.int64)
