"""Processes that play a score file into a WAV: scsynth's library in a host, or `scsynth -N`."""

from __future__ import annotations

import base64
import contextlib
import json
import resource
import select
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from trichord.errors import MissingProgramError
from trichord.livecode.sonicpi import seccomp, synth_host
from trichord.livecode.sonicpi.sandbox import ENVIRONMENT, Limits, limited, sandboxed

RATE = 44100

# Beyond its own limits, a process that does not answer is given this many seconds more.
_GRACE = 5.0


class Player(Protocol):
    """Plays one score at a time."""

    def play(self, score: Path, wave: Path, log: Path, limits: Limits) -> tuple[int, float]:
        """Returns the exit code (minus a signal's number) and the processor time in seconds."""
        ...

    def kill(self) -> None:
        """Ends what is being played, from any thread."""
        ...

    def close(self) -> None:
        """Ends every process of it."""
        ...


@dataclass(frozen=True)
class Place:
    """Where scsynth runs: its folder, what else it may read, and whether it is shut in."""

    work: Path
    readable: tuple[Path, ...]
    sandbox: bool

    @property
    def plugins(self) -> Path:
        """The folder with links to the plugins in use."""
        return self.work / "plugins"

    def command(self, words: list[str], *more: Path, limits: Limits | None = None) -> list[str]:
        """The command line that runs `words` here; `more` is also readable."""
        if self.sandbox:
            readable = (*self.readable, *more)
            return sandboxed(words, writable=self.work, readable=readable, limits=limits)
        return words if limits is None else limited(words, limits)


class HostPlayer:
    """Keeps a process that holds scsynth's library, and starts a new one when it has died."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._process = self._start()

    def play(self, score: Path, wave: Path, log: Path, limits: Limits) -> tuple[int, float]:
        """See `Player`."""
        if self._process.poll() is not None:
            self._process = self._start()
        job = {
            "score": str(score),
            "wave": str(wave),
            "log": str(log),
            "rate": RATE,
            "cpu_seconds": limits.cpu_seconds,
            "wall_seconds": limits.wall_seconds,
            "memory_bytes": limits.memory_bytes,
            "file_bytes": limits.file_bytes,
        }
        answer = self._ask(job, limits.wall_seconds + _GRACE)
        if answer is None:
            self.close()
            return -signal.SIGALRM, 0.0
        return int(answer["code"]), float(answer["cpu_seconds"])

    def kill(self) -> None:
        """See `Player`."""
        self._process.kill()

    def close(self) -> None:
        """See `Player`."""
        process = self._process
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _ask(self, job: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """Sends a job and waits for its answer; None when none came in time or at all."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(json.dumps(job).encode() + b"\n")
            stdin.flush()
        except BrokenPipeError:
            return None
        # Answers are single lines shorter than a pipe's buffer, so what is there is a whole one.
        ready, _, _ = select.select([stdout], [], [], seconds)
        line = stdout.readline() if ready else b""
        answer: dict[str, Any] = json.loads(line) if line else {}
        return answer if "code" in answer else None

    def _start(self) -> subprocess.Popen[bytes]:
        # The interpreter of the environment may be a link; its standard library is beside the
        # real one.
        python = Path(sys.executable).resolve()
        script = Path(synth_host.__file__).resolve()
        steps = seccomp.synth_filter() if seccomp.supported() else b""
        words = [str(python), "-I", "-S", str(script), str(self._place.plugins)]
        words.append(base64.b64encode(steps).decode())
        return subprocess.Popen(
            self._place.command(words, Path(sys.base_prefix), script),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=None if self._place.sandbox else ENVIRONMENT,
        )


class PlainPlayer:
    """Starts `scsynth -N` for every score."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._program = find_scsynth()
        self._process: subprocess.Popen[bytes] | None = None

    def play(self, score: Path, wave: Path, log: Path, limits: Limits) -> tuple[int, float]:
        """See `Player`."""
        words = [self._program, *plain_options(score, wave), "-U", str(self._place.plugins)]
        before = _children_seconds()
        with log.open("wb") as said:
            self._process = subprocess.Popen(
                self._place.command(words, limits=limits),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=None if self._place.sandbox else ENVIRONMENT,
            )
        try:
            code = self._process.wait(limits.wall_seconds)
        except subprocess.TimeoutExpired:
            self.close()
            return -signal.SIGALRM, 0.0
        # A shell or bubblewrap in between tells a signal by a code above 128.
        return (128 - code if code > 128 else code), _children_seconds() - before

    def kill(self) -> None:
        """See `Player`."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """See `Player`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def plain_options(score: Path, wave: Path) -> list[str]:
    """The options of `scsynth -N` that say what `synth_host.py` sets."""
    host = synth_host
    return [
        *("-N", str(score), "_", str(wave), str(RATE), "WAV", "int16"),
        *("-i", "0", "-o", "2", "-D", "0", "-V", "-1"),
        *("-a", str(host.AUDIO_BUSES), "-b", str(host.BUFFERS), "-n", str(host.NODES)),
        *("-m", str(host.MEMORY_KB)),
    ]


def find_scsynth() -> str:
    """Where scsynth is.

    Raises:
        MissingProgramError: it is not installed.
    """
    found = shutil.which("scsynth")
    if found is None:
        raise MissingProgramError(
            "scsynth is not installed: apt-get install supercollider-server sc3-plugins-server"
        )
    return found
