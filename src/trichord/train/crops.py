"""Crops of clips and notes in one memory-mapped file: what the general codec is trained on.

A crop is drawn from every clip in turn, templates first, so that a template with hundreds of clips
does not outweigh a program of which there is one. The cache is written once, by processes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trichord.data.executor import LocalExecutor
from trichord.errors import InputError
from trichord.files import write_atomically

log = logging.getLogger(__name__)

Samples = NDArray[np.int16]


@dataclass(frozen=True)
class CropsConfig:
    """What is cut, and how much of it."""

    clips: Path = Path("build/programs_full")
    """Folder of clips that `trichord data programs` wrote."""
    notes: Path | None = Path("build/notes")
    """Folder of notes that `trichord data` wrote; none where not given."""
    cache: Path = Path("build/crops")
    """Where the crops are kept between runs."""
    train_clips: int = 8000
    """Clips of the training split to cut from."""
    train_notes: int = 1200
    """Notes of the training split to cut from."""
    valid_clips: int = 192
    """Clips of the held-out split for validation."""
    seconds: float = 4.0
    """Length of a crop; shorter stretches are drawn from it in training."""
    seed: int = 0
    """Of what is drawn."""


@dataclass(frozen=True)
class Job:
    """Crops of one shard: which rows, and where in the file they go."""

    shard: str
    rows: tuple[int, ...]
    places: tuple[int, ...]
    target: str
    shape: tuple[int, int]
    sample_rate: int


def load_crops(
    config: CropsConfig, sample_rate: int, workers: int
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Crops of train and valid, int16 `[N, T]` each, memory-mapped; cut first where missing.

    Raises:
        InputError: the cache was cut otherwise, or the corpus is not there.
    """
    told = {**asdict(config), "sample_rate": sample_rate}
    told = {key: value for key, value in told.items() if key != "cache"}
    text = json.dumps(told, indent=2, default=str) + "\n"
    path = config.cache / "crops.json"
    if not path.is_file():
        _cut(config, sample_rate, workers)
        write_atomically(path, text.encode())
    if path.read_text(encoding="utf-8") != text:
        raise InputError(f"{path}: cut with other settings; choose another --crops.cache")
    size = int(config.seconds * sample_rate)
    found = [np.memmap(config.cache / f"{s}.i16", np.int16, "r") for s in ("train", "valid")]
    return found[0].reshape(-1, size), found[1].reshape(-1, size)


def _cut(config: CropsConfig, sample_rate: int, workers: int) -> None:
    config.cache.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(config.seed)
    size = int(config.seconds * sample_rate)
    train = choose_rows(config.clips, "template_id", "train", config.train_clips, rng)
    if config.notes is not None:
        train += choose_rows(config.notes, "instrument_id", "train", config.train_notes, rng)
    valid = choose_rows(config.clips, "template_id", "valid", config.valid_clips, rng)
    jobs: list[Job] = []
    for split, chosen in (("train", train), ("valid", valid)):
        target = config.cache / f"{split}.i16"
        np.memmap(target, np.int16, "w+", shape=(len(chosen), size)).flush()
        jobs += _jobs(chosen, target, size, sample_rate)
    for done, (_, name) in enumerate(LocalExecutor(workers).run(_cut_shard, jobs), start=1):
        log.info("cut %s (%d of %d)", name, done, len(jobs))


def choose_rows(
    folder: Path, group: str, split: str, count: int, rng: np.random.Generator
) -> list[tuple[str, int]]:
    """(shard, row) of `count` rows of a split: one of each group in turn until there are enough.

    Clips that the corpus calls faulty are left out.
    """
    import pyarrow.parquet as pq

    shards = sorted(folder.glob("*.parquet"))
    if not shards:
        raise InputError(f"{folder}: holds no shards; give a folder that `trichord data` wrote")
    groups: dict[str, list[tuple[str, int]]] = {}
    for shard in shards:
        columns = {group, "split", "fault"} & set(pq.read_schema(shard).names)
        table = pq.read_table(shard, columns=sorted(columns)).to_pydict()
        faults = table.get("fault") or [""] * len(table["split"])
        for row, (name, own) in enumerate(zip(table[group], table["split"], strict=True)):
            if own == split and not faults[row]:
                groups.setdefault(name, []).append((str(shard), row))
    queues = [[queue[i] for i in rng.permutation(len(queue))] for queue in groups.values()]
    queues = [queues[i] for i in rng.permutation(len(queues))]
    longest = max((len(queue) for queue in queues), default=0)
    return [q[turn] for turn in range(longest) for q in queues if turn < len(q)][:count]


def _jobs(
    chosen: Sequence[tuple[str, int]], target: Path, size: int, sample_rate: int
) -> Iterator[Job]:
    by_shard: dict[str, list[tuple[int, int]]] = {}
    for place, (shard, row) in enumerate(chosen):
        by_shard.setdefault(shard, []).append((row, place))
    for shard, pairs in by_shard.items():
        rows, places = zip(*sorted(pairs), strict=True)
        yield Job(shard, rows, places, str(target), (len(chosen), size), sample_rate)


def _cut_shard(job: Job) -> str:
    """Cuts one stretch of each row, somewhere in it; the place in the file is the seed."""
    import pyarrow.parquet as pq

    from trichord.audio.resample import resample
    from trichord.data.shards import decode_flac

    out = np.memmap(job.target, np.int16, "r+", shape=job.shape)
    table = pq.read_table(job.shard, columns=["audio", "sample_rate"]).take(list(job.rows))
    for row, place in zip(table.to_pylist(), job.places, strict=True):
        wave = np.asarray(decode_flac(row["audio"]["bytes"]), np.float32)
        wave = wave.mean(-1) if wave.ndim == 2 else wave
        wave = resample(wave, row["sample_rate"], job.sample_rate)
        size = job.shape[1]
        start = int(np.random.default_rng(place).integers(max(1, len(wave) - size + 1)))
        part = wave[start : start + size]
        out[place, : len(part)] = np.clip(np.round(part * 32767.0), -32768, 32767)
    out.flush()
    return Path(job.shard).name
