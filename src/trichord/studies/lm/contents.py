"""The tables of `trichord study lm`, in the order of the page."""

from __future__ import annotations

from typing import Any

from trichord.progress import Progress
from trichord.studies.book import Book, Entry
from trichord.studies.lm.study import LMOptions, LMStudy

TABLES = {
    "decode": Entry("lm.decoding", "decode_table"),
    "training": Entry("lm.training", "training_table"),
    "masked": Entry("lm.masked", "masked_table"),
    "stream": Entry("lm.streaming", "stream_table"),
}
"""By the names of `--only`."""

_INTRODUCTION = """\
How fast the language model draws and learns, beside a decoder of the same size that others wrote
and beside itself. How it is built and why: [docs/lm.md](../lm.md). How good what it draws is, by
either way of decoding: [conditioning.md](conditioning.md)."""


def study_lm(options: LMOptions, progress: Progress) -> dict[str, Any]:
    """Makes the tables that are missing, and the page where one is asked for.

    Returns:
        For each table its targets.

    Raises:
        InputError: a name or an option is wrong.
    """
    book = Book("trichord study lm", "The codec language model", _INTRODUCTION, TABLES)
    return book.write(LMStudy(options, progress))
