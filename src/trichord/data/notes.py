"""Reading a corpus of notes: its instruments, and its notes shard by shard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trichord.data.plan import read_instrument, read_plan_json
from trichord.data.schema import FAMILIES, SOURCES, Instrument
from trichord.data.shards import decode_flac
from trichord.errors import InputError

__all__ = ["Corpus", "decode_flac", "open_corpus"]


@dataclass(frozen=True)
class Corpus:
    """A folder of notes.

    Attributes:
        instruments: all of them, in the order of the shards.
        shards: the Parquet files that exist, in order.
    """

    folder: Path
    instruments: tuple[Instrument, ...]
    shards: tuple[Path, ...]
    families: tuple[str, ...] = FAMILIES
    sources: tuple[str, ...] = SOURCES

    def of_split(self, split: str) -> tuple[Instrument, ...]:
        """The instruments of "train", "valid" or "test"."""
        return tuple(one for one in self.instruments if one.split == split)

    def iter_notes(
        self,
        columns: Sequence[str] | None = None,
        shard: int | None = None,
        split: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Rows as dictionaries, in order; `audio` is {"bytes": FLAC, "path": str}.

        Args:
            columns: the ones to read; all if None. Without `audio` a corpus is read in a second.
            shard: index of the only shard to read; all if None.
            split: the only split to yield.
        """
        import pyarrow.parquet as pq

        wanted = None if columns is None else [*columns]
        read = wanted if wanted is None or split is None else [*dict.fromkeys([*wanted, "split"])]
        for path in self.shards if shard is None else (self.shards[shard],):
            for batch in pq.ParquetFile(path).iter_batches(batch_size=64, columns=read):
                for row in batch.to_pylist():
                    if split is None or row["split"] == split:
                        yield row if wanted is None else {key: row[key] for key in wanted}


def open_corpus(folder: Path | str) -> Corpus:
    """Open a corpus that `trichord data` has written.

    Raises:
        InputError: the folder holds no corpus, or one whose build is not finished.
    """
    folder = Path(folder)
    plan = read_plan_json(folder)
    shards = tuple(folder / shard["file"] for shard in plan["shards"])
    missing = [path.name for path in shards if not path.exists()]
    if missing:
        raise InputError(
            f"{folder}: {len(missing)} of {len(shards)} shards are not built yet; "
            "run the same `trichord data` command again"
        )
    return Corpus(folder, tuple(read_instrument(row) for row in plan["instruments"]), shards)
