"""Parquet shards that are written once, completely, with the same bytes every time."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trichord.data.schema import Note, arrow_schema, as_row
from trichord.files import beside

if TYPE_CHECKING:
    import pyarrow as pa

DROPPED_KEY = b"trichord.dropped"
"""Parquet metadata: JSON list of [note_id, reason] of the notes that were not kept."""

SECONDS_KEY = b"trichord.seconds"
"""Parquet metadata: seconds of audio, where notes are not all of the schema's length."""

ROWS_PER_GROUP = 64

_REPEATED = ["instrument_id", "instrument", "family", "source", "origin", "licence", "split"]


def encode_flac(wave: NDArray[np.float32], sample_rate: int) -> bytes:
    """16-bit FLAC, rounded without dither.

    Args:
        wave: float32 [T], full scale 1.
        sample_rate: Hz.
    """
    import soundfile

    scaled = np.clip(np.rint(wave.astype(np.float64) * 32767.0), -32768, 32767).astype(np.int16)
    buffer = io.BytesIO()
    soundfile.write(buffer, scaled, sample_rate, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


def decode_flac(data: bytes) -> NDArray[np.float32]:
    """The audio of one row's `audio["bytes"]`: float32 [T], full scale 1."""
    import soundfile

    wave, _ = soundfile.read(io.BytesIO(data), dtype="float32")
    return np.asarray(wave, np.float32)


def shard_name(index: int, rows: str = "notes") -> str:
    """The file name of a shard: `notes-00007.parquet`."""
    return f"{rows}-{index:05d}.parquet"


def write_shard(
    path: Path,
    notes: Sequence[Note],
    dropped: Sequence[tuple[str, str]],
    seconds: float | None = None,
) -> None:
    """Write a shard to a temporary file beside it, then move it into place.

    A process killed at any moment leaves either the whole shard or none.

    Args:
        path: the shard's final name.
        notes: its rows, in order.
        dropped: (note_id, reason) of the notes that were not kept.
        seconds: of audio in all; None where every note has `schema.NOTE_SECONDS`.
    """
    metadata = {DROPPED_KEY: json.dumps(list(dropped)).encode()}
    if seconds is not None:
        metadata[SECONDS_KEY] = repr(round(seconds, 3)).encode()
    rows = [as_row(note) for note in notes]
    write_rows(path, rows, arrow_schema().with_metadata(metadata), Columns(_REPEATED))


@dataclass(frozen=True)
class Columns:
    """How the columns of a shard are stored; what is not named here is stored plainly.

    Attributes:
        repeated: columns of few different values: a dictionary and statistics pay.
        compression: codec per column, or one for all.
    """

    repeated: Sequence[str]
    compression: str | dict[str, str] = "none"


def write_rows(
    path: Path,
    rows: Sequence[dict[str, Any]],
    schema: pa.Schema,  # pyright: ignore[reportUnknownParameterType] no stubs
    columns: Columns,
) -> None:
    """Write any rows as a shard: a temporary file beside it, moved into place when it is whole.

    Args:
        path: the shard's final name.
        rows: in order.
        schema: their columns; its metadata is the shard's own.
        columns: how they are stored.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist(list(rows), schema=schema)
    repeated = list(columns.repeated)
    with _settled(path) as file:
        pq.write_table(
            table,
            file,
            row_group_size=ROWS_PER_GROUP,
            compression=columns.compression,  # pyright: ignore[reportArgumentType]
            use_dictionary=repeated,  # pyright: ignore[reportArgumentType] stubs know bools only
            write_statistics=repeated,  # pyright: ignore[reportArgumentType]
            store_schema=True,
        )


@dataclass(frozen=True)
class ShardHeader:
    """What a shard says of itself beside its rows; see `write_shard`."""

    dropped: list[tuple[str, str]]
    seconds: float | None


def read_header(path: Path) -> ShardHeader:
    """Read what `write_shard` noted beside the rows."""
    metadata = read_metadata(path)
    dropped = [(note_id, why) for note_id, why in json.loads(metadata.get(DROPPED_KEY, b"[]"))]
    seconds = metadata.get(SECONDS_KEY)
    return ShardHeader(dropped, None if seconds is None else float(seconds))


def read_metadata(path: Path) -> dict[bytes, bytes]:
    """A shard's own metadata, as its schema had it when it was written."""
    import pyarrow.parquet as pq

    return pq.read_metadata(path).metadata or {}


def write_json(path: Path, value: Any) -> None:
    """Write JSON (sorted as given, one space of indent) atomically."""
    with _settled(path) as file:
        file.write((json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())


def remove_leftovers(folder: Path) -> None:
    """Delete the temporary files of a killed build."""
    for path in folder.glob(".*.part"):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _settled(path: Path) -> Generator[io.BufferedWriter]:
    """A file to write to, whose bytes and name are on the disk when the block is over."""
    with beside(path) as part, part.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
