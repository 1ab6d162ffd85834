"""Do distances between programs go with distances between their sounds, before any training?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trichord.metrics.arrays import Matrix, euclidean_distances, upper
from trichord.metrics.nulls import permuted_items
from trichord.metrics.ranks import pearson, spearman
from trichord.studies.alignment.letter_examples import Examples
from trichord.studies.alignment.letter_hearing import label
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell, Table

SHUFFLES = 2000

_PAPER: tuple[tuple[Cell, ...], ...] = (
    ("the paper: first 128 tokens", "Pearson", "0.016", "0.767", None, 351),
    ("the paper: first 128 tokens", "Spearman", "0.041", "0.445", None, 351),
)
"""As its code's log has them; its text prints p = .677 for the first."""


def raw_table(study: AlignmentStudy) -> Table:
    """All pairs of the examples as they stand."""
    examples = Examples(study)
    bases = examples.bases
    programs = [examples.codes[at] for at in bases]
    sounds = euclidean_distances(examples.audio[bases])
    rng = study.rng("raw correlation")
    rows: list[tuple[Cell, ...]] = list(_PAPER)
    for name, vectors in (
        ("first 128 tokens", examples.reader.cut(programs)),
        ("whole programs", examples.reader.whole(programs)),
    ):
        codes = euclidean_distances(vectors)
        for figure, of in (("Pearson", pearson), ("Spearman", spearman)):
            rows.append((name, figure, *_one(of, codes, sounds, rng)))
    return Table(
        title="To the letter: raw correlation",
        columns=(
            "code is read as", "of distances", "correlation", "p as if pairs were independent",
            "p by shuffling programs", "pairs",
        ),
        rows=tuple(rows),
        about=(
            f"Euclidean distances between the {len(bases)} installed examples that are in the "
            f"corpus, by their code ({examples.reader.label}) and by their sound "
            f"({label(study.options.letter_audio)}). The paper's p takes the pairs for "
            f"independent; each program is in {len(bases) - 1} of them, so the other p shuffles "
            f"programs ({SHUFFLES} times, Mantel's test, one-sided)."
        ),
        raw={"programs": [examples.templates[at] for at in bases]},
    )  # fmt: skip


def _one(
    of: Callable[[Matrix, Matrix], float], codes: Matrix, sounds: Matrix, rng: np.random.Generator
) -> tuple[Cell, ...]:
    from scipy import stats

    null = permuted_items(of, codes, sounds, rng, SHUFFLES)
    test = stats.pearsonr if of is pearson else stats.spearmanr
    naive = float(np.asarray(test(upper(codes), upper(sounds)))[1])
    return f"{null.value:.3f}", f"{naive:.2g}", f"{null.p:.2g}", len(upper(codes))
