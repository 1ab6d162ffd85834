"""Most diverse three of ten by code against by sound, on one set per scenario, as in the paper."""

from __future__ import annotations

import numpy as np

from trichord.studies.alignment.agreement import FIGURES, Vectors, chance, judge
from trichord.studies.alignment.letter_examples import Examples
from trichord.studies.alignment.letter_fit import GRID, FitJob, train
from trichord.studies.alignment.letter_grid import best_cell
from trichord.studies.alignment.letter_hearing import label
from trichord.studies.alignment.letter_pairs import jobs, run_missing, write_pairs
from trichord.studies.alignment.letter_sets import NAMES, three_sets
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell, Table

_SHOWN = FIGURES[:4]

PAPER: dict[tuple[str, str], tuple[str, ...]] = {
    ("melody", "raw"): (".33", ".20", ".21", ".18"),
    ("melody", "aligned"): (".47", ".34", ".16", ".07"),
    ("drum", "raw"): (".00", ".00", "–", "−.25"),
    ("drum", "aligned"): (".27", ".16", "−.05", "−.12"),
    ("bass", "raw"): (".33", ".20", ".24", ".21"),
    ("bass", "aligned"): (".67", ".50", ".44", ".46"),
}
"""As printed there, in the order of `FIGURES`."""


def letter_scenarios_table(study: AlignmentStudy) -> Table:
    """Raw and aligned vectors beside the paper's figures."""
    examples = Examples(study)
    sets = three_sets(study, examples)
    trained = _best_runs(study, examples)
    rows: list[tuple[Cell, ...]] = []
    for one in sets:
        cut = examples.reader.cut(list(one.codes))
        raw = judge(cut[None], one.audio[None])
        aligned = [judge(_map(job, cut), one.audio[None]) for job in trained]
        for name, judged in (("raw", [raw]), ("aligned", aligned)):
            values = [np.mean([each[figure] for each in judged]) for figure in _SHOWN]
            rows.append((one.name, name, "ours", *(f"{value:.2f}" for value in values)))
            rows.append((one.name, name, "the paper", *PAPER[one.name, name]))
    rows.append(("chance", "", "", *(f"{chance()[figure]:.2f}" for figure in _SHOWN)))
    return Table(
        title="To the letter: three scenarios, one set of ten each",
        columns=("scenario", "vectors", "whose", *_SHOWN),
        rows=tuple(rows),
        about=(
            f"One set of ten variants in each of {', '.join(NAMES)}: of "
            f"{', '.join(one.base for one in sets)}. Most diverse three by cosine in code space "
            "against those in audio space; correlations over the 45 distances. Code: "
            f"{examples.reader.label}, first 128 tokens; audio: "
            f"{label(study.options.letter_audio)}. Aligned: the best setting of the grid, mean of "
            f"{len(trained)} runs; gold is the audio encoder itself in both. The heads have been "
            "trained on siblings of these programs. What a single set of ten can show at all "
            "stands under [chance](#chance)."
        ),
        raw={"codes": {one.name: list(one.codes) for one in sets}},
    )


def _best_runs(study: AlignmentStudy, examples: Examples) -> list[FitJob]:
    pairs = write_pairs(examples)
    wanted = jobs(study, pairs, GRID, "sample")
    run_missing(study, wanted)
    best = best_cell(wanted)
    return [job for job in wanted if job.cell == best]


def _map(job: FitJob, code: Vectors) -> Vectors:
    """Code vectors `[1, 10, D]` through the heads of one run."""
    import torch

    return train(job).embed_code(torch.from_numpy(code)).numpy()[None]
