"""Programs played by Sonic Pi's runtime on a virtual clock: a pool of fork servers.

Each worker is one Ruby process that loaded Sonic Pi once (about a second) and forks a child for
every program, inside the sandbox. A worker is started, spoken to and ended by one thread of its
own, since the sandbox ends with the thread that started it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Self

from trichord.errors import InputError
from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.forkserver import ForkServer, Job
from trichord.livecode.sonicpi.recording import Recording
from trichord.livecode.sonicpi.sandbox import Limits, require_sandbox
from trichord.livecode.sonicpi.source import program_text

if TYPE_CHECKING:
    from types import TracebackType

LONGEST_SECONDS = 3600.0
"""The longest score, in seconds."""


class RuntimePool:
    """Workers that record programs; a context manager, or `close` it.

    Args:
        workers: Processes that play at the same time.
        limits: What one program may use.
        sandbox: Whether programs run confined. Switch it off for programs you trust alone.
        synthdefs: Folders of further compiled synth definitions, usable by name.
        samples: Folders of further samples, usable by name.
        installation: The Sonic Pi to play with; the one that is found by default.

    Raises:
        MissingProgramError: Sonic Pi or the sandbox is not installed.
        SandboxError: The sandbox cannot run here.
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        limits: Limits | None = None,
        sandbox: bool = True,
        synthdefs: Sequence[Path] = (),
        samples: Sequence[Path] = (),
        installation: install.Installation | None = None,
    ) -> None:
        if workers < 1:
            raise InputError(f"workers = {workers}: at least one is needed")
        if sandbox:
            require_sandbox()
        self.installation = installation or install.find()
        self.limits = limits or Limits()
        self._servers = [
            ForkServer(self.installation, self.limits, sandbox, synthdefs, samples)
            for _ in range(workers)
        ]
        # One executor of one thread for each server keeps a server with its thread.
        self._threads = [ThreadPoolExecutor(1, "sonicpi") for _ in range(workers)]
        starts = [t.submit(s.start) for t, s in zip(self._threads, self._servers, strict=True)]
        self._turns = itertools.cycle(range(workers))
        try:
            for start in starts:
                start.result()
        except BaseException:
            self.close()
            raise

    def run(self, code: str | bytes, *, seconds: float = 18.0, seed: int = 1) -> Recording:
        """Records one program.

        Args:
            code: The program.
            seconds: Length of the score; a program that ends earlier makes it shorter.
            seed: Of what Ruby itself draws. Sonic Pi's own random stream has its own seeds.

        Raises:
            InputError: The program is empty, too long or not UTF-8, or `seconds` is out of range.
            ForkServerError: The runtime could not be loaded.
        """
        worker = next(self._turns)
        return self._submit(worker, Job(program_text(code), _length(seconds), seed)).result()

    def map(
        self, codes: Iterable[str | bytes], *, seconds: float = 18.0, seed: int = 1
    ) -> Iterator[tuple[int, Recording]]:
        """Records programs on all workers and gives each with its place, as they get ready.

        Programs are taken from `codes` only as fast as they are played.

        Raises:
            InputError: As `run`, when the faulty program's turn has come.
            ForkServerError: The runtime could not be loaded.
        """
        jobs = enumerate(Job(program_text(code), _length(seconds), seed) for code in codes)
        free = list(range(len(self._servers)))
        running: dict[Future[Recording], tuple[int, int]] = {}
        try:
            while True:
                while free and (job := next(jobs, None)):
                    worker = free.pop()
                    running[self._submit(worker, job[1])] = (job[0], worker)
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    place, worker = running.pop(future)
                    free.append(worker)
                    yield place, future.result()
        finally:
            for future in running:
                future.cancel()

    def close(self) -> None:
        """Ends all workers; programs that are being played end with them."""
        for server in self._servers:
            server.kill()
        threads, self._threads = self._threads, []
        for thread, server in zip(threads, self._servers, strict=False):
            thread.submit(server.close)
            thread.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _submit(self, worker: int, job: Job) -> Future[Recording]:
        if not self._threads:
            raise RuntimeError("the pool is closed")
        return self._threads[worker].submit(self._servers[worker].play, job)


def _length(seconds: float) -> float:
    if not 0 < seconds <= LONGEST_SECONDS:
        raise InputError(f"seconds = {seconds:g}: a score lasts more than 0 and up to 3600 s")
    return seconds
