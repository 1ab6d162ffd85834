"""What the corpus holds, what was dropped from it, and what it cost to build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trichord.errors import InputError
from trichord.studies.study import Study
from trichord.studies.tables import Cell, Table, Target, read_report

_MEND = "build the corpus anew with `trichord data`, or give --corpus"
_LEAST_NOTES, _LEAST_INSTRUMENTS = 40_000, 250


def corpus_table(study: Study) -> Table:
    """Read off the reports that the build itself wrote."""
    folder = study.options.corpus
    path = folder / "report.json"
    report = read_report(path, _MEND)
    timing = read_report(folder / "timing.json", _MEND) if _was_timed(folder) else {}
    try:
        return _table_of(report, timing)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: {error} is amiss in it or in timing.json; {_MEND}") from None


def _was_timed(folder: Path) -> bool:
    """Whether the build told what it cost; that of varied notes does not."""
    return (folder / "timing.json").is_file()


def _table_of(report: dict[str, Any], timing: dict[str, Any]) -> Table:
    rows = [
        _row(name, figures, figures.get("dropped"))
        for name, figures in [*report["families"].items(), *_splits(report)]
    ]
    dropped = ", ".join(f"{count:,} {why}" for why, count in report["dropped"].items())
    rows.append(_row("all", report, sum(report["dropped"].values())))
    about = (
        f"{report['hours']} hours at 44.1 kHz, each note held for 4 s and released. Dropped: "
        f"{dropped}. A distinct sound is a group of instruments that sound alike (the two fonts "
        f"share recordings); splits are by such groups. {_cost(timing)} A build that was killed "
        "and resumed ends with the same bytes: `tests/data` shows it."
    )
    notes, instruments = report["notes"], report["instruments"]
    return Table(
        title="The corpus of notes",
        columns=("family or split", "instruments", "distinct sounds", "notes", "dropped"),
        rows=tuple(rows),
        about=about,
        targets=(
            Target("notes", f"≥ {_LEAST_NOTES:,}", f"{notes:,}", notes >= _LEAST_NOTES),
            Target(
                "melodic presets",
                f"≥ {_LEAST_INSTRUMENTS}",
                f"{instruments} ({report['distinct_sounds']} distinct sounds)",
                instruments >= _LEAST_INSTRUMENTS,
            ),
        ),
        raw={name: value for name, value in report.items() if name != "dropped_notes"} | timing,
    )


def _cost(timing: dict[str, Any]) -> str:
    """What the build cost, in a sentence."""
    if not timing:
        return "What it cost to build: –."
    return (
        f"Built in {timing['planning_seconds']:.0f} s of planning and "
        f"{timing['rendering_seconds']:.0f} s of rendering with {timing['workers']} workers, "
        f"{timing['notes_per_core_second']:.0f} notes per second and core (of the last run, "
        f"{timing['notes']:,} notes)."
    )


def _splits(report: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"split {name}", figures) for name, figures in report["splits"].items()]


def _row(name: str, figures: dict[str, Any], dropped: int | None) -> tuple[Cell, ...]:
    counts = (figures["instruments"], figures["distinct_sounds"], figures["notes"])
    return (name, *counts, dropped)
