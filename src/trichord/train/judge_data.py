"""Descriptors of a corpus for the judges: some notes of every instrument, or some clips, once."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.data.notes import decode_flac
from trichord.data.schema import SAMPLE_RATE
from trichord.errors import InputError
from trichord.files import key_of, write_arrays
from trichord.space.judge import describe

_TEXT = ("owner", "family", "split", "captions")


@dataclass(frozen=True)
class Described:
    """N sounds as descriptors, and whose they are.

    Attributes:
        values: float32 [N, WIDTH].
        owner: name of the instrument or of the clip, N of them; it has the captions.
        family: of the instrument, N of them; empty for clips.
        split: N of "train", "valid", "test".
        captions: of the owner, one a line, N of them.
        pitch: MIDI, int64 [N]; -1 for clips.
    """

    values: NDArray[np.float32]
    owner: NDArray[np.str_]
    family: NDArray[np.str_]
    split: NDArray[np.str_]
    captions: NDArray[np.str_]
    pitch: NDArray[np.int64]

    def where(self, mask: NDArray[np.bool_]) -> Described:
        """Some of the sounds."""
        return Described(**{name: value[mask] for name, value in vars(self).items()})

    def of_split(self, split: str) -> Described:
        """The sounds of a split.

        Raises:
            InputError: it has none.
        """
        mask = self.split == split
        if not mask.any():
            raise InputError(f"the corpus holds no sounds of the {split} split: build a larger one")
        return self.where(mask)


def described_corpus(corpus: Path, cache: Path, each: int, seconds: float) -> Described:
    """Reads a corpus of notes or of clips through the judges' ears, shard by shard, resumable.

    Args:
        corpus: folder of notes (`notes-*.parquet`) or of clips (`clips-*.parquet`).
        cache: folder of what is described already.
        each: notes of every instrument, or of a hundred clips as many.
        seconds: heard of every sound.

    Raises:
        InputError: the folder holds no corpus.
    """
    shards = sorted(corpus.glob("notes-*.parquet")) or sorted(corpus.glob("clips-*.parquet"))
    if not shards:
        raise InputError(f"{corpus}: no notes-*.parquet nor clips-*.parquet: build a corpus first")
    folder = cache / key_of(each, seconds)
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[Described] = []
    for shard in shards:
        # A file written anew, or that of another corpus, is another one.
        path = folder / f"{shard.stem}-{shard.stat().st_size}.npz"
        if not path.is_file():
            _save(list(_rows(shard, each, seconds)), path)
        with np.load(path, allow_pickle=False) as stored:
            if len(stored["pitch"]):
                parts.append(Described(**{name: stored[name] for name in stored.files}))
    return Described(
        **{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    )


def _rows(shard: Path, each: int, seconds: float) -> Iterator[dict[str, Any]]:
    """Rows of `Described`, chosen by a hash of the sound's name: the same in every run."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(shard)
    notes = "note_id" in file.schema_arrow.names
    identity, owner = ("note_id", "instrument_id") if notes else ("clip_id", "clip_id")
    table = file.read(columns=list(dict.fromkeys([identity, owner]))).to_pylist()
    chosen = _chosen([(row[identity], row[owner]) for row in table], each, notes)
    columns = [identity, owner, "captions", "split", "audio"]
    extra = ["pitch", "family"] if notes else ["sample_rate"]
    for batch in file.iter_batches(batch_size=64, columns=list(dict.fromkeys([*columns, *extra]))):
        for row in batch.to_pylist():
            if row[identity] in chosen and row["captions"]:
                rate = SAMPLE_RATE if notes else row["sample_rate"]
                wave = decode_flac(row["audio"]["bytes"])
                yield {
                    "values": describe(wave, rate, seconds),
                    "owner": row[owner],
                    "family": row.get("family", ""),
                    "split": row["split"],
                    "captions": "\n".join(row["captions"]),
                    "pitch": row.get("pitch", -1),
                }


def _chosen(names: list[tuple[str, str]], each: int, notes: bool) -> set[str]:
    """The sounds of the smallest hashes: `each` of every owner, or of every hundred clips."""
    order = sorted(names, key=lambda name: zlib.crc32(name[0].encode()))
    if not notes:
        return {name for name, _ in order[: max(1, len(order) * each // 100)]}
    taken: dict[str, list[str]] = {}
    for name, owner in order:
        taken.setdefault(owner, []).append(name)
    return {name for own in taken.values() for name in own[:each]}


def _save(rows: list[dict[str, Any]], path: Path) -> None:
    columns = {name: np.array([row[name] for row in rows]) for name in ("values", *_TEXT, "pitch")}
    if not rows:
        columns = {name: np.zeros(0, np.int64) for name in columns}
    write_arrays(path, columns, compressed=False)
