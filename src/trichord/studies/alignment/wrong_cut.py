"""What an encoder that stops after 128 tokens never sees of a program."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trichord.studies.alignment.agreement import Vectors, judge
from trichord.studies.alignment.letter_examples import Examples
from trichord.studies.alignment.letter_sets import three_sets
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell, Table


def cut_table(study: AlignmentStudy) -> Table:
    """Programs seen, vectors that are the same, and what the whole program would give."""
    examples = Examples(study)
    reader = examples.reader
    bases = [examples.codes[at] for at in examples.bases]
    rows: list[tuple[Cell, ...]] = [
        _row("the examples as they stand", examples, bases, reader.cut(bases), reader.whole(bases)),
        _row("all variations", examples, examples.codes, examples.cut, None),
    ]
    for one in three_sets(study, examples):
        codes = list(one.codes)
        cut, whole = reader.cut(codes), reader.whole(codes)
        agrees = (judge(v[None], one.audio[None])["Spearman"][0] for v in (cut, whole))
        row = _row(f"{one.name}, ten candidates", examples, codes, cut, whole)
        rows.append((*row[:-2], *(f"{value:.2f}" for value in agrees)))
    return Table(
        title="What was wrong: the cut after 128 tokens",
        columns=(
            "programs", "N", "seen, median", "seen whole", "different vectors, cut",
            "different vectors, whole", "Spearman, cut", "Spearman, whole",
        ),
        rows=tuple(rows),
        about=(
            f"{reader.label}: share of a program's tokens before the cut (median), programs "
            "that end before it, and how many different vectors N different programs get, with the "
            "cut and read in windows over the whole program. Spearman: of the 45 distances of a "
            "set against the real sound, with nothing trained."
        ),
    )  # fmt: skip


def _row(
    name: str, examples: Examples, codes: Sequence[str], cut: Vectors, whole: Vectors | None
) -> tuple[Cell, ...]:
    seen = np.array([examples.reader.seen(code) for code in codes])
    return (
        name,
        len(set(codes)),
        f"{100 * np.median(seen):.0f} %",
        f"{100 * np.mean(seen >= 1.0):.0f} %",
        different(cut),
        None if whole is None else different(whole),
        None,
        None,
    )


def different(vectors: Vectors) -> int:
    """How many rows there are, equal ones counted once; 1e-5 is rounding."""
    return len(np.unique(np.round(np.asarray(vectors, np.float64), 5), axis=0))
