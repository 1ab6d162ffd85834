"""What the real server sent to scsynth for one program, kept as JSON."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trichord.errors import InputError
from trichord.files import write_atomically
from trichord.studies.sonicpi.relay import Passed
from trichord.studies.sonicpi.server import Jack, RealServer
from trichord.studies.sonicpi.wire import Argument, Message, decode

_VERSION = 2
PREFERENCES = "use_arg_checks true #__nosave__\n\n"
"""What Sonic Pi's editor puts in front of a program as it comes out of the box."""
_SCHED_AHEAD_S = 0.5
_MARGIN_S = 1.0
"""Listened on after the end, for a server that is late."""


@dataclass(frozen=True)
class Sent:
    """A message to scsynth."""

    time_ns: int | None
    """Unix time that its bundle names; None: at once."""
    arrived_ns: int
    """Unix time at which the relay saw it."""
    address: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Capture:
    """One program on the real server."""

    name: str
    code_sha256: str
    seconds: float
    """Length of the score that was asked for."""
    started_ns: int
    """Unix time at which the program was sent to the server."""
    sent: tuple[Sent, ...]
    """From the start of the server on."""
    reports: tuple[tuple[str, tuple[Argument, ...]], ...]
    """What the editor heard: prints, errors, ends of runs."""

    def save(self, path: Path) -> None:
        """Writes it as JSON in one go."""
        text = json.dumps({"version": _VERSION, **asdict(self)}, indent=0)
        write_atomically(path, text.encode())


def load_capture(path: Path, code: str, seconds: float) -> Capture | None:
    """The capture that was kept of this very program and length; None where there is none."""
    if not path.is_file():
        return None
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    same = values["code_sha256"] == sha256(code) and values["seconds"] == seconds
    if values["version"] != _VERSION or not same:
        return None
    return _parsed(values)


def _parsed(values: dict[str, Any]) -> Capture:
    sent = (
        Sent(one["time_ns"], one["arrived_ns"], one["address"], tuple(one["arguments"]))
        for one in values["sent"]
    )
    return Capture(
        name=values["name"],
        code_sha256=values["code_sha256"],
        seconds=values["seconds"],
        started_ns=values["started_ns"],
        sent=tuple(sent),
        reports=tuple((address, tuple(arguments)) for address, arguments in values["reports"]),
    )


def sha256(code: str) -> str:
    """What tells one program from another."""
    return hashlib.sha256(code.encode()).hexdigest()


def capture(
    name: str, code: str, seconds: float, jack: Jack, logs: Path, stop: threading.Event
) -> Capture:
    """Runs a program on a server that was started for it, for `seconds` of its score.

    A server of its own gives every program what our renderer gives it: nothing that another
    program has set, defined or loaded before.

    Args:
        name: of the program.
        code: its text.
        seconds: of the score, from the first moment at which the program can sound.
        jack: the sound system.
        logs: folder in which the logs of a server that fails are kept.
        stop: set to give up.

    Raises:
        InputError: the server does not boot, or `stop` was set.
    """
    logs.mkdir(parents=True, exist_ok=True)
    home = logs / name
    shutil.rmtree(home, ignore_errors=True)
    with RealServer(home, jack) as server:
        before = len(server.editor.heard())
        started = time.time_ns()
        server.editor.tell("/run-code", PREFERENCES + code)
        if stop.wait(seconds + _SCHED_AHEAD_S + _MARGIN_S):
            raise InputError(f"{name}: stopped; start again to go on from here")
        passed = server.relay.take()
        reports = server.editor.heard()[before:]
    shutil.rmtree(home)
    sent = tuple(one for datagram in passed for one in _sent(datagram))
    kept = tuple((report.address, report.arguments) for report in reports)
    return Capture(name, sha256(code), seconds, started, sent, kept)


def _sent(datagram: Passed) -> list[Sent]:
    def one(message: Message) -> Sent:
        return Sent(message.time_ns, datagram.arrived_ns, message.address, message.arguments)

    return [one(message) for message in decode(datagram.data)]
