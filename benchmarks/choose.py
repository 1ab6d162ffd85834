"""Ranking candidates and searching folders, each beside what it must beat."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.timing import Figure, best_seconds
from trichord.choose.axes import axes
from trichord.choose.index.build import update
from trichord.choose.index.matrices import Matrices
from trichord.choose.index.search import best
from trichord.choose.index.store import open_store
from trichord.choose.rank import rank_programs
from trichord.choose.wish import Wish
from trichord.livecode.compose import compose_many
from trichord.livecode.towers import Tower, load_tower
from trichord.livecode.towers.load import reading_tower
from trichord.progress import Progress
from trichord.space.clips import ClipSpace, load_clip_space

CANDIDATES = 10
BOUNDS = {"code": 0.05, "score": 0.5, "audio": 3.0}
"""Seconds in which ten candidates are to be ranked by a warm process on two cores."""
QUERY, MILLION = 0.1, 0.3
"""Seconds that a warm query may take, over 10,000 files and over a million vectors."""


def figures(rounds: int, files: int = 10_000, vectors: int = 1_000_000) -> Iterator[Figure]:
    """Ten candidates by each tower; an index of many files; a million vectors."""
    space = load_clip_space()
    for name, bound in BOUNDS.items():
        with load_tower(name, space) as tower:
            yield ranking(tower, bound, rounds)
    yield from folder(space, reading_tower(space), rounds, files)
    yield million(rounds, vectors)


def ranking(tower: Tower, bound: float, rounds: int) -> Figure:
    """Ten composed programs in the order of "darker, slower"."""
    programs = [program.code for program in compose_many(CANDIDATES, seed=7)]
    seconds = best_seconds([lambda: rank_programs(programs, "darker, slower", tower)], rounds)[0]
    name = f"{CANDIDATES} candidates by the {tower.name} tower"
    return Figure(name, 1 / seconds, f"{bound * 1000:.0f} ms", 1 / bound, "rankings/s")


def folder(space: ClipSpace, tower: Tower, rounds: int, files: int) -> Iterator[Figure]:
    """An index of short samples and small programs: made, brought up to date, asked."""
    with tempfile.TemporaryDirectory() as name:
        sounds, place = Path(name) / "sounds", Path(name) / "index"
        sounds.mkdir()
        place.mkdir()
        _fill(sounds, files)
        store, _ = open_store(place, "bench")
        with store:

            def bring() -> object:
                return update(sounds, store, space, tower, Progress("quiet"))

            start = time.perf_counter()
            bring()
            first = time.perf_counter() - start
            matrices = store.matrices()
            wish = Wish(np.asarray(matrices.vectors[0]), "like the first")
            again, query = best_seconds([bring, lambda: best(wish, matrices, 10)], rounds)
    yield Figure("index of new files", files / first, "as before", files / again, "files/s")
    label = f"{QUERY * 1000:.0f} ms"
    yield Figure(f"query over {files:,} files", 1 / query, label, 1 / QUERY, "queries/s")


def million(rounds: int, count: int) -> Figure:
    """The exact search over random unit vectors."""
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((count, 128), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    values = rng.standard_normal((count, len(axes())), np.float32)
    matrices = Matrices(np.arange(count), vectors, values)
    wish = Wish(vectors[0], "like the first")
    seconds = best_seconds([lambda: best(wish, matrices, 10)], rounds)[0]
    label = f"{MILLION * 1000:.0f} ms"
    return Figure(f"query over {count:,} vectors", 1 / seconds, label, 1 / MILLION, "queries/s")


def _fill(sounds: Path, files: int) -> None:
    """Nine samples of half a second for each program."""
    rng = np.random.default_rng(1)
    programs = _texts(files // 10)
    for i, text in enumerate(programs):
        (sounds / f"song{i}.rb").write_text(text, encoding="utf-8")
    moments = np.arange(11025) / 22050
    for i in range(files - len(programs)):
        hz, fall = rng.uniform(60, 4000), rng.uniform(2, 30)
        wave = 0.5 * np.exp(-fall * moments) * np.sin(2 * np.pi * hz * moments)
        soundfile.write(sounds / f"note{i}.wav", wave, 22050)


def _texts(count: int) -> Sequence[str]:
    return [program.code for program in compose_many(count, seed=11)]
