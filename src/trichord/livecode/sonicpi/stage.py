"""One scsynth at work: takes recordings, gives sounds, in a thread of its own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from trichord.livecode.sonicpi import scorefile
from trichord.livecode.sonicpi.nrt import SynthError, Synthesiser
from trichord.livecode.sonicpi.plugins import plugins_for
from trichord.livecode.sonicpi.recording import ProgramError, Recording
from trichord.livecode.sonicpi.sandbox import Limits
from trichord.livecode.sonicpi.synthdefs import SynthDefs


@dataclass(frozen=True)
class Sound:
    """What scsynth made of a recording: a WAV file's bytes, or why there is none."""

    wave: bytes | None = None
    errors: tuple[ProgramError, ...] = ()
    cpu_seconds: float = 0.0


class Stage:
    """A scsynth and its thread.

    A sandbox ends with the thread that started it, so both go together; and starting it there lets
    Ruby be loaded at the same time.
    """

    def __init__(
        self,
        definitions: SynthDefs,
        readable: Sequence[Path],
        limits: Limits,
        sandbox: bool,
        hosted: bool,
    ) -> None:
        self._definitions = definitions
        self._limits = limits
        self._thread = ThreadPoolExecutor(1, "scsynth")
        self._plays: list[Future[Sound]] = []
        self._synth = self._thread.submit(self._start, readable, sandbox, hosted)

    def play(self, recording: Recording, seed: int) -> Future[Sound]:
        """Plays a recording as soon as those before it are played."""
        self._plays = [play for play in self._plays if not play.done()]
        self._plays.append(self._thread.submit(self._play, recording, seed))
        return self._plays[-1]

    @property
    def waiting(self) -> int:
        """Recordings that are being played or wait for it."""
        return sum(not play.done() for play in self._plays)

    def close(self) -> None:
        """Ends scsynth and gives up what it plays; safe to call twice."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        wait([self._synth])
        synth = None if self._failed() else self._synth.result()
        if synth is not None:
            synth.kill()
        self._thread.shutdown(wait=True)
        if synth is not None:
            synth.close()

    def _failed(self) -> bool:
        return self._synth.cancelled() or self._synth.exception() is not None

    def _start(self, readable: Sequence[Path], sandbox: bool, hosted: bool) -> Synthesiser:
        plugins = plugins_for(self._definitions.units())
        return Synthesiser(plugins, readable, sandbox=sandbox, hosted=hosted)

    def _play(self, recording: Recording, seed: int) -> Sound:
        used = {name: self._definitions.content(name) for name in scorefile.instruments(recording)}
        score = scorefile.write(recording, {k: v for k, v in used.items() if v}, seed)
        try:
            played = self._synth.result().play(score.content, score.seconds, self._limits)
        except SynthError as error:
            return Sound(errors=(ProgramError("limit", str(error)),))
        errors = tuple(ProgramError("limit", f"scsynth: {said}") for said in played.complaints)
        return Sound(played.wave, errors, played.cpu_seconds)
