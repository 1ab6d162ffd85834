"""Programs of the tower's own list with sketches of their sound: a teacher without a render.

Scores become sketches shard by shard (`trichord.score.sketch`), each shard written whole or not at
all. What is nearly like a held-out program of the clips corpus is left out when they are loaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trichord.audio.bands import picture_of
from trichord.data.executor import LocalExecutor
from trichord.files import write_tensors
from trichord.livecode.compose.many import Seen
from trichord.livecode.sonicpi.patches import SonicPiPatches
from trichord.score import Score
from trichord.score.sketch import sketch
from trichord.train.align_pictures import Watch
from trichord.train.code_programs import Taught
from trichord.train.code_scores import (
    SHARD,
    ScoresOptions,
    build_scores,
    read_shard,
    shard_path,
)
from trichord.train.code_sets import CodeTable, cached_readings, kept

SECONDS = 18.0


def sketch_table(
    folder: Path,
    programs: int,
    held_out: Sequence[str],
    workers: int,
    watch: Watch | None = None,
) -> CodeTable:
    """Programs of the list with their sketches; what is missing is built.

    Args:
        folder: where scores, sketches and readings are kept.
        programs: how many of the list are played; some fail or are left out.
        held_out: programs that nothing here may be nearly like.
        workers: processes.
        watch: is told of progress.
    """
    shards = -(-programs // SHARD)
    options = ScoresOptions(out=folder / "scores", shards=shards, workers=workers)
    build_scores(options, watch or (lambda what, done, total: None))
    paths = [shard_path(options.out, index) for index in range(shards)]
    targets = build_sketches(paths, folder / "sketches", workers, watch)
    taught, pictures = load_sketches(targets)
    rows = torch.tensor(list(unlike(taught, held_out)), dtype=torch.long)
    taught = [taught[row] for row in rows.tolist()]
    readings = cached_readings([each.code for each in taught], folder, workers, watch)
    numbers = torch.arange(len(taught))
    return CodeTable(
        readings,
        pictures[rows],
        torch.empty(len(taught), 0),
        torch.tensor([each.family for each in taught], dtype=torch.long),
        numbers,
        ("train",) * len(taught),
    )


def unlike(taught: Sequence[Taught], held_out: Sequence[str]) -> Iterator[int]:
    """Places of the programs of families of which none is nearly like a held-out program."""
    seen = Seen()
    for code in held_out:
        seen.add(code)
    # Edits go with what they are edits of, and none of the list is nearly like another.
    verdicts: dict[int, bool] = {}
    for place, each in enumerate(taught):
        if each.family not in verdicts:
            verdicts[each.family] = seen.add(each.code)
        if verdicts[each.family]:
            yield place


def build_sketches(
    scores: Sequence[Path], folder: Path, workers: int, watch: Watch | None = None
) -> list[Path]:
    """Sketches of shards of scores; those made before are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(path, folder / f"{path.stem}.safetensors") for path in scores]
    todo = [job for job in jobs if not job[1].is_file()]
    for done, _ in enumerate(LocalExecutor(workers).run_with(Patching, _sketch, todo), start=1):
        if watch is not None:
            watch("sketching", done, len(todo))
    return [target for _, target in jobs]


class Patching:
    """A worker's patches: a context that hands them out and has nothing to close."""

    def __enter__(self) -> SonicPiPatches:
        return SonicPiPatches()

    def __exit__(self, *_: object) -> None:
        return


def _sketch(patches: SonicPiPatches, job: tuple[Path, Path]) -> None:
    source, target = job
    taught, scores = read_shard(source)
    pictures = torch.stack([_picture(score, patches) for score in scores])
    told = json.dumps([asdict(each) for each in taught])
    write_tensors(target, {"pictures": pictures}, {"programs": told})


def _picture(score: Score, patches: SonicPiPatches) -> Tensor:
    power = sketch(score, patches, seconds=SECONDS)
    return kept(torch.from_numpy(np.ascontiguousarray(picture_of(power))))


def load_sketches(shards: Sequence[Path]) -> tuple[list[Taught], Tensor]:
    """Programs and pictures (as `kept`) of shards of sketches."""
    from safetensors import safe_open

    taught: list[Taught] = []
    parts: list[Tensor] = []
    for shard in shards:
        with safe_open(shard, framework="pt") as opened:
            told: list[dict[str, Any]] = json.loads(opened.metadata()["programs"])
            pictures = opened.get_tensor("pictures")
        taught += [Taught(**each) for each in islice(told, len(pictures))]
        parts.append(pictures)
    return taught, torch.cat(parts)
