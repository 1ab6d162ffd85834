"""Where jobs run: in this process, or in a pool of local processes, with the same code.

Another pool needs `Executor.run_with`; `trichord.data.cluster` has one for Ray.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from multiprocessing.util import Finalize
from typing import Any, Generic, Protocol, TypeVar

from trichord.errors import TrichordError

Job = TypeVar("Job")
Result = TypeVar("Result")


Tool = TypeVar("Tool")

LOST_WORKER = "a worker process was killed (out of memory?): run the same command again to go on"

OpenTool = Callable[[], AbstractContextManager[Tool]]
"""Makes what a worker process keeps for its life: a renderer, say. Importable by its name."""


class Executor(Protocol):
    """Runs one function over many jobs; results come back as they finish, with the job's index."""

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Result]]:
        """Yield (index of the job, result) in any order; an error of a job is raised here.

        Functions and jobs must be importable by a fresh process.
        """
        return self.run_with(nullcontext, Toolless(function), jobs)

    def run_with(
        self,
        open_tool: OpenTool[Tool],
        function: Callable[[Tool, Job], Result],
        jobs: Sequence[Job],
    ) -> Iterator[tuple[int, Result]]:
        """As `run`; every worker opens one tool, hands it to all of its jobs and closes it."""
        ...


class LocalExecutor(Executor):
    """Processes of this machine; with one worker or none, this process itself.

    Args:
        workers: processes at the same time.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run_with(
        self,
        open_tool: OpenTool[Tool],
        function: Callable[[Tool, Job], Result],
        jobs: Sequence[Job],
    ) -> Iterator[tuple[int, Result]]:
        """See `Executor.run_with`."""
        if not jobs:
            return
        if self.workers <= 1 or len(jobs) == 1:
            with open_tool() as tool:
                for index, job in enumerate(jobs):
                    yield index, function(tool, job)
            return
        context = multiprocessing.get_context("spawn")  # fork would copy the synthesiser's threads
        pool = ProcessPoolExecutor(
            self.workers,
            mp_context=context,
            initializer=_begin,
            initargs=(os.getpid(), open_tool),
        )
        try:
            yield from _drain(pool, _WithTool(function), jobs, 2 * self.workers)
        except BrokenProcessPool as error:
            raise TrichordError(LOST_WORKER) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True)
class Toolless(Generic[Job, Result]):
    """A function of the job alone, as one that is handed a tool."""

    function: Callable[[Job], Result]

    def __call__(self, tool: None, job: Job) -> Result:  # noqa: D102 the class says it
        return self.function(job)


@dataclass(frozen=True)
class _WithTool(Generic[Job, Result]):
    """A function as the workers of the pool call it: with the tool that `_begin` opened there."""

    function: Callable[[Any, Job], Result]

    def __call__(self, job: Job) -> Result:
        return self.function(_TOOLS[-1], job)


_TOOLS: list[Any] = []
"""In a worker process: the one tool that it keeps."""


def _begin(parent: int, open_tool: OpenTool[Any]) -> None:
    """A worker's first act. Its tool is closed when the pool lets the process go."""
    _end_with_parent(parent)
    stack = ExitStack()
    _TOOLS.append(stack.enter_context(open_tool()))
    Finalize(None, stack.close, exitpriority=10)


def _drain(
    pool: ProcessPoolExecutor,
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    ahead: int,
) -> Iterator[tuple[int, Result]]:
    """Keep a few jobs submitted, so that an interrupt is not followed by the whole queue."""
    pending: dict[Future[Result], int] = {}
    following = iter(enumerate(jobs))
    while True:
        while len(pending) < ahead and (item := next(following, None)) is not None:
            pending[pool.submit(function, item[1])] = item[0]
        if not pending:
            return
        done, _ = wait(pending, return_when=FIRST_COMPLETED)
        for future in done:
            yield pending.pop(future), future.result()


def _end_with_parent(parent: int) -> None:
    """A worker ends when its parent was killed: nobody is left to collect its work."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
