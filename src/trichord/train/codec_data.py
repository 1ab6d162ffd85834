"""The feature cache that the note codec is trained from: every note of a corpus as blocks."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from trichord.data.executor import LocalExecutor
from trichord.data.notes import decode_flac, open_corpus
from trichord.data.schema import FAMILIES, SOURCES, SPLITS
from trichord.files import write_tensors
from trichord.train.cached import is_of, mark_of

log = logging.getLogger(__name__)

_NUMBERS = ("pitch", "velocity", "family", "source", "split")


@dataclass(frozen=True)
class NoteBlocks:
    """All notes of a corpus in corpus order.

    Attributes:
        blocks: float16 `[N, F, FEATURES]`, see `codec.note.layout`.
        scalars: float32 `[N, 3]`: level in dBFS, stiffness, detune in cents.
        pitch: uint8 `[N]`, MIDI.
        velocity: uint8 `[N]`.
        family: uint8 `[N]`, index into the families.
        source: uint8 `[N]`, index into the sources.
        split: uint8 `[N]`, index into the splits.
        note_ids: N names.
        instrument_ids: N names.
    """

    blocks: Tensor
    scalars: Tensor
    pitch: Tensor
    velocity: Tensor
    family: Tensor
    source: Tensor
    split: Tensor
    note_ids: tuple[str, ...]
    instrument_ids: tuple[str, ...]

    def rows(self, chosen: Tensor) -> NoteBlocks:
        """Some of the notes, in that order."""
        columns = {name: getattr(self, name)[chosen] for name in ("blocks", "scalars", *_NUMBERS)}
        places = chosen.tolist()
        return NoteBlocks(
            **columns,
            note_ids=tuple(self.note_ids[i] for i in places),
            instrument_ids=tuple(self.instrument_ids[i] for i in places),
        )


def load_blocks(corpus: Path, cache: Path, workers: int) -> NoteBlocks:
    """Analyses what is missing in the cache, a file per shard, and reads all of it.

    Raises:
        InputError: the folder holds no finished corpus.
    """
    from safetensors import safe_open

    shards = open_corpus(corpus).shards
    cache.mkdir(parents=True, exist_ok=True)
    targets = [cache / f"{shard.stem}.safetensors" for shard in shards]
    jobs = [(s, t) for s, t in zip(shards, targets, strict=True) if not is_of(t, s, _note_ids)]
    _fill(jobs, workers)
    parts: dict[str, list[Tensor]] = {name: [] for name in ("blocks", "scalars", *_NUMBERS)}
    note_ids: list[str] = []
    instrument_ids: list[str] = []
    for target in targets:
        with safe_open(target, framework="pt") as opened:
            for name, tensors in parts.items():
                tensors.append(opened.get_tensor(name))
            note_ids += _note_ids(opened.metadata())
            instrument_ids += opened.metadata()["instrument_ids"].split("\n")
    joined = {name: torch.cat(tensors) for name, tensors in parts.items()}
    return NoteBlocks(**joined, note_ids=tuple(note_ids), instrument_ids=tuple(instrument_ids))


def _note_ids(header: Mapping[str, str]) -> list[str]:
    return header["note_ids"].split("\n")


def _fill(jobs: Sequence[tuple[Path, Path]], workers: int) -> None:
    for done, (_, name) in enumerate(LocalExecutor(workers).run(_analyse_shard, jobs), start=1):
        log.info("analysed %s (%d of %d)", name, done, len(jobs))


def _analyse_shard(job: tuple[Path, Path]) -> str:
    """Writes one cached shard, complete or not at all; returns its name."""
    import pyarrow.parquet as pq

    from trichord.codec.note import layout as lay
    from trichord.codec.note.analysis import analyse

    shard, target = job
    torch.set_num_threads(1)
    blocks: list[Tensor] = []
    scalars: list[tuple[float, float, float]] = []
    numbers: list[tuple[int, ...]] = []
    names: list[tuple[str, str]] = []
    length = int(lay.NOTE_SECONDS * lay.SAMPLE_RATE)
    for batch in pq.ParquetFile(shard).iter_batches(batch_size=64):
        for row in batch.to_pylist():
            wave = torch.from_numpy(decode_flac(row["audio"]["bytes"]))[:length]
            wave = torch.nn.functional.pad(wave, (0, length - len(wave)))
            note = analyse(wave, row["pitch"])
            blocks.append(lay.to_blocks(note.features).half())
            scalars.append((note.level_db, note.inharmonicity, note.detune))
            kind = (FAMILIES.index(row["family"]), SOURCES.index(row["source"]))
            numbers.append((row["pitch"], row["velocity"], *kind, SPLITS.index(row["split"])))
            names.append((row["note_id"], row["instrument_id"]))
    columns = torch.tensor(numbers, dtype=torch.uint8).unbind(1)
    tensors = {"blocks": torch.stack(blocks), "scalars": torch.tensor(scalars)}
    tensors |= {name: c.contiguous() for name, c in zip(_NUMBERS, columns, strict=True)}
    told = mark_of(shard) | {
        "note_ids": "\n".join(name for name, _ in names),
        "instrument_ids": "\n".join(name for _, name in names),
    }
    write_tensors(target, tensors, told)
    return target.name
