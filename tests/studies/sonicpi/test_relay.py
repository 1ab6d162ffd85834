from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from trichord.studies.sonicpi.relay import Relay
from trichord.studies.sonicpi.server import free_port


class FakeScsynth:
    """Answers every datagram to whom it came from, and remembers who asked."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(5.0)
        self.port = self.socket.getsockname()[1]
        self.heard: list[tuple[bytes, int]] = []

    def answer(self, times: int) -> None:
        for _ in range(times):
            data, client = self.socket.recvfrom(1024)
            self.heard.append((data, client[1]))
            self.socket.sendto(b"re:" + data, client)


@contextmanager
def client() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(5.0)
        yield made


def test_passes_both_ways_and_keeps_what_goes_to_scsynth() -> None:
    scsynth = FakeScsynth()
    with scsynth.socket, Relay(scsynth.port) as relay, client() as one, client() as other:
        thread = threading.Thread(target=scsynth.answer, args=(3,))
        thread.start()
        for sender, data in ((one, b"a"), (other, b"b"), (one, b"c")):
            sender.sendto(data, ("127.0.0.1", relay.port))
            assert sender.recv(1024) == b"re:" + data
        thread.join()
        assert [passed.data for passed in relay.take()] == [b"a", b"b", b"c"]
        assert relay.take() == []
        # Each client keeps an address of its own, or answers would go to the wrong one.
        ports = [port for _, port in scsynth.heard]
        assert ports[0] == ports[2] != ports[1]


def test_survives_a_scsynth_that_is_gone() -> None:
    scsynth = FakeScsynth()
    scsynth.socket.close()
    with Relay(scsynth.port) as relay, client() as one:
        for _ in range(3):
            one.sendto(b"anybody?", ("127.0.0.1", relay.port))
        scsynth = FakeScsynth()
        with scsynth.socket, Relay(scsynth.port) as second:
            thread = threading.Thread(target=scsynth.answer, args=(1,))
            thread.start()
            one.sendto(b"now", ("127.0.0.1", second.port))
            assert one.recv(1024) == b"re:now"
            thread.join()
        assert {passed.data for passed in relay.take()} <= {b"anybody?"}


def test_listens_on_the_port_that_it_is_given_and_frees_it() -> None:
    port = free_port()
    relay = Relay(target=9, port=port)
    assert relay.port == port
    relay.close()
    relay.close()
    with Relay(target=9, port=port) as again:
        assert again.port == port
