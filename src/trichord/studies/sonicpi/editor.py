"""The part of Sonic Pi's editor that talks with the server: sends programs, hears what happened."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

from trichord.livecode.sonicpi import osc
from trichord.studies.sonicpi.wire import Argument, Message, decode

_LARGEST_DATAGRAM = 65_536
_WHO = "trichord"


class Editor:
    """Listens for the server's reports on a port of its own; a context manager."""

    def __init__(self, server: int, host: str = "127.0.0.1") -> None:
        """Listens at once.

        Args:
            server: UDP port on which the server takes commands.
            host: where it is.
        """
        self._server = (host, server)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._socket.settimeout(0.2)
        self.port: int = self._socket.getsockname()[1]
        self._heard: list[Message] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="sonic-pi-editor", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._thread.join()
        self._socket.close()

    def tell(self, address: str, *arguments: Argument) -> None:
        """Sends a command, such as `/run-code` with a program."""
        self._socket.sendto(osc.message(address, (_WHO, *arguments)), self._server)

    def heard(self) -> list[Message]:
        """All reports so far: prints, errors, ends of runs."""
        with self._lock:
            return list(self._heard)

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                data = self._socket.recv(_LARGEST_DATAGRAM)
            except (TimeoutError, ConnectionRefusedError):
                continue
            with self._lock:
                self._heard.extend(decode(data))
