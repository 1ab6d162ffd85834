"""`trichord study spine`: every table that shows what the shipped models reach, and their page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trichord.errors import InputError
from trichord.progress import Progress
from trichord.studies.book import Book, Entry
from trichord.studies.study import SpineOptions, Study

_ALL = ("codec", "space", "lm")

TABLES: Mapping[str, Entry] = {
    "default": Entry("default_instrument", "default_instrument_table", _ALL),
    "instruments": Entry("instruments", "instruments_table", _ALL),
    "consistency": Entry("consistency", "consistency_table", _ALL),
    "family": Entry("family", "family_table", _ALL),
    "words": Entry("words", "words_table", _ALL),
    "shots": Entry("shots", "shots_table", _ALL),
    "bridge": Entry("bridge", "bridge_table", ("space",)),
    "codec": Entry("codec", "codec_table", ("codec",)),
    "speed": Entry("speed", "codec_speed_table", ("codec",)),
    "generic": Entry("codec", "generic_table", ("codec",), ("cpu_seconds",)),
    "corpus": Entry("corpus", "corpus_table", ()),
}
"""By the names of `--only`, in the order of the page."""

_INTRODUCTION = """\
Held-out instruments and prompts only. Every table is written by the command above it, and a study
that was stopped goes on where it was;"""


def study_spine(options: SpineOptions, progress: Progress) -> dict[str, Any]:
    """Makes the tables that are missing, and the page where one is asked for.

    Returns:
        For each table its targets.

    Raises:
        InputError: a name or an option is wrong, or a model or the corpus is missing.
    """
    if not 0.0 < options.share <= 1.0:
        raise InputError(f"--share {options.share:g}: give a share above 0 and not above 1")
    book = Book("trichord study spine", "What the shipped models reach", _INTRODUCTION, TABLES)
    return book.write(Study(options, progress), options.before)
