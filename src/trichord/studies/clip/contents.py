"""The tables of `trichord study clip`, in the order of the page."""

from __future__ import annotations

from typing import Any

from trichord.progress import Progress
from trichord.studies.book import Book, Entry
from trichord.studies.clip.study import ClipStudy, ClipStudyOptions

TABLES = {
    "codec": Entry("clip.codec", "codec_table", ("general",)),
    "agreement": Entry("clip.agreement", "agreement_table", ("general", "clip_lm")),
    "speed": Entry("clip.speed", "speed_table", ("general", "clip_lm")),
}
"""By the names of `--only`."""

_INTRODUCTION = """\
The general codec on clips of templates and notes of instruments that it never heard, what the clip
model makes of words, and how long it takes. What they are: [docs/codec.md](../codec.md),
[docs/clip.md](../clip.md)."""


def study_clip(options: ClipStudyOptions, progress: Progress) -> dict[str, Any]:
    """Makes the tables that are missing, and the page where one is asked for.

    Returns:
        For each table its targets.

    Raises:
        InputError: a name, an option or a corpus is wrong.
    """
    book = Book("trichord study clip", "Clips of sound", _INTRODUCTION, TABLES)
    return book.write(ClipStudy(options, progress))
