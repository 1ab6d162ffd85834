"""How speeds are taken: pieces of work in turns, the best of several rounds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

import torch

SIDE = 1024
"""Of the square matrices whose product tells what the machine can do."""


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


def products(dtype: torch.dtype, times: int = 8) -> tuple[Callable[[], None], float]:
    """Products of square matrices as a piece of work, and its floating-point operations."""
    first, second = torch.randn(2, SIDE, SIDE).to(dtype)

    def multiply() -> None:
        for _ in range(times):
            torch.mm(first, second)

    return multiply, 2.0 * times * SIDE**3


def circumstances(threads: int) -> str:
    """The machine in a sentence: processor, threads, and how busy it was."""
    busy = os.getloadavg()[0]
    return (
        f"{threads} threads of {os.cpu_count()} cores ({_processor()}), PyTorch "
        f"{torch.__version__.partition('+')[0]}; load {busy:.1f} while it was measured, this "
        "process included."
    )


def _processor() -> str:
    """What the processor calls itself, with the precision that it multiplies fast."""
    name = "processor"
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            for line in file:
                if line.startswith("model name"):
                    name = line.partition(":")[2].strip()
                    break
    except OSError:
        pass
    return f"{name}, {torch.backends.cpu.get_cpu_capability()}"
