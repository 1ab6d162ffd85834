"""Candidate sets rendered into files, one each: a killed study goes on where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trichord.data.clips.one import Settings, make_clip
from trichord.data.clips.renderer import OpenRenderer, Play, open_sonicpi
from trichord.data.clips.schema import (
    COMPRESSION,
    REPEATED,
    Counting,
    Program,
    Template,
    arrow_schema,
    as_row,
)
from trichord.data.clips.store import AudioFormat
from trichord.data.executor import Executor
from trichord.data.shards import Columns, write_rows
from trichord.progress import Progress
from trichord.studies.alignment.bases import Draft

CANDIDATES = 10
"""In a set, as in the paper."""
SPARE = 3
"""Variants drafted beyond that, for those that are silent, faulty or sound like one before."""
RATE = 32000
"""Hz; one channel."""

_ORIGIN = "Trichord, an edit of a program of the test split"


@dataclass(frozen=True)
class SetJob:
    """One set and the file that it is rendered into."""

    draft: Draft
    path: Path
    seconds: float
    seed: int


def render_sets(
    jobs: Sequence[SetJob],
    wanted: int,
    executor: Executor,
    progress: Progress,
    open_renderer: OpenRenderer = open_sonicpi,
) -> list[Path]:
    """The files of the first `wanted` sets that are full, rendered where they are missing.

    Args:
        jobs: more than are wanted: of some bases too few variants can be heard.
        wanted: sets.
        executor: where rendering runs.
        progress: told of every set.
        open_renderer: makes what a worker renders with.
    """
    full: list[Path] = []
    left = list(jobs)
    while left and len(full) < wanted:
        now, left = left[: wanted - len(full)], left[wanted - len(full) :]
        missing = [job for job in now if not job.path.exists()]
        task = progress.task(f"rendering {now[0].draft.scenario} sets", len(missing))
        for _ in executor.run_with(open_renderer, render_set, missing):
            task.advance()
        full += [job.path for job in now if count_rows(job.path) == CANDIDATES]
    return full


def render_set(play: Play, job: SetJob) -> int:
    """Renders variants until ten of them sound, each differently; returns how many do."""
    rows: list[dict[str, Any]] = []
    heard: set[str] = set()
    for program in _programs(job.draft):
        clip, _ = make_clip(program, _settings(job), play)
        if clip.fault or clip.render_hash in heard:
            continue
        heard.add(clip.render_hash)
        rows.append(as_row(clip))
        if len(rows) == CANDIDATES:
            break
    job.path.parent.mkdir(parents=True, exist_ok=True)
    write_rows(job.path, rows, arrow_schema(), Columns(REPEATED, plain_columns() | COMPRESSION))
    return len(rows)


def plain_columns() -> dict[str, str]:
    """No compression by column: the sound is compressed already, the rest is small."""
    names = [name for name in arrow_schema().names if name != "audio"]
    return dict.fromkeys([*names, "audio.bytes", "audio.path"], "none")


def count_rows(path: Path) -> int:
    """Clips in a file of a set."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def read_set(path: Path, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The clips of one set."""
    import pyarrow.parquet as pq

    return pq.read_table(path, columns=None if columns is None else list(columns)).to_pylist()


def _programs(draft: Draft) -> list[Program]:
    base = draft.base
    template = Template(base.template_id, "generated", _ORIGIN, "MIT", 0, "test")
    return [
        Program(f"{draft.name}_{at:02d}", template, {"base": base.clip_id}, code)
        for at, code in enumerate(draft.codes)
    ]


def _settings(job: SetJob) -> Settings:
    bars = round(job.seconds * 120.0 / 240.0, 3)
    counting = Counting(bpm=120.0, bars=bars, seed=job.seed)
    return Settings(counting, job.seconds, AudioFormat(RATE, 1), None, job.seed)
