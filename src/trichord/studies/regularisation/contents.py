"""The tables of `trichord study regularisation`, in the order of the page."""

from __future__ import annotations

from typing import Any

from trichord.errors import InputError
from trichord.progress import Progress
from trichord.studies.book import Book, Entry
from trichord.studies.regularisation.cells import GROUPS, GUIDED, in_order
from trichord.studies.regularisation.guidance import scales_of
from trichord.studies.regularisation.making import hear_missing
from trichord.studies.regularisation.runs import train_missing
from trichord.studies.regularisation.study import RegularisationOptions, RegularisationStudy

GUIDANCE = "guidance"
HEARD = "-heard"
"""Ends the names of tables of what is heard."""

TABLES = {
    **{
        name + heard: Entry("regularisation.groups", name + heard.replace("-", "_"))
        for name in GROUPS
        for heard in ("", HEARD)
    },
    GUIDANCE: Entry("regularisation.guidance", "guidance_table", (), ("scales",)),
}
"""By the names of `--only`."""

_INTRODUCTION = """\
A term that pulls the geometry of the model's hidden states towards that of the captions (arXiv
2309.08773, on classifier-free guidance), setting by setting, against the same run without it. "Met"
says whether the judge's score of the made notes rose with an interval above zero. What is "not run"
was not: the same command goes on where it stopped;"""


def study_regularisation(options: RegularisationOptions, progress: Progress) -> dict[str, Any]:
    """Trains and hears what is missing, then makes the tables of what stands, and the page.

    Returns:
        For each table its targets.

    Raises:
        InputError: a name or an option is wrong, or a model or the corpus is missing.
    """
    study = RegularisationStudy(options, progress)
    book = Book(
        "trichord study regularisation",
        "Similarity of representations as a regulariser",
        _INTRODUCTION,
        TABLES,
    )
    names = book.chosen(options.only)
    if not options.tables_only:
        _run(study, names)
    elif not study.runs.standing():
        raise InputError(f"{options.out}: no run stands; leave --tables-only out")
    return book.write(study)


def _run(study: RegularisationStudy, names: list[str]) -> None:
    """Trains and hears the settings of some tables, `most_runs` at most."""
    options = study.options
    groups = [name for name in GROUPS if name in names or name + HEARD in names]
    wanted = list(in_order(groups, options.seeds))
    guided = GUIDANCE in names
    if guided:
        known = set(wanted)
        both = [(cell, seed) for cell in GUIDED for seed in range(options.seeds)]
        wanted += [each for each in both if each not in known]
    done = train_missing(study, wanted, options.most_runs)
    if not options.listen:
        return
    left = options.most_runs - done
    if options.most_runs and left <= 0:
        return
    asked = [(cell, seed, options.guidance) for cell, seed in wanted]
    if guided:
        scales = [scale for scale in scales_of(study) if scale != options.guidance]
        seeds = range(options.seeds)
        asked += [(cell, seed, scale) for scale in scales for cell in GUIDED for seed in seeds]
    hear_missing(study, asked, left if options.most_runs else 0)
