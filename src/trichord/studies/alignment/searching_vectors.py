"""A million vectors searched: exactly, and by the shortlist of LanceDB."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trichord.choose.axes import axes
from trichord.choose.index import lance
from trichord.choose.index.matrices import Matrices
from trichord.choose.index.search import Shortlist, best
from trichord.choose.wish import Wish
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell, Table, Target, percent

DIM, LISTED = 128, 10
CENTRES, NOISE = 10_000, 0.7
"""Vectors lie about so many centres, at so many times a centre's length: like sounds of kinds."""


VECTORS, QUERIES, MOST = 1_000_000, 10, 0.300
"""How many, how many queries, and the seconds that are asked of one."""


@dataclass(frozen=True)
class Found:
    """What queries took and found.

    Attributes:
        seconds, least: by the clock, the median and the shortest.
        processor: seconds of the processor, the median.
        numbers: of the results of every query.
    """

    seconds: float
    least: float
    processor: float
    numbers: tuple[tuple[int, ...], ...]

    def recall(self, exact: Found) -> float:
        """The share of the exact results that is found."""
        pairs = zip(self.numbers, exact.numbers, strict=True)
        return float(np.mean([len({*a} & {*b}) / len(b) for a, b in pairs]))


def vectors_table(study: AlignmentStudy) -> Table:
    """The exact search among synthetic vectors, and LanceDB's beside it where it is installed."""
    rng = study.rng("vectors")
    matrices = synthetic(VECTORS, rng)
    asked = list(queries(matrices, QUERIES, rng))
    exact = ask(matrices, asked)
    rows: list[tuple[Cell, ...]] = [_row("exact", exact, exact, None)]
    if lance.installed():
        with tempfile.TemporaryDirectory(prefix="trichord-") as name:
            shortlist, seconds = indexed(matrices, Path(name))
            rows.append(_row("LanceDB", ask(matrices, asked, shortlist), exact, seconds))
    size = (matrices.vectors.nbytes + matrices.axes.nbytes) / 1e6
    return Table(
        title="Search among a million vectors",
        columns=("search", "a query, ms, median", "least", "of the processor, ms",
                 "of the exact first ten", "made once, s"),
        rows=tuple(rows),
        about=(
            f"{VECTORS:,} synthetic vectors about {CENTRES:,} centres, {QUERIES} queries near some "
            f"of them. The exact search is one product of {size:.0f} MB in memory. LanceDB (an "
            " inverted file, product quantisation), asked past a million vectors alone, gives a "
            "shortlist that is scored exactly. By the clock, beside other programs (load "
            f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)."
        ),
        targets=(
            Target(f"a query over {VECTORS:,} synthetic vectors", f"≤ {1000 * MOST:.0f} ms",
                   f"{1000 * exact.seconds:.0f} ms", exact.seconds <= MOST),
        ),
    )  # fmt: skip


def _row(name: str, found: Found, exact: Found, made: float | None) -> tuple[Cell, ...]:
    times = (1000 * each for each in (found.seconds, found.least, found.processor))
    return (name, *times, percent(found.recall(exact)), made)


def synthetic(count: int, rng: np.random.Generator) -> Matrices:
    """Unit vectors about centres, with axes that are noise."""
    centres = rng.standard_normal((min(count, CENTRES), DIM), dtype=np.float32)
    vectors = NOISE * rng.standard_normal((count, DIM), dtype=np.float32)
    vectors += centres[rng.integers(len(centres), size=count)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    seen = rng.standard_normal((count, len(axes())), dtype=np.float32)
    return Matrices(np.arange(count), vectors, seen)


def queries(matrices: Matrices, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Unit vectors near some of the vectors."""
    near = matrices.vectors[rng.integers(len(matrices), size=count)]
    asked = near + 0.5 / DIM**0.5 * rng.standard_normal((count, DIM), dtype=np.float32)
    return asked / np.linalg.norm(asked, axis=1, keepdims=True)


def ask(
    matrices: Matrices, asked: Sequence[NDArray[np.float32]], shortlist: Shortlist | None = None
) -> Found:
    """Searches for every query after a first one that warms up."""
    best(Wish(asked[0]), matrices, LISTED, shortlist)
    clock: list[float] = []
    processor: list[float] = []
    numbers: list[tuple[int, ...]] = []
    for one in asked:
        started, begun = time.perf_counter(), time.process_time()
        hits = best(Wish(one), matrices, LISTED, shortlist)
        clock.append(time.perf_counter() - started)
        processor.append(time.process_time() - begun)
        numbers.append(tuple(hit.number for hit in hits))
    return Found(float(np.median(clock)), min(clock), float(np.median(processor)), tuple(numbers))


def indexed(matrices: Matrices, folder: Path) -> tuple[Shortlist, float]:
    """LanceDB's shortlist of the vectors, and the seconds that its table took."""
    started = time.perf_counter()
    shortlist = lance.lance_shortlist(folder, matrices, "synthetic")
    return shortlist, time.perf_counter() - started


def peak_megabytes() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
