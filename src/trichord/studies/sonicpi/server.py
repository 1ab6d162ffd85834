"""The real Sonic Pi server on this machine: JACK without a sound card, scsynth, the Ruby server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from trichord.errors import InputError, MissingProgramError
from trichord.studies.sonicpi.editor import Editor
from trichord.studies.sonicpi.relay import Relay

SERVER = Path("/usr/lib/sonic-pi/app/server/ruby/bin/sonic-pi-server.rb")
RATE = 44100
"""Hz: what the dummy sound card runs at, as our scores do."""

_PROGRAMS = {
    "jackd": "jackd2",
    "scsynth": "supercollider-server",
    "ruby": "ruby",
    "ps": "procps",
    "sox": "sox",
}
_PORTS_ARE_FREE, _BOOTED = "Opening UDP Server", "Sonic Pi Server successfully booted"
"""What the server writes when it has come so far."""
_BOOT_S, _END_S = 120.0, 5.0


def require_real_server() -> None:
    """Raises MissingProgramError, which names the packages, where the real server cannot run."""
    missing = [package for name, package in _PROGRAMS.items() if shutil.which(name) is None]
    if not SERVER.is_file():
        missing.append("sonic-pi-server")
    if missing:
        raise MissingProgramError(
            f"the real Sonic Pi server cannot start here: apt-get install {' '.join(missing)}"
        )


def free_port() -> int:
    """A UDP port that nothing uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("", 0))
        return probe.getsockname()[1]


def _is_taken(port: int) -> bool:
    """Whether some program listens on a UDP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return True
    return False


class Jack:
    """`jackd` on its dummy backend, under a name of its own; a context manager."""

    def __init__(self, log: Path) -> None:
        self.environment = {
            "JACK_DEFAULT_SERVER": f"trichord-{os.getpid()}",
            "JACK_NO_AUDIO_RESERVATION": "1",
        }
        name = self.environment["JACK_DEFAULT_SERVER"]
        command = ["jackd", "-n", name, "-r", "-d", "dummy", "-r", str(RATE), "-p", "1024"]
        self._process = start(command, log, self.environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        end(self._process)


class RealServer:
    """Sonic Pi's own server with our relay before scsynth; a context manager.

    It has a home of its own, so that nothing of the user's settings is read or written.
    """

    def __init__(self, home: Path, jack: Jack) -> None:
        """Boots and waits until the server is ready.

        Args:
            home: an empty folder of its own; logs are left in it.
            jack: the sound system that scsynth plays to.

        Raises:
            InputError: the server did not boot; the message names its log.
        """
        self.home, self._log = home, home / "server.log"
        home.mkdir(parents=True)
        server, scsynth, relay, cues, scheduler, *others = (free_port() for _ in range(8))
        with ExitStack() as stack:
            self.editor = stack.enter_context(Editor(server))
            ports = [server, self.editor.port, scsynth, relay, cues, scheduler, *others]
            own = {"HOME": str(home), "SONIC_PI_HOME": str(home), "TMPDIR": str(home)}
            command = ["ruby", str(SERVER), "-u", *map(str, ports)]
            self._process = start(command, self._log, own | jack.environment)
            stack.callback(end, self._process)
            # The server insists on ports that are free, and asks scsynth again until it answers.
            self._wait(lambda: _PORTS_ARE_FREE in self._said(), _BOOT_S, "finds its ports taken")
            self.relay = stack.enter_context(Relay(scsynth, relay))
            self._wait(lambda: _BOOTED in self._said(), _BOOT_S, "did not boot")
            # A program that sends MIDI or OSC before its scheduler listens would die of it.
            self._wait(lambda: _is_taken(scheduler), _BOOT_S, "has no scheduler: install erlang")
            self._wait(lambda: self.relay.quiet_s() > 1.0, _BOOT_S, "does not come to rest")
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Asks the server to leave, and ends what is left of it."""
        self.editor.tell("/exit")
        self._stack.close()

    def _said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def _wait(self, until: Callable[[], bool], limit_s: float, otherwise: str) -> None:
        end = time.monotonic() + limit_s
        while not until():
            if self._process.poll() is not None or time.monotonic() > end:
                raise InputError(
                    f"{self._log}: the real Sonic Pi server {otherwise}: read this log"
                )
            time.sleep(0.1)


def start(command: list[str], log: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A program at the head of a process group of its own, its output in a log."""
    with log.open("wb") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes]) -> None:
    """Gives the whole group time to leave by itself, then ends it."""
    for ask, patience_s in ((None, 1.0), (signal.SIGTERM, _END_S), (signal.SIGKILL, _END_S)):
        if ask is not None:
            _signal_group(process.pid, ask)
        end = time.monotonic() + patience_s
        while time.monotonic() < end and _group_lives(process):
            time.sleep(0.05)
        if not _group_lives(process):
            return


def _signal_group(group: int, which: signal.Signals) -> None:
    try:
        os.killpg(group, which)
    except ProcessLookupError:
        return


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    process.poll()  # a head that was not waited for would keep its group alive for ever
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True
