"""A million vectors searched: exactly, and by the shortlist of LanceDB."""

from __future__ import annotations

import resource
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

DIM, LISTED = 128, 10
CENTRES, NOISE = 10_000, 0.7
"""Vectors lie about so many centres, at so many times a centre's length: like sounds of kinds."""


@dataclass(frozen=True)
class Found:
    """What queries took and found.

    Attributes:
        seconds: by the clock, the median.
        processor: seconds of the processor, the median.
        numbers: of the results of every query.
    """

    seconds: float
    processor: float
    numbers: tuple[tuple[int, ...], ...]

    def recall(self, exact: Found) -> float:
        """The share of the exact results that is found."""
        pairs = zip(self.numbers, exact.numbers, strict=True)
        return float(np.mean([len({*a} & {*b}) / len(b) for a, b in pairs]))


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
    return Found(float(np.median(clock)), float(np.median(processor)), tuple(numbers))


def indexed(matrices: Matrices, folder: Path) -> tuple[Shortlist, float]:
    """LanceDB's shortlist of the vectors, and the seconds that its table took."""
    started = time.perf_counter()
    shortlist = lance.lance_shortlist(folder, matrices, "synthetic")
    return shortlist, time.perf_counter() - started


def peak_megabytes() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
