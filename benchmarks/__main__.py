"""`make bench`: every figure beside its peer, as a table and as build/bench.json."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import tyro

from benchmarks import choose, codec, corpus, lm, programs
from benchmarks.timing import Figure
from trichord.codec import load_codec
from trichord.instrument.models import WEIGHTS
from trichord.lm.config import read_config


@dataclass(frozen=True)
class BenchOptions:
    """Measures the shipped models against peers and the machine."""

    out: Path = Path("build/bench.json")
    """Where the figures go."""
    rounds: int = 3
    """Turns of each piece of work; the best one counts."""


def figures(rounds: int) -> Iterator[Figure]:
    """All figures, quick ones first."""
    yield from corpus.figures(rounds)
    yield from programs.figures(rounds)
    yield from choose.figures(rounds)
    yield from lm.figures(read_config(WEIGHTS / "lm"), rounds)
    yield from codec.figures(load_codec(WEIGHTS / "codec"), rounds)


def main() -> None:
    """Prints each figure when it is there; writes all of them at the end."""
    options = tyro.cli(BenchOptions, prog="python -m benchmarks")
    taken: list[Figure] = []
    for figure in figures(options.rounds):
        taken.append(figure)
        print(
            f"{figure.ratio:8.2f} x  {figure.name}: {figure.value:.3g} {figure.unit}"
            f" against {figure.peer_value:.3g} ({figure.peer})",
            flush=True,
        )
    machine = {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }
    rows = [{**asdict(figure), "ratio": figure.ratio} for figure in taken]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    report = {"machine": machine, "figures": rows}
    options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    sys.stderr.write(f"written to {options.out}\n")


if __name__ == "__main__":
    main()
