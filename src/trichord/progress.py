"""What a user sees while a command works: a bar with the time left, JSON lines, or nothing.

Progress and results never share a stream: bars and notes go to stderr, and stdout carries JSON
lines only when they were asked for. On a pipe or in a log the bar becomes an occasional plain line.
"""

# Task and Progress are two halves of one thing and know each other's insides.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as Bars
    from rich.progress import TaskID

Mode = Literal["auto", "json", "quiet"]

PLAIN_INTERVAL = 10.0
"""Seconds between two plain lines when stderr is no terminal."""
JSON_INTERVAL = 1.0
"""Seconds between two JSON lines of a task whose steps carry no event of their own."""


class Task:
    """One piece of work of a known size, made by `Progress.task`."""

    def __init__(self, progress: Progress, description: str, total: int) -> None:
        self.description = description
        self.total = total
        self.done = 0
        self._progress = progress
        self._started = self._spoken = time.monotonic()
        self._bar = progress._add_bar(description, total)

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end at the pace so far; None before the first step."""
        if self.done <= 0:
            return None
        pace = (time.monotonic() - self._started) / self.done
        return max(0.0, pace * (self.total - self.done))

    def advance(self, n: int = 1, **event: object) -> None:
        """Counts `n` steps; `event` says what was finished (always one line in JSON mode)."""
        self.done += n
        self._progress._step(self, n, event)

    def _due(self, interval: float) -> bool:
        now = time.monotonic()
        if now - self._spoken < interval:
            return False
        self._spoken = now
        return True


class Progress:
    """Tells of a command's progress on the right stream; a context manager that clears its bar."""

    def __init__(self, mode: Mode = "auto") -> None:
        self.mode: Mode = mode
        self._bars: Bars | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def task(self, description: str, total: int) -> Task:
        """Starts a piece of work of `total` steps."""
        return Task(self, description, total)

    def event(self, **fields: object) -> None:
        """One JSON object on stdout in JSON mode; nothing otherwise."""
        if self.mode == "json":
            sys.stdout.write(json.dumps(fields, default=str) + "\n")
            sys.stdout.flush()

    def note(self, message: str) -> None:
        """One line for a person (a warning, a path that is ready) on stderr."""
        if self.mode == "quiet":
            return
        if self._bars is not None:
            self._bars.console.print(message, markup=False, highlight=False, soft_wrap=True)
        else:
            sys.stderr.write(message + "\n")
            sys.stderr.flush()

    def close(self) -> None:
        """Takes the bar off the terminal; safe to call twice."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

    def _add_bar(self, description: str, total: int) -> TaskID | None:
        if self.mode != "auto" or not sys.stderr.isatty():
            return None
        if self._bars is None:
            self._bars = _make_bars()
            self._bars.start()
        return self._bars.add_task(description, total=total)

    def _step(self, task: Task, n: int, event: dict[str, object]) -> None:
        if self.mode == "json":
            if event or task._due(JSON_INTERVAL):
                fields = {"task": task.description, "done": task.done, "total": task.total}
                self.event(**(fields | event))
        elif task._bar is not None and self._bars is not None:
            self._bars.advance(task._bar, n)
        elif self.mode == "auto" and task._due(PLAIN_INTERVAL):
            left = task.seconds_left or 0.0
            self.note(f"{task.description}: {task.done}/{task.total}, {left:.0f} s left")


def _make_bars() -> Bars:
    """A rich bar on stderr; rich is imported only where a terminal is there to draw on."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
