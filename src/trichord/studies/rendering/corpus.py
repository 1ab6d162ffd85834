"""What the corpus of programs holds, what was dropped from it, and what it cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.errors import InputError
from trichord.studies.rendering.study import SonicPiStudy
from trichord.studies.tables import Table, Target, percent

_NAMES = {
    "example": "variations of the installed examples",
    "own": "variations of our base programs",
    "generated": "composed programs",
}
PAPER_CLIPS = 13_500
LEAST_WITHOUT_ERROR, LEAST_AUDIBLE = 0.98, 0.90
_ERRORS = ("runtime error", "syntax error", "limit error", "refused error")


def corpus_table(study: SonicPiStudy) -> Table:
    """The reports of the corpora and their costs, per source."""
    reports = [_read(folder / "report.json") for folder in study.options.corpus]
    timings = [_read(folder / "timing.json") for folder in study.options.corpus]
    sources = {kind: one for report in reports for kind, one in report["sources"].items()}
    costs = {kind: one for timing in timings for kind, one in timing["sources"].items()}
    faults = sorted({fault for one in sources.values() for fault in one["faults"]})
    rows = tuple(
        (
            _NAMES[kind],
            one["planned"],
            one["kept"],
            one["templates"],
            *(_share(one["faults"].get(fault, 0), one["planned"]) for fault in faults),
            one["hours"],
            costs[kind]["cpu_seconds_per_clip"],
            costs[kind]["x_real_time_per_core"],
        )
        for kind, one in sources.items()
    )
    clock = sum(timing["clock_hours"] for timing in timings)
    audio = sum(timing["audio_hours"] for timing in timings)
    examples = sources.get("example", {}).get("planned", 0)
    targets = [
        Target(
            "clips of the installed examples, built whole on two cores",
            f"{PAPER_CLIPS:,}",
            f"{examples:,}; with all others {clock:.2f} h, {audio / clock:.0f} × real time",
            examples >= PAPER_CLIPS,
        )
    ]
    if "generated" in sources:
        targets += _generator(sources["generated"])
    builds = "; ".join(f"`{folder}`: {_options(folder)}" for folder in study.options.corpus)
    return Table(
        title="The corpus of programs",
        columns=("source", "programs", "kept", "templates", *faults, "hours", "CPU s a clip",
                 "× real time per core"),
        rows=rows,
        about=(
            f"`report.json` and `timing.json` of builds of `trichord data programs` ({builds}). "
            "Shares are of the programs rendered; a duplicate is one whose samples equal those of "
            "a clip before it. CPU is the whole of rendering, measuring, captioning and storing."
        ),
        targets=tuple(targets),
        raw={"sources": sources, "timing": timings},
    )  # fmt: skip


def diversity_table(study: SonicPiStudy) -> Table:
    """Distance of a clip to the nearest other one, in sets of equal size."""
    from trichord.data.clips.diversity import compare, describe_clips
    from trichord.data.clips.reading import open_clips

    options = study.options
    rng = np.random.default_rng(options.seed)
    sets: dict[str, tuple[NDArray[np.float64], list[str]]] = {}
    for folder in options.corpus:
        clips = open_clips(folder)
        for kind, name in _NAMES.items():
            vectors, templates = describe_clips(clips, kind, options.clips, rng)
            if len(vectors):
                sets[name] = (vectors, templates)
    spreads = compare(sets, options.clips, rng)
    rows = tuple(
        (name, s.count, s.templates, s.low, s.median, s.high) for name, s in spreads.items()
    )
    variations, composed = (spreads.get(_NAMES[kind]) for kind in ("example", "generated"))
    targets: tuple[Target, ...] = ()
    if variations and composed:
        ratio = composed.median / variations.median
        targets = (
            Target("composed programs against variations: median distance to the nearest clip",
                   "> 1 ×", f"{ratio:.2f} ×", ratio > 1),
        )  # fmt: skip
    return Table(
        title="How different clips sound",
        columns=("clips", "N", "templates", "lower quartile", "median", "upper quartile"),
        rows=rows,
        about=(
            "Distance of each clip to the nearest other one of its set, sets of equal size "
            f"(seed {options.seed}), in a space of cepstra and their spread, chroma and rhythm; "
            "each descriptor scaled by its spread over all sets, distances per root of their "
            "number. A larger set lies closer together, so only equal sizes compare."
        ),
        targets=targets,
    )


def _generator(source: dict[str, Any]) -> list[Target]:
    planned, faults = source["planned"], source["faults"]
    failed = sum(faults.get(name, 0) for name in _ERRORS)
    unheard = sum(faults.get(name, 0) for name in ("silent", "clipped"))
    well, heard = 1 - failed / planned, 1 - (failed + unheard) / planned
    return [
        Target(f"{planned:,} composed programs render without error",
               f"≥ {percent(LEAST_WITHOUT_ERROR)}", f"{100 * well:.2f} %",
               well >= LEAST_WITHOUT_ERROR),
        Target(f"{planned:,} composed programs audible and unclipped",
               f"≥ {percent(LEAST_AUDIBLE)}", f"{100 * heard:.1f} %", heard >= LEAST_AUDIBLE),
    ]  # fmt: skip


def _share(count: int, of: int) -> str:
    return "–" if count == 0 else f"{count:,} ({percent(count / max(1, of))})"


def _options(folder: Path) -> str:
    options = _read(folder / "plan.json")["options"]
    return ", ".join(f"{name} {value}" for name, value in options.items() if _plain(value))


def _plain(value: object) -> bool:
    return isinstance(value, (str, int, float, bool)) and len(str(value)) < 40


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file; build it with `trichord data programs`, or give --corpus"
        ) from None
    except ValueError:
        raise InputError(f"{path}: not JSON; build the corpus again") from None
