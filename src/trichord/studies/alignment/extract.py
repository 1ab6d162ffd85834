"""Clips of the corpus's test split as sets of their own: siblings, and unseen programs."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trichord.data.clips.reading import open_clips
from trichord.data.clips.schema import COMPRESSION, REPEATED, arrow_schema
from trichord.data.shards import Columns, write_rows
from trichord.errors import InputError
from trichord.studies.alignment.rendering import CANDIDATES, plain_columns


def sibling_names(corpus: Path, each: int, seed: int) -> dict[str, list[str]]:
    """Sets of ten variations of one held-out template; no clip, and no sound, twice.

    Args:
        corpus: of clips.
        each: sets of a template, at most.
        seed: of the draw.

    Returns:
        Clip names by the name of the set.

    Raises:
        InputError: no held-out template has ten clips.
    """
    columns = ["clip_id", "template_id", "render_hash"]
    by_template: dict[str, dict[str, str]] = {}
    for row in open_clips(corpus).rows(columns, split="test"):
        by_template.setdefault(row["template_id"], {}).setdefault(
            row["render_hash"], row["clip_id"]
        )
    rng = np.random.default_rng(seed)
    sets: list[list[str]] = []
    for _, clips in sorted(by_template.items()):
        order: list[str] = rng.permutation(sorted(clips.values())).tolist()
        count = min(each, len(order) // CANDIDATES)
        sets += [order[at * CANDIDATES : (at + 1) * CANDIDATES] for at in range(count)]
    if not sets:
        raise InputError(f"{corpus}: no held-out template has {CANDIDATES} clips; build more")
    return {f"variation_{at:04d}": names for at, names in enumerate(sets)}


def unseen_names(corpus: Path, count: int, seed: int) -> dict[str, list[str]]:
    """Clips of unseen programs, in files of ten: as many templates as there are, evenly.

    Args:
        corpus: of clips.
        count: clips wanted; the test split may hold fewer.
        seed: of the draw.
    """
    return _spread("unseen", "test", corpus, count, seed)


def training_names(corpus: Path, count: int, seed: int) -> dict[str, list[str]]:
    """Clips of the training split, drawn in the same way."""
    return _spread("training", "train", corpus, count, seed)


def _spread(name: str, split: str, corpus: Path, count: int, seed: int) -> dict[str, list[str]]:
    by_template: dict[str, list[str]] = {}
    for row in open_clips(corpus).rows(["clip_id", "template_id"], split=split):
        by_template.setdefault(row["template_id"], []).append(row["clip_id"])
    rng = np.random.default_rng(seed)
    queues = [rng.permutation(sorted(clips)).tolist() for _, clips in sorted(by_template.items())]
    queues = [queues[at] for at in rng.permutation(len(queues))]
    names: list[str] = []
    while len(names) < count and any(queues):
        names += [queue.pop() for queue in queues if queue]
    names = names[: min(count, len(names)) // CANDIDATES * CANDIDATES]
    return {
        f"{name}_{at // CANDIDATES:04d}": names[at : at + CANDIDATES]
        for at in range(0, len(names), CANDIDATES)
    }


def extract_sets(corpus: Path, sets: Mapping[str, Sequence[str]], folder: Path) -> list[Path]:
    """Copies clips into one file per set, those files that are there already left alone.

    Args:
        corpus: of clips.
        sets: names of clips by the name of their set.
        folder: of the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.parquet" for name in sets}
    left = {name: set(clips) for name, clips in sets.items() if not paths[name].exists()}
    owner = {clip: name for name, clips in left.items() for clip in clips}
    found: dict[str, dict[str, Any]] = {}
    schema = arrow_schema()
    for row in wanted_rows(corpus, owner) if owner else ():
        name = owner[row["clip_id"]]
        found[row["clip_id"]] = row
        left[name].discard(row["clip_id"])
        if not left[name]:
            rows = [found.pop(clip) for clip in sets[name]]
            write_rows(paths[name], rows, schema, Columns(REPEATED, plain_columns() | COMPRESSION))
    return list(paths.values())


def wanted_rows(corpus: Path, wanted: Container[str]) -> Iterator[dict[str, Any]]:
    """Rows of the wanted clips; of the sounds only those groups of rows are read that hold one."""
    import pyarrow.parquet as pq

    for path in open_clips(corpus).shards:
        file = pq.ParquetFile(path)
        for group in range(file.num_row_groups):
            names = file.read_row_group(group, columns=["clip_id"]).column("clip_id").to_pylist()
            places = [at for at, name in enumerate(names) if name in wanted]
            if places:
                yield from file.read_row_group(group).take(places).to_pylist()
