"""Reading a corpus of clips, shard by shard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trichord.data.plan import read_plan_json
from trichord.errors import InputError


@dataclass(frozen=True)
class Clips:
    """A folder of clips.

    Attributes:
        shards: the Parquet files, in order.
    """

    folder: Path
    shards: tuple[Path, ...]

    def rows(
        self,
        columns: Sequence[str] | None = None,
        kind: str | None = None,
        split: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Rows as dictionaries, in order; `audio` is {"bytes": FLAC, "path": str}.

        Args:
            columns: the ones to read; all if None. Without `audio` a corpus is read in seconds.
            kind: the only kind to yield.
            split: the only split to yield.
        """
        import pyarrow.parquet as pq

        wanted = None if columns is None else [*columns]
        read = None if wanted is None else [*dict.fromkeys([*wanted, "kind", "split"])]
        for path in self.shards:
            for batch in pq.ParquetFile(path).iter_batches(batch_size=32, columns=read):
                for row in batch.to_pylist():
                    if kind in (None, row["kind"]) and split in (None, row["split"]):
                        yield row if wanted is None else {key: row[key] for key in wanted}


def open_clips(folder: Path | str) -> Clips:
    """Open a corpus that `trichord data programs` has written.

    Raises:
        InputError: the folder holds no corpus of clips, or one whose build is not finished.
    """
    folder = Path(folder)
    plan = read_plan_json(folder)
    if plan.get("options", {}).get("kind") != "programs":
        raise InputError(f"{folder}: no corpus of clips; `trichord data programs` builds one")
    shards = tuple(folder / shard["file"] for shard in plan["shards"])
    missing = [path.name for path in shards if not path.exists()]
    if missing or not (folder / "report.json").exists():
        raise InputError(
            f"{folder}: {len(missing)} of {len(shards)} shards are not built yet; "
            "run the same `trichord data` command again"
        )
    return Clips(folder, shards)
