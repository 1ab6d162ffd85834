"""`trichord data soundfont`: SoundFonts played into a corpus of notes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import tyro

from trichord.data.choose import Watch, Wishes, make_plan, unwatched
from trichord.data.executor import Executor, LocalExecutor
from trichord.data.folder import open_folder
from trichord.data.fonts import Font, read_font
from trichord.data.plan import Plan, load_plan, save_plan
from trichord.data.render import ShardDone, ShardJob, render_shard
from trichord.data.report import write_report
from trichord.data.schema import VELOCITIES
from trichord.data.shards import shard_name, write_json
from trichord.data.synth import load_fluidsynth
from trichord.errors import InputError


@dataclass(frozen=True)
class SoundfontOptions:
    """Which fonts are played into which folder, and how densely."""

    fonts: tyro.conf.Positional[tuple[Path, ...]]
    """SoundFont 2 files (.sf2); twins are looked for across all of them."""

    out: Path
    """Folder of the corpus; a killed build in it is taken up again."""

    workers: int = 2
    """Processes that render at the same time."""

    every: int = 2
    """Semitones from one played key to the next."""

    dense_below: int = 26
    """Where `every` leaves a preset fewer pitches than this, all of its keys are played."""

    presets: tuple[str, ...] = ()
    """Only presets whose names fit one of these shell patterns; all if empty."""

    shard_notes: int = 400
    """Notes per shard, about: an instrument is never divided."""

    seed: int = 7
    """Of the split and of the captions."""

    force: bool = False
    """Build over what the folder holds."""

    def __post_init__(self) -> None:
        for name in ("workers", "every", "shard_notes"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} = {getattr(self, name)}: must be at least 1")
        if not self.fonts:
            raise InputError("no SoundFont given: name at least one .sf2 file")


def build(options: SoundfontOptions, watch: Watch | None = None) -> dict[str, Any]:
    """Plan, render, report. A finished corpus is left alone, a killed build goes on.

    Args:
        options: see `SoundfontOptions`.
        watch: told what is being done, how many are done, how many there are.

    Returns:
        The report, as it stands in `report.json`.

    Raises:
        InputError: a font or the folder is unusable, or the folder holds another build.
        MissingProgramError: FluidSynth is not installed.
    """
    load_fluidsynth()
    started = time.monotonic()
    watch = watch or unwatched
    fonts = [read_font(path) for path in options.fonts]
    executor = LocalExecutor(options.workers)
    choices = _choices(options, fonts)
    if open_folder(options.out, choices, options.force):
        plan = load_plan(options.out)
    else:
        plan = make_plan(_wishes(options), fonts, choices, executor, watch)
        save_plan(plan, options.out)
    planned = time.monotonic()
    done = _render(plan, options, executor, watch)
    instruments = [one.instrument for one in plan.instruments]
    report = write_report(instruments, len(plan.shards), options.out)
    if done:
        timing = _timing(done, options.workers, planned - started, time.monotonic() - planned)
        write_json(options.out / "timing.json", timing)
    return report


def _wishes(options: SoundfontOptions) -> Wishes:
    return Wishes(
        options.every, options.dense_below, options.presets, options.shard_notes, options.seed
    )


def _choices(options: SoundfontOptions, fonts: Sequence[Font]) -> dict[str, Any]:
    """What decides the bytes of a build; two builds with the same choices are the same build."""
    table = resources.files("trichord.data").joinpath("presets.csv").read_bytes()
    return {
        "kind": "soundfont",
        "fonts": [{"file": f.path.name, "title": f.title, "sha256": f.sha256} for f in fonts],
        "table_sha256": hashlib.sha256(table).hexdigest(),
        "every": options.every,
        "dense_below": options.dense_below,
        "presets": list(options.presets),
        "shard_notes": options.shard_notes,
        "velocities": list(VELOCITIES),
        "seed": options.seed,
    }


def _render(
    plan: Plan, options: SoundfontOptions, executor: Executor, watch: Watch
) -> list[ShardDone]:
    jobs: list[ShardJob] = []
    for index, shard in enumerate(plan.shards):
        path = options.out / shard_name(index)
        if not path.exists():
            instruments = tuple(plan.instruments[i] for i in shard)
            jobs.append(ShardJob(path, options.fonts, instruments))
    ready = len(plan.shards) - len(jobs)
    done: list[ShardDone] = []
    for _, result in executor.run(render_shard, jobs):
        done.append(result)
        watch("rendering shards", ready + len(done), len(plan.shards))
    return done


def _timing(
    done: Sequence[ShardDone], workers: int, planning: float, rendering: float
) -> dict[str, float]:
    """Of this run only: a resumed build did not see the earlier seconds."""
    notes = sum(one.notes + one.dropped for one in done)
    cpu = sum(one.cpu_seconds for one in done)
    return {
        "workers": workers,
        "shards": len(done),
        "notes": notes,
        "planning_seconds": round(planning, 1),
        "rendering_seconds": round(rendering, 1),
        "rendering_core_seconds": round(cpu, 1),
        "notes_per_core_second": round(notes / max(cpu, 1e-9), 1),
    }
