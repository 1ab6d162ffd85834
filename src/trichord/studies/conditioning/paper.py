"""A table to put beside that of arXiv 2407.15641, with what differs said in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trichord.lm.config import read_config
from trichord.studies.conditioning.cells import finished, grid
from trichord.studies.conditioning.measure import HAND, SPACE
from trichord.studies.conditioning.schemes import groups_of, mean_and_spread
from trichord.studies.conditioning.shipped import SAMPLE, TEXT, shipped_figures
from trichord.studies.tables import Cell as TableCell
from trichord.studies.tables import Table

if TYPE_CHECKING:
    from trichord.studies.conditioning.study import ConditioningStudy

_PUBLISHED = {"random": 1.558, "fixed": 0.951}
"""FAD, read in a summary of the paper; the other cells of its tables are not to be had."""

_THEIRS = "60 M, DAC 44.1 kHz (7.75 kbit/s), NSynth (1,006 instruments, 16 kHz)"

_OURS = "two General MIDI soundfonts and treated variants (44.1 kHz)"


def paper_table(study: ConditioningStudy) -> Table:
    """Their figures, ours by the same names, and the differences."""
    results = finished(study, list(grid(study)))
    codebooks = study.options.codebooks
    other = study.options.embedding
    names = (*([f"fad, {other}"] if other else []), *_NAMES)
    rows: list[tuple[TableCell, ...]] = [
        (f"the paper, {scheme}", figure, *[None] * len(names), _THEIRS)
        for scheme, figure in _PUBLISHED.items()
    ]
    for (scheme, decoding), runs in groups_of(results).items():
        flat = [run.figures["sample"].flat() for run in runs]
        size = f"{runs[0].parameters / 1e6:.1f} M, {codebooks} codebooks of the note codec, {_OURS}"
        rows.append(
            (
                f"ours, {scheme}, {decoding}",
                None,
                *(mean_and_spread([one[name] for one in flat]) for name in names),
                size,
            )
        )
    drawn = read_config(study.options.weights / "lm").num_codebooks
    for name in (SAMPLE, TEXT):
        flat = shipped_figures(study)[name].flat()
        what = f"scheme random and a shown note; {drawn} codebooks of the note codec, {_OURS}"
        rows.append((f"ours, shipped, {name}", None, *(flat[one] for one in names), what))
    return Table(
        title="Beside the paper",
        columns=(
            "scheme",
            "FAD, theirs",
            *([f"FAD, {other}"] if other else []),
            "FAD, joint space",
            "FAD, hand-made",
            "consistency, joint space",
            "within 10 cents",
            "score adapted",
            "model, codec, corpus",
        ),
        rows=tuple(rows),
        about=(
            "The figures do not compare across the rows of the two houses: FAD depends on the "
            "embedding (theirs is of a model that is not at hand offline, and which one is not "
            "told in what could be read), on the reference (theirs NSynth, ours the test split, "
            "20 of 137 distinct General MIDI sounds), on N, and on the codec, whose "
            "reconstruction is the floor; `--embedding NAME_OR_FOLDER` adds a column for any "
            "audio model of `transformers`, CLAP say, where there is one. What compares is the "
            "order of the schemes within one house: theirs has fixed below random. Their "
            "evaluation takes the vector of a note of the instrument, so ours here is sample to "
            "instrument. Consistency, scores and pitch are not to be had from the paper; its "
            "formulas are inferred (docs/metrics.md)."
        ),
    )


_NAMES = (
    f"fad, {SPACE}",
    f"fad, {HAND}",
    f"consistency, {SPACE}",
    "in_tune",
    "adapted",
)
