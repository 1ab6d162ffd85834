"""A UDP relay between Sonic Pi's server and scsynth that keeps what passes towards scsynth."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_LARGEST_DATAGRAM = 65_536
_ROOM = 4 << 20
"""Bytes that the kernel holds for us while we are not scheduled."""


@dataclass(frozen=True)
class Passed:
    """A datagram on its way to scsynth."""

    arrived_ns: int
    """Unix time in ns."""
    data: bytes


class Relay:
    """Listens on a port of its own and passes everything on, both ways.

    scsynth answers to the address that a message came from, so every client of the relay has a
    socket of its own towards scsynth.
    """

    def __init__(self, target: int, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listens at once; the port is in `port`.

        Args:
            target: UDP port of scsynth.
            port: to listen on; 0 takes a free one.
            host: where scsynth is.
        """
        self._target = (host, target)
        self._front = _bound_socket(host, port)
        self.port: int = self._front.getsockname()[1]
        self._towards: dict[tuple[str, int], socket.socket] = {}
        self._passed: list[Passed] = []
        self._last_ns = time.time_ns()
        self._lock = threading.Lock()
        self._stop, self._stopped = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._front, selectors.EVENT_READ, None)
        self._selector.register(self._stopped, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, name="osc-relay", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def take(self) -> list[Passed]:
        """What passed towards scsynth since the last call, in order of arrival."""
        with self._lock:
            passed, self._passed = self._passed, []
        return passed

    def quiet_s(self) -> float:
        """Seconds since anything last went towards scsynth."""
        with self._lock:
            return (time.time_ns() - self._last_ns) / 1e9

    def close(self) -> None:
        """Ends the thread and frees all ports; harmless when done twice."""
        if self._thread.is_alive():
            self._stop.send(b"\0")
            self._thread.join()
        for end in (self._front, self._stop, self._stopped, *self._towards.values()):
            end.close()
        self._selector.close()

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._stopped:
                    return
                if key.fileobj is self._front:
                    self._forth()
                else:
                    assert isinstance(key.fileobj, socket.socket)
                    self._back(key.fileobj, key.data)

    def _forth(self) -> None:
        data, client = self._front.recvfrom(_LARGEST_DATAGRAM)
        with self._lock:
            self._last_ns = time.time_ns()
            self._passed.append(Passed(self._last_ns, data))
        if client not in self._towards:
            self._towards[client] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._selector.register(self._towards[client], selectors.EVENT_READ, client)
        # Where scsynth is gone, what is sent to it is lost, as it would be without a relay.
        with contextlib.suppress(ConnectionRefusedError):
            self._towards[client].sendto(data, self._target)

    def _back(self, source: socket.socket, client: tuple[str, int]) -> None:
        with contextlib.suppress(ConnectionRefusedError):
            self._front.sendto(source.recv(_LARGEST_DATAGRAM), client)


def _bound_socket(host: str, port: int) -> socket.socket:
    front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    front.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
    front.bind((host, port))
    return front
