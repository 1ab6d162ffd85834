"""One worker of the pool: the Ruby process of `runtime/worker.rb`, its pipes and its life."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from trichord.errors import TrichordError
from trichord.livecode.sonicpi import seccomp
from trichord.livecode.sonicpi.install import Installation
from trichord.livecode.sonicpi.record import parse
from trichord.livecode.sonicpi.recording import Recording, stopped
from trichord.livecode.sonicpi.sandbox import ENVIRONMENT, Limits, sandboxed

RUNTIME = Path(__file__).parent / "runtime"
START_SECONDS = 120.0
"""The longest that loading Sonic Pi may take; about one second on a quiet machine."""
PRINTED = 1_000_000
"""Characters that a program may print."""
GRACE_SECONDS = 15.0
"""How much later than the fork server this side gives a program up."""


class ForkServerError(TrichordError):
    """The runtime could not be loaded, or it speaks no language that is known here."""


@dataclass(frozen=True)
class Job:
    """A program to record: its text, the length of the score in seconds, the seed."""

    code: str
    seconds: float
    seed: int


class ForkServer:
    """A Ruby process that records programs, started again when one of them brings it down.

    Every method but `kill` is called from one and the same thread.
    """

    def __init__(
        self,
        installation: Installation,
        limits: Limits,
        sandbox: bool,
        synthdefs: Sequence[Path] = (),
        samples: Sequence[Path] = (),
    ) -> None:
        self._installation = installation
        self._limits = limits
        self._sandbox = sandbox
        self._synthdefs = [Path(folder).resolve() for folder in synthdefs]
        self._samples = [Path(folder).resolve() for folder in samples]
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._log: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self.version = ""

    def start(self) -> None:
        """Starts the process and waits until Sonic Pi is loaded.

        Raises:
            ForkServerError: It did not come up; the message has the last line that it said.
        """
        # Both are closed with the server.
        self._folder = tempfile.TemporaryDirectory(prefix="trichord-sonicpi-")
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        folder = Path(self._folder.name)
        self._process = subprocess.Popen(
            self._command(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=self._environment(folder),
            cwd=folder,
        )
        try:
            self.version = str(json.loads(self._answer(START_SECONDS))["version"])
        except (EOFError, TimeoutError, ValueError, KeyError) as error:
            said = self._last_words()
            self.close()
            raise ForkServerError(
                f"Sonic Pi's runtime did not load: {said or error or 'it ended without a word'}"
            ) from None

    def play(self, job: Job) -> Recording:
        """Records one program; whatever becomes of it, there is a recording that can be trusted."""
        if self._closed:
            return stopped("the pool was closed")
        if self._process is None:
            self.start()
        try:
            self._send(job)
            recording = parse(self._answer(self._limits.wall_seconds + GRACE_SECONDS))
            self._check_paths(recording)
            return recording
        except (EOFError, OSError, TimeoutError) as error:
            self.stop()
            return stopped(f"the program took the runtime's process down with it ({error})")
        except ValueError as error:
            return stopped(f"the program spoilt its own record ({error})")

    def kill(self) -> None:
        """Ends the process at once, from any thread; a program in it is given up."""
        self._closed = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """Ends the process and removes its folder."""
        self._closed = True
        self.stop()

    def stop(self) -> None:
        """Ends the process, so that the next program starts a new one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
        if self._log is not None:
            self._log.close()
        if self._folder is not None:
            self._folder.cleanup()
        self._log = self._folder = None

    def _check_paths(self, recording: Recording) -> None:
        """Raises ValueError unless all files that a record names are ones that programs may use."""
        shared = self._installation.shared
        for paths, folders in (
            (recording.synthdefs.values(), [shared, *self._synthdefs]),
            ((b.path for b in recording.buffers.values() if b.path), [shared, *self._samples]),
        ):
            for path in paths:
                place = Path(os.path.normpath(path))
                if not any(place.is_relative_to(folder) for folder in folders):
                    raise ValueError(f"{path} is no file for programs")

    def _command(self, folder: Path) -> list[str]:
        options = {
            "root": os.fspath(self._installation.root),
            "filter": _filter(),
            "synthdefs": [os.fspath(path) for path in self._synthdefs],
            "samples": [os.fspath(path) for path in self._samples],
        }
        ruby = os.fspath(self._installation.ruby)
        argv = [ruby, "-W0", os.fspath(RUNTIME / "worker.rb"), json.dumps(options)]
        if not self._sandbox:
            return argv
        readable = [RUNTIME, *self._synthdefs, *self._samples]
        return sandboxed(argv, writable=folder, readable=readable)

    def _environment(self, folder: Path) -> dict[str, str]:
        return {**ENVIRONMENT, "HOME": os.fspath(folder), "TMPDIR": os.fspath(folder)}

    def _send(self, job: Job) -> None:
        limits = {**asdict(self._limits), "printed": PRINTED, "cues": self._limits.messages}
        line = json.dumps({**asdict(job), "limits": limits}) + "\n"
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()

    def _answer(self, seconds: float) -> bytes:
        """The next answer: a line with its length, then as many bytes."""
        deadline = time.monotonic() + seconds
        head = bytearray()
        while not head.endswith(b"\n"):
            head += self._read(1, deadline)
        return self._read(int(head), deadline)

    def _read(self, size: int, deadline: float) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        number = self._process.stdout.fileno()
        parts: list[bytes] = []
        while size > 0:
            ready, _, _ = select.select([number], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError("no answer in time")
            part = os.read(number, min(size, 1 << 20))
            if not part:
                raise EOFError("it ended")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _last_words(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").strip().splitlines()
        return lines[0] if lines else ""


def _filter() -> str | None:
    """The system-call filter of a program's process in base 64, where the machine has one."""
    return base64.b64encode(seccomp.program_filter()).decode() if seccomp.supported() else None
