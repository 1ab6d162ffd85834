"""The paper's two metrics beside the correct ones, their nulls and bounds, and the leak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trichord.metrics.nulls import Null, permuted_pairs
from trichord.metrics.overlap import chance_overlap
from trichord.studies.alignment.agreement import Vectors
from trichord.studies.alignment.letter_examples import Examples
from trichord.studies.alignment.letter_fit import (
    GRID,
    METRICS,
    RECALLED,
    WITHIN,
    Aligned,
    Cell,
    FitJob,
    fit,
    read_figures,
    within_templates,
)
from trichord.studies.alignment.letter_grid import best_cell, mean_of
from trichord.studies.alignment.letter_hearing import label
from trichord.studies.alignment.letter_pairs import jobs, run_missing, write_pairs
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell as TableCell
from trichord.studies.tables import Table

SHUFFLES = 20

BOUNDS = {
    "the paper's CCA, mean": "none",
    "the paper's CCA, largest": "none",
    "debiased CKA": "1, 0 for nothing",
    WITHIN: "1, 0 for nothing",
}
"""Others cannot pass 1."""


@dataclass(frozen=True)
class Column:
    """One kind of vectors: figures over the runs, and nulls of the first."""

    runs: Sequence[FitJob]
    nulls: dict[str, Null]

    def cell(self, name: str) -> str:
        """Mean ± sd of the runs, and in brackets what shuffled pairs give."""
        values = [read_figures(job)[name] for job in self.runs]
        return f"{np.mean(values):.3f} ± {np.std(values):.3f} ({self.nulls[name].mean:.3f})"


def wrong_metrics_table(study: AlignmentStudy) -> Table:
    """Every metric of raw and aligned vectors, by sample and with templates held out."""
    examples = Examples(study)
    pairs = write_pairs(examples)
    grid = jobs(study, pairs, GRID, "sample")
    run_missing(study, grid)
    best = best_cell(grid)
    leaky = [job for job in grid if job.cell == best]
    honest = jobs(study, pairs, [best], "template")
    run_missing(study, honest)
    rng = study.rng("nulls of the alignment")
    before = fit(leaky[0])
    raw = nulls(before.code, before.audio, before.templates, rng)
    columns = [Column(runs, _mapped_nulls(fit(runs[0]), rng)) for runs in (leaky, honest)]
    rows: list[tuple[TableCell, ...]] = [
        (
            name,
            BOUNDS.get(name, "1"),
            f"{raw[name].value:.3f} ({raw[name].mean:.3f})",
            *(column.cell(name) for column in columns),
        )
        for name in (*METRICS, WITHIN)
    ]
    rows.append(_recall_row(columns))
    return Table(
        title="What was wrong: metrics, nulls and the leak",
        columns=(
            "metric", "cannot pass", "raw (shuffled)", "aligned, by sample (shuffled)",
            "aligned, templates held out (shuffled)",
        ),
        rows=tuple(rows),
        about=_about(study, examples, best, before, honest),
        raw={
            "raw": {name: vars(one) for name, one in raw.items()},
            "by sample": {name: vars(one) for name, one in columns[0].nulls.items()},
            "by template": {name: vars(one) for name, one in columns[1].nulls.items()},
            "chance of overlap@3": chance_overlap(10, 3),
        },
    )  # fmt: skip


def nulls(
    code: Vectors, audio: Vectors, templates: Sequence[int], rng: np.random.Generator
) -> dict[str, Null]:
    """Each metric beside its shuffles; within templates the shuffles stay there."""
    found = {
        name: permuted_pairs(metric, code, audio, rng, SHUFFLES) for name, metric in METRICS.items()
    }
    groups = list(templates)
    found[WITHIN] = permuted_pairs(
        lambda x, y: within_templates(x, y, groups), code, audio, rng, SHUFFLES, groups
    )
    return found


def _mapped_nulls(aligned: Aligned, rng: np.random.Generator) -> dict[str, Null]:
    return nulls(aligned.mapped_code, aligned.mapped_audio, aligned.templates, rng)


def _recall_row(columns: Sequence[Column]) -> tuple[TableCell, ...]:
    shown = [
        f"{mean_of(column.runs, 'recall@10'):.3f} ({mean_of(column.runs, 'recall@10 chance'):.3f})"
        for column in columns
    ]
    return (f"recall@{RECALLED}, code → sound (chance)", "1", None, *shown)


def _about(
    study: AlignmentStudy,
    examples: Examples,
    best: Cell,
    before: Aligned,
    honest: Sequence[FitJob],
) -> str:
    options = study.options
    return (
        f"The setting that was best on the grid ({best.name}: hidden, D, layers, rate, batch), "
        f"mean ± standard deviation of {len(honest)} runs; in brackets the same with pairs "
        f"shuffled ({SHUFFLES} times; the last but one within templates). By sample: "
        f"N = {len(before.code):,} clips whose siblings were trained on. Held out: a fifth of the "
        f"{len(set(examples.templates))} templates, another in each run. Code: "
        f"{examples.reader.label}, first 128 tokens; audio: {label(options.letter_audio)}. "
        "Biased CKA and every mean of canonical correlations are far above 0 for pairs that have "
        "nothing to do with each other; the paper's CCA has no bound at all."
    )
