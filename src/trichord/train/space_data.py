"""The feature cache that the space is trained from: every note of a corpus as a small image."""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trichord.data.executor import LocalExecutor
from trichord.data.schema import NOTE_SECONDS
from trichord.errors import InputError
from trichord.files import write_tensors
from trichord.space.base import Sound
from trichord.space.features import CHANNELS, FeatureConfig, features, frame_starts, prepare
from trichord.train.cached import is_of, mark_of

logger = logging.getLogger(__name__)

INSTRUMENT_FIELDS = (
    "instrument_id",
    "instrument",
    "family",
    "source",
    "captions",
    "group",
    "split",
)


@dataclass(frozen=True)
class InstrumentRow:
    """What the trainer knows of an instrument."""

    instrument_id: str
    name: str
    family: str
    source: str
    captions: tuple[str, ...]
    group: int
    split: str


@dataclass(frozen=True)
class NoteTable:
    """All notes of a corpus in corpus order.

    Attributes:
        images: uint8 [N, 2, frames, bands], 255 = full level.
        lengths: int64 [N], frames that hold sound.
        pitch: int64 [N], MIDI.
        velocity: int64 [N], 1..127.
        owner: int64 [N], index into `instruments`.
    """

    note_ids: tuple[str, ...]
    images: Tensor
    lengths: Tensor
    pitch: Tensor
    velocity: Tensor
    owner: Tensor
    instruments: tuple[InstrumentRow, ...]

    def members(self, split: str) -> list[int]:
        """Indices of the instruments of a split ("train", "valid" or "test")."""
        return [i for i, row in enumerate(self.instruments) if row.split == split]


def as_images(batch: Tensor) -> Tensor:
    """Uint8 as cached -> float in 0..1 as the encoder reads it."""
    return batch.float() / 255


def note_frames(grid: FeatureConfig) -> int:
    """Frames of the grid that a note of the corpus reaches."""
    starts = frame_starts(grid)[:-1]
    return int((starts < NOTE_SECONDS * grid.sample_rate).sum())


def build_cache(corpus: Path, cache: Path, grid: FeatureConfig, workers: int) -> list[Path]:
    """Computes what is missing of the cache; shards done before are kept.

    Args:
        corpus: a folder of `notes-*.parquet`.
        cache: where `notes-*.safetensors` go.
        grid: the features; another grid goes to another subfolder.
        workers: processes.

    Returns:
        The cached shards in corpus order.

    Raises:
        InputError: when the folder holds no corpus.
    """
    shards = sorted(corpus.glob("notes-*.parquet"))
    if not shards:
        raise InputError(f"{corpus}: no notes-*.parquet; build a corpus with `trichord data`")
    folder = cache / _fingerprint(grid)
    folder.mkdir(parents=True, exist_ok=True)
    done = [folder / f"{shard.stem}.safetensors" for shard in shards]
    todo = [(s, d, grid) for s, d in zip(shards, done, strict=True) if not is_of(d, s, _note_ids)]
    for _, name in LocalExecutor(workers).run(_cache_shard, todo):
        logger.info("cached %s", name)
    return done


def load_notes(cached: Sequence[Path]) -> NoteTable:
    """Reads cached shards into memory (about 17 kB a note)."""
    from safetensors import safe_open

    parts: dict[str, list[Tensor]] = {}
    note_ids: list[str] = []
    owners: list[str] = []
    rows: dict[str, InstrumentRow] = {}
    for file in cached:
        with safe_open(file, framework="pt") as opened:
            for name in ("images", "lengths", "pitch", "velocity"):
                parts.setdefault(name, []).append(opened.get_tensor(name))
            told = json.loads(opened.metadata()["rows"])
        note_ids += told["note_ids"]
        owners += told["owners"]
        for row in told["instruments"]:
            row["captions"] = tuple(row["captions"])
            rows[row["instrument_id"]] = InstrumentRow(**row)
    ids = sorted(rows)
    index = {name: i for i, name in enumerate(ids)}
    joined = {name: torch.cat(tensors) for name, tensors in parts.items()}
    return NoteTable(
        tuple(note_ids),
        joined["images"],
        joined["lengths"],
        joined["pitch"],
        joined["velocity"],
        torch.tensor([index[name] for name in owners]),
        tuple(rows[name] for name in ids),
    )


def _note_ids(header: Mapping[str, str]) -> list[str]:
    return json.loads(header["rows"])["note_ids"]


def _fingerprint(grid: FeatureConfig) -> str:
    text = json.dumps(asdict(grid), sort_keys=True)
    return f"features-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _cache_shard(job: tuple[Path, Path, FeatureConfig]) -> str:
    """Writes one cached shard, complete or not at all; returns its name."""
    import pyarrow.parquet as pq

    shard, target, grid = job
    torch.set_num_threads(1)
    table = pq.ParquetFile(shard)
    count, frames = table.metadata.num_rows, note_frames(grid)
    images = torch.zeros(count, CHANNELS, frames, grid.bands, dtype=torch.uint8)
    lengths = torch.ones(count, dtype=torch.long)
    notes: list[dict[str, Any]] = []
    for batch in table.iter_batches(batch_size=64):
        for row in batch.to_pylist():
            image = _image(row.pop("audio")["bytes"], grid)[:, :frames]
            images[len(notes), :, : image.shape[1]] = image
            lengths[len(notes)] = image.shape[1]
            notes.append(row)
    tensors = {"images": images, "lengths": lengths}
    for name in ("pitch", "velocity"):
        tensors[name] = torch.tensor([int(row[name]) for row in notes])
    write_tensors(target, tensors, mark_of(shard) | {"rows": _described(notes)})
    return target.name


def _image(flac: bytes, grid: FeatureConfig) -> Tensor:
    import soundfile

    decoded, rate = soundfile.read(io.BytesIO(flac), dtype="float32")
    sound = Sound(np.asarray(decoded, dtype=np.float32), rate)
    return (features(prepare(sound, grid), grid) * 255).round().to(torch.uint8)


def _described(notes: Iterable[dict[str, Any]]) -> str:
    note_ids: list[str] = []
    owners: list[str] = []
    instruments: dict[str, dict[str, Any]] = {}
    for row in notes:
        note_ids.append(row["note_id"])
        owners.append(row["instrument_id"])
        told = {name: row[name] for name in INSTRUMENT_FIELDS}
        told["name"] = told.pop("instrument")
        instruments[row["instrument_id"]] = told
    return json.dumps(
        {"note_ids": note_ids, "owners": owners, "instruments": list(instruments.values())}
    )
