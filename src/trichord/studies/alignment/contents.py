"""The tables of `trichord study alignment`, in the order of the page."""

from __future__ import annotations

from typing import Any

from trichord.progress import Progress
from trichord.studies.alignment.study import AlignmentOptions, AlignmentStudy
from trichord.studies.book import Book, Entry

_ROOMS = ("clips",)
_ALL = ("clips", "refiner", "code")

_LETTER = ("letter_code", "letter_audio", "letter_clips")
_FITTED = (*_LETTER, "letter_runs", "letter_epochs")

TABLES = {
    "raw": Entry("alignment.letter_raw", "raw_table", _ROOMS, _LETTER),
    "perturbation": Entry("alignment.letter_perturbation", "perturbation_table", _ROOMS, _LETTER),
    "grid": Entry("alignment.letter_grid", "grid_table", _ROOMS, _FITTED),
    "one-set": Entry("alignment.letter_scenarios", "letter_scenarios_table", _ROOMS, _FITTED),
    "metrics": Entry("alignment.wrong_metrics", "wrong_metrics_table", _ROOMS, _FITTED),
    "cut": Entry("alignment.wrong_cut", "cut_table", _ROOMS, _LETTER),
    "chance": Entry("alignment.wrong_chance", "chance_table"),
    "siblings": Entry("alignment.siblings", "siblings_table", _ALL, ("siblings",)),
    "scenarios": Entry("alignment.by_scenario", "scenarios_table", _ALL, ("sets", "seconds")),
    "recall": Entry("alignment.recall", "recall_table", _ALL, ("unseen", "siblings")),
    "geometry": Entry("alignment.geometry", "geometry_table", _ALL, ("unseen", "siblings")),
    "sentences": Entry("alignment.sentences", "sentences_table", _ALL, ("unseen",)),
    "wishes": Entry("alignment.prompts", "prompts_table", _ALL, ("seconds",)),
    "parts": Entry("alignment.why", "ablations_table", _ALL, ("unseen", "siblings")),
    "sketch": Entry("alignment.sketch_truth", "sketch_table"),
    "curve": Entry("alignment.curve", "curve_table", _ALL, ("curve", "unseen", "siblings")),
    "targets": Entry("alignment.targets", "targets_table", _ALL, ("targets", "siblings")),
    "failures": Entry("alignment.failures", "failures_table", _ALL, ("sets", "seconds")),
    "maps": Entry("alignment.maps", "maps_table", _ALL, ("unseen",)),
    "speed": Entry("alignment.speed", "speed_table", _ALL, ("seconds",)),
    "search": Entry("alignment.searching", "search_table", _ALL, ("files",)),
    "vectors": Entry("alignment.searching_vectors", "vectors_table"),
}
"""By the names of `--only`."""

_INTRODUCTION = """\
Can one tell from a program how it will sound, without rendering it? Everything is measured on
programs whose templates no model has learnt from (split `test`); whatever was chosen was chosen on
`valid`. Beside each figure stand chance and two lines that say what can be reached: a *second pair
of ears* (two differently built descriptions that both hear the real sound) and *the first four
seconds* (the same listener, who left early). Every table is written by the command above it;"""


def study_alignment(options: AlignmentOptions, progress: Progress) -> dict[str, Any]:
    """Makes the tables that are missing, and the page where one is asked for.

    Returns:
        For each table its targets.

    Raises:
        InputError: a name or an option is wrong, or the corpus or the weights are missing.
        MissingProgramError: Sonic Pi, scsynth or the sandbox is not installed.
    """
    book = Book("trichord study alignment", "Code, score and sound", _INTRODUCTION, TABLES)
    return book.write(AlignmentStudy(options, progress))
