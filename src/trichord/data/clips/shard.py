"""One shard of clips: rendered into its file, read back, and rid of duplicates afterwards."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trichord.data.clips.one import Settings, make_clip
from trichord.data.clips.renderer import Play
from trichord.data.clips.schema import (
    COMPRESSION,
    RENDER_RATE,
    REPEATED,
    Program,
    arrow_schema,
    as_row,
)
from trichord.data.shards import Columns, read_metadata, write_rows

HEADER_KEY = b"trichord.clips"
"""Parquet metadata: what was rendered into the shard, kept or not; see `ShardHeader`."""

_PLAIN = ("audio.bytes", "audio.path")


@dataclass(frozen=True)
class ShardHeader:
    """What a shard says of itself beside its rows.

    Attributes:
        rendered: (clip_id, render_hash) of all clips without a fault, before duplicates went.
        faults: (clip_id, fault, its first error) of those that have one, kept or not.
        duplicates: clip_ids that were taken out because an earlier clip sounds the same.
    """

    rendered: tuple[tuple[str, str], ...]
    faults: tuple[tuple[str, str, str], ...]
    duplicates: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShardJob:
    """What a worker needs to write one shard."""

    path: Path
    programs: tuple[Program, ...]
    settings: Settings
    keep_all: bool


@dataclass(frozen=True)
class ShardDone:
    """What a worker tells about it; `started` and `finished` are seconds of the epoch."""

    file: str
    kind: str
    clips: int
    kept: int
    audio_seconds: float
    render_cpu: float
    own_cpu: float
    started: float
    finished: float


def render_shard(play: Play, job: ShardJob) -> ShardDone:
    """Render a shard into its file."""
    started, begun, render = time.time(), time.process_time(), _Meter()
    rows: list[dict[str, object]] = []
    rendered: list[tuple[str, str]] = []
    faults: list[tuple[str, str, str]] = []
    metered = render.around(play)
    for program in job.programs:
        clip, outside = make_clip(program, job.settings, metered)
        render.seconds += outside
        if clip.fault:
            faults.append((program.clip_id, clip.fault, clip.errors[0] if clip.errors else ""))
        else:
            rendered.append((program.clip_id, clip.render_hash))
        if job.keep_all or not clip.fault:
            rows.append(as_row(clip))
    _write(job.path, rows, ShardHeader(tuple(rendered), tuple(faults)))
    own = time.process_time() - begun - render.inside
    return ShardDone(
        file=job.path.name,
        kind=job.programs[0].template.kind,
        clips=len(job.programs),
        kept=len(rows),
        audio_seconds=round(render.heard, 3),
        render_cpu=round(render.seconds + render.inside, 3),
        own_cpu=round(own, 3),
        started=round(started, 2),
        finished=round(time.time(), 2),
    )


class _Meter:
    """Keeps apart what the renderer and what the rest of this process cost."""

    def __init__(self) -> None:
        self.inside = self.seconds = self.heard = 0.0

    def around(self, play: Play) -> Play:
        """The same renderer, its time in this process counted."""

        def metered(code: str, seconds: float, seed: int):
            before = time.process_time()
            rendering = play(code, seconds, seed)
            self.inside += time.process_time() - before
            if rendering.samples is not None:
                self.heard += len(rendering.samples) / RENDER_RATE
            return rendering

        return metered


def read_header(path: Path) -> ShardHeader:
    """Read what a shard says of itself."""
    value = json.loads(read_metadata(path)[HEADER_KEY])
    return ShardHeader(
        tuple((clip_id, digest) for clip_id, digest in value["rendered"]),
        tuple((clip_id, fault, error) for clip_id, fault, error in value["faults"]),
        tuple(value["duplicates"]),
    )


def find_duplicates(headers: Sequence[ShardHeader]) -> dict[str, str]:
    """Clips whose samples an earlier clip has already: clip_id to the earlier clip's."""
    first: dict[str, str] = {}
    duplicates: dict[str, str] = {}
    for header in headers:
        for clip_id, digest in header.rendered:
            earlier = first.setdefault(digest, clip_id)
            if earlier != clip_id:
                duplicates[clip_id] = earlier
    return duplicates


def remove_duplicates(path: Path, header: ShardHeader, duplicates: Mapping[str, str]) -> bool:
    """Write a shard again without its duplicates; the same shard gives the same bytes.

    Returns:
        Whether there was anything to do: a shard is written again once at most.
    """
    import pyarrow.parquet as pq

    mine = tuple(clip_id for clip_id, _ in header.rendered if clip_id in duplicates)
    if mine == header.duplicates:
        return False
    rows = [row for row in pq.read_table(path).to_pylist() if row["clip_id"] not in duplicates]
    _write(path, rows, ShardHeader(header.rendered, header.faults, mine))
    return True


def _write(path: Path, rows: Sequence[dict[str, object]], header: ShardHeader) -> None:
    value = {
        "rendered": header.rendered,
        "faults": header.faults,
        "duplicates": header.duplicates,
    }
    schema = arrow_schema().with_metadata({HEADER_KEY: json.dumps(value).encode()})
    plain = {name: "none" for name in [*schema.names, *_PLAIN] if name != "audio"}
    write_rows(path, rows, schema, Columns(REPEATED, plain | COMPRESSION))
