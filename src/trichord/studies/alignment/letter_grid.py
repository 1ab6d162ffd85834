"""The paper's grid: 24 settings of its two heads, five runs each, on its by-sample split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trichord.studies.alignment.ears import load_arrays
from trichord.studies.alignment.letter_examples import Examples
from trichord.studies.alignment.letter_fit import (
    GRID,
    Cell,
    FitJob,
    figures,
    held_out,
    read_figures,
)
from trichord.studies.alignment.letter_hearing import label
from trichord.studies.alignment.letter_pairs import jobs, run_missing, write_pairs
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell as TableCell
from trichord.studies.tables import Table, Target

PAPER_CKA = 0.590
"""Of the best of 24 settings, the mean of five runs; .090 before training."""

_SHOWN = ("biased CKA", "the paper's CCA, mean", "the paper's CCA, largest")


def grid_table(study: AlignmentStudy) -> Table:
    """Every setting, with the figures of the vectors before training."""
    examples = Examples(study)
    pairs = write_pairs(examples)
    wanted = jobs(study, pairs, GRID, "sample")
    run_missing(study, wanted)
    arrays = load_arrays(pairs)
    held = held_out(arrays["template"], "sample", 0, study.options.seed)
    raw = figures(
        np.asarray(arrays["code"], np.float32)[held],
        np.asarray(arrays["audio"], np.float32)[held],
        arrays["template"][held].tolist(),
        arrays["sound"][held].tolist(),
    )
    rows = [_row(cell, _of(wanted, cell)) for cell in GRID]
    best = best_cell(wanted)
    reached = mean_of(_of(wanted, best), "biased CKA")
    options = study.options
    return Table(
        title="To the letter: the grid",
        columns=("hidden", "D", "layers", "rate", "batch", *_SHOWN),
        rows=(
            ("the paper, raw", None, None, None, None, "0.090", "0.140", None),
            ("the paper, best of 24 each", None, None, None, None, "0.590", "0.902", None),
            ("raw", None, None, None, None, *(f"{raw[name]:.3f}" for name in _SHOWN)),
            *rows,
        ),
        about=(
            f"{len(arrays['code']):,} clips: the first {options.letter_clips} variations of each "
            f"installed example, drawn within musical ranges. Code: {examples.reader.label}, first "
            f"128 tokens; audio: {label(options.letter_audio)}. Two MLPs, one-directional InfoNCE "
            "at τ = 0.1, AdamW (decay 1e-4) with warm-up and cosine, "
            f"{options.letter_epochs} epochs; mean ± standard deviation of {options.letter_runs} "
            "runs. A fifth of the clips, drawn at "
            f"random (N = {int(held.sum()):,}), is reported on and chosen by, as in the paper: "
            "siblings of all its clips are trained on. Its CCA is faulty and kept as it is here."
        ),
        targets=(
            Target("to the letter, by-sample split, biased CKA: raw", "told",
                   f"{raw['biased CKA']:.3f}", met=True),
            Target("to the letter, by-sample split, biased CKA: aligned, best of 24",
                   f"≥ {PAPER_CKA:.3f}", f"{reached:.3f}", reached >= PAPER_CKA),
        ),
        raw={"raw": raw, "best": best.name,
             "runs": {job.kept.stem: read_figures(job) for job in wanted}},
    )  # fmt: skip


def best_cell(wanted: Sequence[FitJob]) -> Cell:
    """The setting with the largest mean of the biased CKA, on the part that is reported on."""
    return max(GRID, key=lambda cell: mean_of(_of(wanted, cell), "biased CKA"))


def mean_of(wanted: Sequence[FitJob], name: str) -> float:
    """The mean of a figure over runs."""
    return float(np.mean([read_figures(job)[name] for job in wanted]))


def _of(wanted: Sequence[FitJob], cell: Cell) -> list[FitJob]:
    return [job for job in wanted if job.cell == cell]


def _row(cell: Cell, runs: Sequence[FitJob]) -> tuple[TableCell, ...]:
    values = [[read_figures(job)[name] for job in runs] for name in _SHOWN]
    shown = (f"{np.mean(one):.3f} ± {np.std(one):.3f}" for one in values)
    return (str(cell.hidden), cell.dim, cell.layers, f"{cell.rate:g}", cell.batch, *shown)
