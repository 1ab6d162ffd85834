"""The real server is not for tests; a stand-in that keeps its manners is."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from trichord.errors import InputError
from trichord.studies.sonicpi import server
from trichord.studies.sonicpi.capture import PREFERENCES, capture

STAND_IN = """
require 'socket'
_, server, _, scsynth, relay, _, scheduler = ARGV.map(&:to_i)
puts 'Opening UDP Server'
socket = UDPSocket.new
socket.bind('127.0.0.1', server)
sleep 0.3
UDPSocket.new.tap { |listens| $scheduler = listens }.bind('127.0.0.1', scheduler)
puts 'Sonic Pi Server successfully booted.'
$stdout.flush
loop do
  data, = socket.recvfrom(65_536)
  break if data.start_with?('/exit')
  note = ['/n_set', ',is', 7, 'ran'].pack('Z8Z4NZ4')
  time = [Time.now.to_i + 2_208_988_800, 1 << 31].pack('NN')
  UDPSocket.new.send("#bundle\\0" + time + [note.bytesize].pack('N') + note, 0, '127.0.0.1', relay)
  File.write(File.join(ENV['SONIC_PI_HOME'], '..', 'code'), data) if data.start_with?('/run-code')
end
"""


class NoJack(server.Jack):
    """No sound system at all: the stand-in plays nothing."""

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "server.rb"
    script.write_text(STAND_IN)
    monkeypatch.setattr(server, "SERVER", script)
    return tmp_path / "logs"


def test_a_program_goes_to_the_server_and_what_it_sends_comes_back(stand_in: Path) -> None:
    made = capture("tone", "play 60", 0.2, NoJack(), stand_in, threading.Event())
    (sent,) = made.sent
    assert (sent.address, sent.arguments) == ("/n_set", (7, "ran"))
    assert sent.time_ns is not None
    assert sent.time_ns % 1_000_000_000 == 500_000_000
    assert sent.arrived_ns >= made.started_ns
    assert (PREFERENCES + "play 60").encode() in (stand_in / "code").read_bytes()
    assert not (stand_in / "tone").exists()


def test_a_capture_can_be_given_up(stand_in: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(InputError, match="tone: stopped"):
        capture("tone", "play 60", 600.0, NoJack(), stand_in, stop)


def test_a_server_that_does_not_boot_leaves_its_log(stand_in: Path) -> None:
    server.SERVER.write_text("abort 'port taken'")
    with pytest.raises(InputError, match=r"server\.log: the real Sonic Pi server finds its ports"):
        server.RealServer(stand_in / "home", NoJack())
    assert "port taken" in (stand_in / "home" / "server.log").read_text()


def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"sleep 100 & echo $! > {pids}; exec sleep 100"
    process = server.start(["sh", "-c", script], tmp_path / "log", {})
    while not pids.exists() or not pids.read_text().strip():
        time.sleep(0.01)
    server.end(process)
    child = Path(f"/proc/{int(pids.read_text())}/stat")
    assert process.poll() is not None
    assert not child.exists() or child.read_text().split()[2] == "Z"
