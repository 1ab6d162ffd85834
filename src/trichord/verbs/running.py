"""What verbs have in common: progress while the work is done, results to stdout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from trichord.progress import Progress, Task

Options = TypeVar("Options")
Watch = Callable[[str, int, int], None]
Follow = Callable[[dict[str, Any]], None]


def with_progress(work: Callable[[Options, Progress], dict[str, Any]], options: Options) -> int:
    """Runs work that tells its own progress; prints its report."""
    with Progress() as progress:
        return print_report(work(options, progress))


def with_watch(build: Callable[[Options, Watch], dict[str, Any]], options: Options) -> int:
    """Runs a build that tells how many of what are done, with a bar for each; prints its report."""
    tasks: dict[str, Task] = {}
    with Progress() as progress:

        def watch(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.task(what, total)
            tasks[what].advance(done - tasks[what].done)

        return print_report(build(options, watch))


def with_bar(
    train: Callable[[Options, Follow], dict[str, Any]], config: Options, steps: int
) -> int:
    """Runs a training with its lines of metrics above a bar of `steps`; prints what it returns.

    Of several processes that torchrun started the first one alone speaks.
    """
    if os.environ.get("RANK", "0") != "0":
        train(config, lambda _metrics: None)
        return 0
    with Progress() as progress:
        task = progress.task("training", steps)

        def follow(metrics: dict[str, Any]) -> None:
            progress.note("  ".join(f"{name} {_short(value)}" for name, value in metrics.items()))
            task.advance(metrics["step"] - task.done)

        return print_report(train(config, follow))


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def print_report(report: dict[str, Any]) -> int:
    """One JSON object on stdout; returns the exit code of what is done."""
    print_line(json.dumps(report, indent=2, default=str))
    return 0


def print_line(line: str) -> None:
    """A line of a result; flushed, for the reader may wait for it."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
