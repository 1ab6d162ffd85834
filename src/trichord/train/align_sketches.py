"""Sketched pictures of the clips of a corpus: drawn from their events, beside the real pictures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.audio.bands import picture_of
from trichord.data.executor import LocalExecutor
from trichord.errors import InputError
from trichord.livecode.sonicpi.patches import SonicPiPatches
from trichord.score.as_json import from_json
from trichord.score.sketch import Patches, sketch
from trichord.train.align_pictures import Shard, Watch, write_pictures

SKETCH_FIELDS = ("clip_id", "start")


def build_sketches(shards: Sequence[Shard], workers: int, watch: Watch | None = None) -> list[Path]:
    """Sketches of the clips of each shard of pictures; what was done before is kept.

    Args:
        shards: what is pictured (`align_pictures.plan_clips`).
        workers: processes.
        watch: is told of progress.

    Returns:
        The cached shards in corpus order, row by row as the real pictures.

    Raises:
        MissingProgramError: Sonic Pi is not installed.
    """
    version = _version()
    jobs = [(shard, sketch_path(shard, version)) for shard in shards]
    todo = [(shard, target) for shard, target in jobs if not target.is_file()]
    if todo:
        # Every synth's patch is made once, before the processes need it.
        SonicPiPatches().prepare()
    done = len(jobs) - len(todo)
    for _ in LocalExecutor(workers).run_with(_open_patches, _write_shard, todo):
        done += 1
        if watch is not None:
            watch("sketches", done, len(jobs))
    return [target for _, target in jobs]


def sketch_path(shard: Shard, version: str) -> Path:
    """Where the sketches of a shard of pictures lie."""
    return shard.target.with_name(f"sketch-{shard.target.stem}-{version}.safetensors")


def _version() -> str:
    """A hash of how sketches are drawn: drawn otherwise, they are drawn again."""
    import trichord.score.sketch

    folder = Path(trichord.score.sketch.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


@contextmanager
def _open_patches() -> Generator[Patches]:
    """The installation's patches, read once by every process."""
    yield SonicPiPatches(build=False)


def _write_shard(patches: Patches, job: tuple[Shard, Path]) -> None:
    import pyarrow.parquet as pq

    shard, target = job
    columns = [*SKETCH_FIELDS, "events"]
    table = pq.read_table(shard.source, columns=columns).take(list(shard.rows))
    pictures: list[NDArray[np.float16]] = []
    rows: list[dict[str, Any]] = []
    for row in table.to_pylist():
        events = row.pop("events")
        try:
            drawn = _sketched(events, row["start"], shard, patches)
        except InputError as error:
            raise InputError(f"{shard.source}, clip {row['clip_id']}: {error}") from error
        pictures.append(drawn.astype(np.float16))
        rows.append(row)
    write_pictures(target, np.stack(pictures), rows)


def _sketched(events: str, start: float, shard: Shard, patches: Patches) -> NDArray[np.float32]:
    """The picture [bands, F] of the stored stretch of a program, by its events as JSON."""
    score = from_json(json.loads(events))
    power = sketch(score, patches, seconds=start + shard.seconds, grid=shard.grid)
    first = shard.grid.frames(start) - 1
    return picture_of(power[:, first:], shard.grid.frames(shard.seconds))
