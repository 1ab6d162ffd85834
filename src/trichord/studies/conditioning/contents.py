"""The tables of `trichord study conditioning`, in the order of the page."""

from __future__ import annotations

from typing import Any

from trichord.progress import Progress
from trichord.studies.book import Book, Entry
from trichord.studies.conditioning.study import ConditioningOptions, ConditioningStudy

_SHIPPED = ("codec", "space", "lm")
_GRID = (
    "embedding", "schemes", "decodings", "seeds", "base_steps", "steps", "batch_size", "codebooks",
    "keys",
)  # fmt: skip
_MODELS = ("codec", "space")

TABLES = {
    "shipped": Entry(
        "conditioning.shipped", "shipped_table", _SHIPPED, ("embedding", "shipped_keys")
    ),
    "sample": Entry("conditioning.schemes", "sample_table", _MODELS, _GRID),
    "text": Entry("conditioning.schemes", "text_table", _MODELS, _GRID),
    "paired": Entry("conditioning.schemes", "paired_table", _MODELS, _GRID),
    "tradeoff": Entry("conditioning.schemes", "tradeoff_table", _MODELS, _GRID),
    "scaling": Entry("conditioning.scaling", "scaling_table", _MODELS, _GRID),
    "paper": Entry("conditioning.paper", "paper_table", _SHIPPED, (*_GRID, "shipped_keys")),
}
"""By the names of `--only`."""

_INTRODUCTION = """\
Instruments that no model has learnt from (split `test`); beside every figure stands what real notes
of them reach, the same notes through the codec, and chance. Formulas and sources:
[docs/metrics.md](../metrics.md). Every table is written by the command above it;"""


def study_conditioning(options: ConditioningOptions, progress: Progress) -> dict[str, Any]:
    """Makes the tables that are missing, and the page where one is asked for.

    Returns:
        For each table its targets.

    Raises:
        InputError: a name or an option is wrong, or a model or the corpus is missing.
    """
    from trichord.studies.conditioning.cells import grid, make_missing, sizes

    title = "Whose vector is a note given? The schemes of conditioning"
    book = Book("trichord study conditioning", title, _INTRODUCTION, TABLES)
    study = ConditioningStudy(options, progress)
    asked = set(book.chosen(options.only))
    # A table shows the cells that are there: they are made first, and decide whether it is kept.
    if asked & {"sample", "text", "paired", "tradeoff", "paper"}:
        make_missing(study, list(grid(study)))
    if "scaling" in asked:
        make_missing(study, sizes())
    return book.write(study)
