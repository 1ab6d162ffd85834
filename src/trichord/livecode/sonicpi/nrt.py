"""A score played by scsynth, without a sound card and faster than time: score file in, WAV out.

Two ways give the same bytes: a host process that holds scsynth's library with its plugins loaded
(`synth_host.py`), and, where that library is not to be had, `scsynth -N` itself, started once per
score. Both run in the sandbox, under limits.
"""

from __future__ import annotations

import dataclasses
import math
import re
import signal
import struct
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from trichord.errors import TrichordError
from trichord.livecode.sonicpi import scorefile
from trichord.livecode.sonicpi.players import RATE, HostPlayer, Place, PlainPlayer, Player
from trichord.livecode.sonicpi.plugins import link
from trichord.livecode.sonicpi.recording import Recording
from trichord.livecode.sonicpi.sandbox import Limits

BYTES_PER_FRAME = 4  # stereo, 16 bits
_HEADER_BYTES = 4096
# What a WAV says of its samples: PCM, 2 channels, 16 bits each.
_FORMAT = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, RATE, RATE * 4, 4, 16)

# Said of messages that come too late for their node. The real server says it too and goes on.
_HARMLESS = re.compile(r"(Node|Group) -?\d+ not found|duplicate node ID|^\s*$|Found \d+ LADSPA")


class SynthError(TrichordError):
    """scsynth could not play a score to its end; the message says why."""


@dataclass(frozen=True)
class Played:
    """What scsynth made of a score.

    Attributes:
        wave: The bytes of a WAV file, 16 bits, stereo, `RATE` Hz.
        complaints: What scsynth said that may be heard, such as a node that it had no room for.
        cpu_seconds: Processor time of it.
    """

    wave: bytes
    complaints: tuple[str, ...]
    cpu_seconds: float


class Synthesiser:
    """scsynth, ready to play scores; a context manager.

    Args:
        plugins: The plugins that the scores need, see `plugins.plugins_for`.
        readable: Folders with the samples that scores name.
        sandbox: False only for programs that one trusts.
        hosted: False plays every score by a `scsynth -N` of its own, which is also what happens
            where the library of scsynth cannot be loaded, or does not do what it should.
    """

    def __init__(
        self,
        plugins: Sequence[Path],
        readable: Sequence[Path] = (),
        *,
        sandbox: bool = True,
        hosted: bool = True,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="trichord-scsynth-")
        self._work = Path(self._folder.name)
        link(list(plugins), self._work / "plugins")
        place = Place(self._work, tuple(readable), sandbox)
        self._player: Player = HostPlayer(place) if hosted else PlainPlayer(place)
        if hosted and not self._answers():
            self._player.close()
            self._player = PlainPlayer(place)

    def play(self, score: bytes, seconds: float, limits: Limits | None = None) -> Played:
        """Plays a score file.

        Raises:
            SynthError: scsynth crashed, ran into a limit or wrote nothing.
        """
        score_path, wave, log = (self._work / name for name in ("score.osc", "out.wav", "log"))
        score_path.write_bytes(score)
        try:
            limits = _enough(limits or Limits(), seconds)
            code, cpu = self._player.play(score_path, wave, log, limits)
            said = _read_log(log)
            if code != 0:
                raise SynthError(_failure(code, said, limits))
            if not wave.is_file() or wave.stat().st_size <= BYTES_PER_FRAME:
                raise SynthError(f"scsynth wrote no sound{_because(said)}")
            return Played(wave.read_bytes(), tuple(said), cpu)
        finally:
            for path in (score_path, wave, log):
                path.unlink(missing_ok=True)

    def _answers(self) -> bool:
        """Whether a score of nothing comes back as the WAV that it should."""
        score = scorefile.write(Recording(0, 10_000_000, finished=True), {}, seed=1)
        try:
            return self.play(score.content, score.seconds).wave[8:36] == _FORMAT
        except SynthError:
            return False

    def kill(self) -> None:
        """Ends scsynth at once, from any thread; what it plays is given up."""
        self._player.kill()

    def close(self) -> None:
        """Ends scsynth and removes what it wrote; safe to call twice."""
        self._player.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _enough(limits: Limits, seconds: float) -> Limits:
    """Limits for a score of this length: what takes longer than it lasts cannot be played live."""
    needed = int(seconds * RATE) * BYTES_PER_FRAME + _HEADER_BYTES + 2**20
    return dataclasses.replace(
        limits,
        cpu_seconds=limits.cpu_seconds + math.ceil(seconds),
        wall_seconds=limits.wall_seconds + seconds,
        file_bytes=max(limits.file_bytes, needed),
    )


def _read_log(log: Path) -> list[str]:
    if not log.is_file():
        return []
    with log.open("rb") as file:
        lines = file.read(2**16).decode("utf-8", "replace").splitlines()
    return [line.strip() for line in lines if not _HARMLESS.search(line)][:20]


def _failure(code: int, said: Sequence[str], limits: Limits) -> str:
    if code == -signal.SIGXCPU:
        return f"scsynth took more than {limits.cpu_seconds} s of processor time; play fewer voices"
    if code in (-signal.SIGALRM, -signal.SIGKILL):
        return f"scsynth was stopped after {limits.wall_seconds:g} s; play fewer voices"
    if code == -signal.SIGXFSZ:
        return f"scsynth wrote more than {limits.file_bytes} bytes; ask for fewer seconds"
    if code < 0:
        return f"scsynth crashed ({signal.Signals(-code).name}){_because(said)}"
    return f"scsynth ended with code {code}{_because(said)}"


def _because(said: Sequence[str]) -> str:
    return f": {said[0]}" if said else ""
