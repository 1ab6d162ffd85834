"""Scores of many programs in shards: what each plays, said by Sonic Pi's runtime, unrendered.

A shard is one file, written under another name and renamed when it is whole: a build that was
killed goes on where it stopped, to the same bytes.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from trichord.data.choose import Watch, unwatched
from trichord.errors import InputError
from trichord.files import read_json, write_arrays, write_json
from trichord.livecode.sonicpi import Renderer
from trichord.score import Score, pack, unpack
from trichord.train.code_programs import EDITS, FAMILY_EVERY, SEED, Taught, programs

SHARD = 200
"""Programs of a shard."""


@dataclass(frozen=True)
class ScoresOptions:
    """Which programs are played, and where their scores go."""

    out: Path = Path("build/code/scores")
    """Folder of the shards; what is there already stays."""
    shards: int = 100
    """How many, of 200 programs each."""
    seconds: float = 18.0
    """Played of each program."""
    seed: int = SEED
    """Of the programs."""
    workers: int = 1
    """Processes that play at the same time."""


def shard_path(folder: Path, index: int) -> Path:
    """The file of a shard."""
    return folder / f"scores-{index:05d}.npz"


def build_scores(options: ScoresOptions, watch: Watch = unwatched) -> int:
    """Plays the programs of all shards that are missing; returns how many shards there are.

    Raises:
        InputError: the folder holds the scores of other programs.
        MissingProgramError: Sonic Pi is not installed.
    """
    _claim(options)
    batches = _batches(options)
    with Renderer(workers=options.workers, score_only=True) as renderer:
        for index, batch in enumerate(batches):
            path = shard_path(options.out, index)
            if not path.exists():
                _write(path, batch, renderer, options.seconds)
            watch("playing programs", index + 1, options.shards)
    return options.shards


def _batches(options: ScoresOptions) -> Iterator[list[Taught]]:
    listed = programs(options.seed)
    for _ in range(options.shards):
        yield list(islice(listed, SHARD))


def _claim(options: ScoresOptions) -> None:
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "config.json"
    said = {
        "seed": options.seed,
        "seconds": options.seconds,
        "shard": SHARD,
        "edits": [EDITS, FAMILY_EVERY],
    }
    if path.exists() and read_json(path, "choose another folder") != said:
        raise InputError(f"{path}: scores of other programs; choose another folder")
    write_json(path, said, indent=None)


def _write(path: Path, batch: Sequence[Taught], renderer: Renderer, seconds: float) -> None:
    kept: list[Taught] = []
    scores: list[Score] = []
    renders = renderer.render_many([each.code for each in batch], seconds=seconds)
    for taught, render in zip(batch, renders, strict=True):
        # A program that fails is a poor example; what it sounds is left to chance.
        if not render.errors and any(e.kind in ("synth", "sample") for e in render.score.events):
            kept.append(taught)
            scores.append(render.score)
    write_arrays(path, {"programs": as_bytes(kept), **pack(scores)})


def as_bytes(kept: Sequence[Taught]) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Programs as a column of a shard."""
    return np.frombuffer(json.dumps([asdict(each) for each in kept]).encode(), np.uint8)


def read_shard(path: Path, *, scores: bool = True) -> tuple[list[Taught], list[Score]]:
    """Programs and scores of a shard; `scores=False` reads the programs alone.

    Raises:
        InputError: the file is no shard.
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            taught = [Taught(**each) for each in json.loads(kept["programs"].tobytes())]
            columns = {name: kept[name] for name in kept.files if name != "programs"}
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: no shard of scores; delete it and build again") from error
    return taught, unpack(columns) if scores else []
