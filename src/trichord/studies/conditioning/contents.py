"""The tables of `trichord study conditioning`, in the order of the page."""

from __future__ import annotations

from typing import Any

from trichord.progress import Progress
from trichord.studies.book import Book, Entry
from trichord.studies.conditioning.study import ConditioningOptions, ConditioningStudy

_SHIPPED = ("codec", "space", "lm")
_GRID = ("schemes", "decodings", "seeds", "steps", "batch_size", "keys")

TABLES = {
    "shipped": Entry("conditioning.shipped", "shipped_table", _SHIPPED, ("keys",)),
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
    title = "Whose vector is a note given? The schemes of conditioning"
    book = Book("trichord study conditioning", title, _INTRODUCTION, TABLES)
    return book.write(ConditioningStudy(options, progress))
