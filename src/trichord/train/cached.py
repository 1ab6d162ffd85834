"""Caches of a corpus, a file for each of its shards: is a file in the cache of this very shard?

Another corpus has shards of the same names. A cached file tells in its header how large its shard
was; one of an older version, which does not, is known by the names of its notes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_TOLD = "shard_bytes"


def mark_of(shard: Path) -> dict[str, str]:
    """What the header of a cached file says of its shard."""
    return {_TOLD: str(shard.stat().st_size)}


def is_of(
    cached: Path, shard: Path, note_ids: Callable[[Mapping[str, str]], Sequence[str]]
) -> bool:
    """Whether a file in the cache is there, whole, and made of this shard.

    Args:
        cached: a safetensors file.
        shard: a Parquet file of the corpus, with the column `note_id`.
        note_ids: reads the names of the notes from the header of a cached file.
    """
    from safetensors import SafetensorError, safe_open

    if not cached.is_file():
        return False
    try:
        with safe_open(cached, framework="pt") as opened:
            header = opened.metadata() or {}
    except SafetensorError:
        return False
    if _TOLD in header:
        return header[_TOLD] == mark_of(shard)[_TOLD]
    return list(note_ids(header)) == _names(shard)


def _names(shard: Path) -> list[str]:
    import pyarrow.parquet as pq

    return pq.read_table(shard, columns=["note_id"])["note_id"].to_pylist()
