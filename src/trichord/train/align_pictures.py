"""The pictures that the space of clips is trained from: every clip and many notes, computed once.

A shard of the corpus becomes a shard of the cache, written whole or not at all, so that a killed
run goes on where it stopped. Levels are kept as 16-bit floats: they err by a 30th of a decibel.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from trichord.audio.bands import BandGrid, picture
from trichord.data.executor import LocalExecutor
from trichord.data.schema import NOTE_SECONDS
from trichord.errors import InputError
from trichord.files import key_of, write_tensors

Watch = Callable[[str, int, int], None]
"""Called with what is done, how many, of how many."""

CLIP_FIELDS = ("clip_id", "template_id", "kind", "render_hash", "captions", "group", "split")
NOTE_FIELDS = ("note_id", "instrument_id", "pitch", "velocity", "captions", "group", "split")


_ALONE = "(single)"
"""Stands for all families of one row."""


@dataclass(frozen=True)
class PictureOptions:
    """What of the corpora is pictured."""

    seconds: float = 18.0
    """Length of a clip's picture."""
    of_template: int = 120
    """Clips of one template at most; they are taken evenly."""
    single: int = 5000
    """Clips at most of templates that have one clip only, such as composed programs."""
    of_instrument: int = 18
    """Notes of one instrument at most; they are taken evenly over its pitches and velocities."""


@dataclass(frozen=True)
class Shard:
    """One file of a corpus, and which of its rows are wanted."""

    source: Path
    target: Path
    rows: tuple[int, ...]
    fields: tuple[str, ...]
    seconds: float
    grid: BandGrid


def plan_clips(corpus: Path, cache: Path, options: PictureOptions, grid: BandGrid) -> list[Shard]:
    """The shards of a clips corpus (`clips-*.parquet`).

    Args:
        corpus: its folder.
        cache: where the pictures go, named by the file they come from and the settings.
        options: how many of what.
        grid: bands and frames.

    Raises:
        InputError: when the folder holds no corpus.
    """
    plan = Plan(
        corpus, cache, "clips", "template_id", CLIP_FIELDS, options.of_template, options.single
    )
    return plan.shards(options.seconds, grid)


def plan_notes(corpus: Path, cache: Path, options: PictureOptions, grid: BandGrid) -> list[Shard]:
    """The shards of a corpus of single notes (`notes-*.parquet`); see `plan_clips`."""
    plan = Plan(corpus, cache, "notes", "instrument_id", NOTE_FIELDS, options.of_instrument, 0)
    return plan.shards(NOTE_SECONDS, grid)


@dataclass(frozen=True)
class Plan:
    """Which rows of a corpus are pictured, and where to.

    Attributes:
        name: first part of the shards' file names.
        by: the column whose equal values make a family.
        most: rows of one family.
        single: rows of families that have one row only.
    """

    corpus: Path
    cache: Path
    name: str
    by: str
    fields: tuple[str, ...]
    most: int
    single: int

    def shards(self, seconds: float, grid: BandGrid) -> list[Shard]:
        """One for each file that has wanted rows.

        Raises:
            InputError: when there is no file.
        """
        files = sorted(self.corpus.glob(f"{self.name}-*.parquet"))
        if not files:
            raise InputError(
                f"{self.corpus}: no {self.name}-*.parquet; build a corpus with `trichord data`"
            )
        columns = [self._families(file) for file in files]
        sizes = Counter(family for families in columns for family in families if family)
        alone = sum(size == 1 for size in sizes.values())
        seen: Counter[str] = Counter()
        shards: list[Shard] = []
        for file, families in zip(files, columns, strict=True):
            wanted: list[int] = []
            for i, family in enumerate(families):
                kind, size, most = family, sizes[family], self.most
                if size == 1:
                    kind, size, most = _ALONE, alone, self.single
                if family and _evenly(seen[kind], size, most):
                    wanted.append(i)
                seen[kind] += 1
            if wanted:
                # Other settings, other rows or a file written anew go to another shard.
                key = key_of(asdict(grid), seconds, wanted, file.stat().st_size)
                target = self.cache / f"{file.stem}-{key}.safetensors"
                shards.append(Shard(file, target, tuple(wanted), self.fields, seconds, grid))
        return shards

    def _families(self, file: Path) -> list[str]:
        """The family of every row; empty for a clip that was found faulty."""
        import pyarrow.parquet as pq

        names = pq.read_schema(file).names
        columns = [self.by, *(["fault"] if "fault" in names else [])]
        rows = pq.read_table(file, columns=columns).to_pylist()
        return ["" if row.get("fault") else row[self.by] for row in rows]


def _evenly(place: int, size: int, most: int) -> bool:
    """Whether the row at `place` of a family of `size` is one of `most`, spread evenly."""
    return size <= most or (place * most) // size != ((place - 1) * most) // size


def build_pictures(shards: Sequence[Shard], workers: int, watch: Watch | None = None) -> list[Path]:
    """Computes what is missing; shards done before are kept.

    Args:
        shards: what is pictured.
        workers: processes.
        watch: is told of progress.

    Returns:
        The cached shards in corpus order: `pictures` float16 [N, bands, F], the rows as JSON.
    """
    todo = [shard for shard in shards if not shard.target.is_file()]
    done = len(shards) - len(todo)
    for _ in LocalExecutor(workers).run(write_shard, todo):
        done += 1
        if watch is not None:
            watch("pictures", done, len(shards))
    return [shard.target for shard in shards]


def write_shard(shard: Shard) -> None:
    """Decodes the wanted rows of one file and writes their pictures."""
    import pyarrow.parquet as pq

    torch.set_num_threads(1)
    table = pq.read_table(shard.source, columns=[*shard.fields, "audio"]).take(list(shard.rows))
    pictures: list[NDArray[np.float16]] = []
    rows: list[dict[str, Any]] = []
    for row in table.to_pylist():
        flac = row.pop("audio")["bytes"]
        pictures.append(_picture(flac, shard.seconds, shard.grid).astype(np.float16))
        rows.append(row)
    write_pictures(shard.target, np.stack(pictures), rows)


def write_pictures(
    target: Path, pictures: NDArray[np.float16], rows: Sequence[dict[str, Any]]
) -> None:
    """Writes one shard of a cache: pictures [N, bands, F] and their rows, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    write_tensors(target, {"pictures": pictures}, {"rows": json.dumps(rows)})


def _picture(flac: bytes, seconds: float, grid: BandGrid) -> NDArray[np.float32]:
    import soundfile

    decoded, rate = soundfile.read(io.BytesIO(flac), dtype="float32", always_2d=True)
    return picture(decoded.mean(axis=1, dtype=np.float32), rate, seconds=seconds, grid=grid)
