"""Where jobs run: in this process, or in a pool of local processes, with the same code.

Another pool (a cluster, say) needs the one method of `Executor`.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

from trichord.errors import TrichordError

Job = TypeVar("Job")
Result = TypeVar("Result")


class Executor(Protocol):
    """Runs one function over many jobs; results come back as they finish, with the job's index."""

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Result]]:
        """Yield (index of the job, result) in any order; an error of a job is raised here."""
        ...


class LocalExecutor:
    """Processes of this machine; with one worker, this process itself.

    Args:
        workers: processes at the same time, at least 1.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Result]]:
        """See `Executor.run`. Functions and jobs must be importable by a fresh process."""
        if self.workers == 1 or len(jobs) <= 1:
            for index, job in enumerate(jobs):
                yield index, function(job)
            return
        context = multiprocessing.get_context("spawn")  # fork would copy the synthesiser's threads
        pool = ProcessPoolExecutor(
            self.workers, mp_context=context, initializer=_end_with_parent, initargs=(os.getpid(),)
        )
        try:
            yield from _drain(pool, function, jobs, 2 * self.workers)
        except BrokenProcessPool as error:
            raise TrichordError(
                "a worker process was killed (out of memory?): run the same command again to go on"
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


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
