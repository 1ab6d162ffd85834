"""How every figure is taken: in turns with its peer, the best of several rounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One speed beside another one; `ratio` above 1 means faster than the peer."""

    name: str
    value: float
    peer: str
    peer_value: float
    unit: str

    @property
    def ratio(self) -> float:
        return self.value / self.peer_value


def best_seconds(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """The shortest time of each piece of work; they take turns, so that all meet the same machine.

    One untimed round comes first: it pays for lazy imports, caches and memory.
    """
    best = [float("inf")] * len(works)
    for turn in range(rounds + 1):
        for index, work in enumerate(works):
            start = time.perf_counter()
            work()
            if turn:
                best[index] = min(best[index], time.perf_counter() - start)
    return best
