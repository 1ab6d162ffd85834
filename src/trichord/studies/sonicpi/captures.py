"""Captures of many programs, made once and kept: a pass that was stopped goes on where it was."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from trichord.progress import Progress
from trichord.studies.sonicpi.capture import Capture, capture, load_capture
from trichord.studies.sonicpi.programs import Program
from trichord.studies.sonicpi.server import Jack, require_real_server


def captures(
    programs: Sequence[Program], seconds: float, folder: Path, jobs: int, progress: Progress
) -> list[Capture]:
    """The captures of all programs, in their order; those that are missing are made.

    Args:
        programs: to run on the real server.
        seconds: of each score: as long as that does each take, and ten seconds more.
        folder: where captures are kept, and the logs of servers that fail.
        jobs: servers that run side by side.
        progress: told of each program.

    Raises:
        InputError: a server does not boot.
        MissingProgramError: the real server cannot run here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = {one.name: load_capture(_path(folder, one), one.code, seconds) for one in programs}
    missing = [one for one in programs if kept[one.name] is None]
    if missing:
        require_real_server()
        for made in _made(missing, seconds, folder, jobs, progress):
            kept[made.name] = made
    found = [kept[one.name] for one in programs]
    return [one for one in found if one is not None]


def _made(
    programs: Sequence[Program], seconds: float, folder: Path, jobs: int, progress: Progress
) -> Iterator[Capture]:
    task = progress.task("programs on the real Sonic Pi server", len(programs))
    stop = threading.Event()
    with terminable(), Jack(folder / "jack.log") as jack, ThreadPoolExecutor(jobs) as servers:

        def one(program: Program) -> Capture:
            made = capture(program.name, program.code, seconds, jack, folder / "servers", stop)
            made.save(_path(folder, program))
            return made

        futures = [servers.submit(one, program) for program in programs]
        try:
            for future in as_completed(futures):
                made = future.result()
                task.advance(program=made.name, messages=len(made.sent))
                yield made
        finally:
            stop.set()
            for future in futures:
                future.cancel()


@contextmanager
def terminable() -> Generator[None]:
    """Ends the servers when we are asked to end: they are no children that end with us."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _path(folder: Path, program: Program) -> Path:
    return folder / f"{program.name}.json"
