"""Sonic Pi programs to sound and to scores: guard, run, play."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Self

from trichord.errors import InputError
from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.players import RATE
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.recording import ProgramError, Recording
from trichord.livecode.sonicpi.rendered import Render
from trichord.livecode.sonicpi.sandbox import Limits, require_sandbox
from trichord.livecode.sonicpi.source import program_text
from trichord.livecode.sonicpi.stage import Sound, Stage
from trichord.livecode.sonicpi.synthdefs import SynthDefs

__all__ = ["SAMPLE_RATE", "Render", "Renderer", "render"]

SAMPLE_RATE = RATE
"""Of every render, Hz."""

_NOTHING = Recording(zero_ns=0, end_ns=0, finished=False)
_AHEAD = 2
"""Scores that wait for each scsynth: enough that none stands idle, few enough for the memory."""


class Renderer:
    """Workers that render programs; a context manager, or `close` it.

    Sonic Pi and scsynth's library are loaded once per worker.

    Args:
        workers: Programs that are rendered at the same time.
        unsafe: True runs programs without the guard and without the sandbox.
        limits: What one program may use.
        synthdefs: Folders of further compiled synth definitions.
        samples: Folders of further samples.
        hosted: False starts a `scsynth -N` for each score: slower, the same bytes.
        score_only: True makes no sound and starts no scsynth.
        pool: Workers that are there already; they are not closed with this, and its own limits
            and folders stand.

    Raises:
        MissingProgramError: a program is not installed; the message names the package.
        SandboxError: the sandbox cannot run here.
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        unsafe: bool = False,
        limits: Limits | None = None,
        synthdefs: Sequence[Path] = (),
        samples: Sequence[Path] = (),
        hosted: bool = True,
        score_only: bool = False,
        pool: RuntimePool | None = None,
    ) -> None:
        installation = install.find()
        if not unsafe:
            require_sandbox()
        if not score_only:
            install.require_scsynth()
        self._unsafe = unsafe
        self._definitions = SynthDefs([installation.synthdef_folder, *synthdefs])
        readable = [installation.shared, *synthdefs, *samples]
        # They load while Ruby loads.
        self._stages = [
            Stage(self._definitions, readable, limits or Limits(), not unsafe, hosted)
            for _ in range(0 if score_only else workers)
        ]
        self._owns_pool = pool is None
        try:
            self._pool = pool or RuntimePool(
                workers,
                limits=limits,
                sandbox=not unsafe,
                synthdefs=synthdefs,
                samples=samples,
                installation=installation,
            )
        except BaseException:
            self._close_stages()
            raise

    def render(self, code: str | bytes, *, seconds: float = 18.0, seed: int = 1) -> Render:
        """Renders one program.

        What is wrong with the program is in `Render.errors`; what can be heard before it went
        wrong is in the sound.

        Args:
            code: The program.
            seconds: Length of the sound; a program that ends earlier makes it shorter.
            seed: Of scsynth's noise and of what Ruby itself draws.

        Raises:
            InputError: `seconds` is out of range.
        """
        return next(self.render_many([code], seconds=seconds, seed=seed))

    def render_many(
        self, codes: Iterable[str | bytes], *, seconds: float = 18.0, seed: int = 1
    ) -> Iterator[Render]:
        """Renders programs on all workers and gives their renders in the order of the programs.

        Programs are taken from `codes` only as fast as they are rendered.
        """
        ready: dict[int, Render] = {}
        places: list[int] = []
        following = 0
        recordings = self._pool.map(self._passed(codes, places, ready), seconds=seconds, seed=seed)
        for place, render in self._played(recordings, places, seed):
            ready[place] = render
            while following in ready:
                yield ready.pop(following)
                following += 1
        # Programs that were refused at the end.
        for place in sorted(ready):
            yield ready[place]

    def close(self) -> None:
        """Ends every process; safe to call twice."""
        if self._owns_pool:
            self._pool.close()
        self._close_stages()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _passed(
        self, codes: Iterable[str | bytes], places: list[int], refused: dict[int, Render]
    ) -> Iterator[str]:
        """The programs that may run; notes the place of each, and those that may not."""
        for place, code in enumerate(codes):
            try:
                text = program_text(code)
                if not self._unsafe:
                    _guard(text)
            except InputError as error:
                refused[place] = Render(_NOTHING, (_refusal(error),))
            else:
                places.append(place)
                yield text

    def _played(
        self, recordings: Iterator[tuple[int, Recording]], places: list[int], seed: int
    ) -> Iterator[tuple[int, Render]]:
        """Plays recordings as they come, a few ahead; gives renders as they get ready."""
        playing: dict[Future[Sound], tuple[int, Recording]] = {}
        for index, recording in recordings:
            place = places[index]
            if not self._stages or not _has_sound(recording):
                yield place, self._render(recording, None)
                continue
            stage = min(self._stages, key=lambda each: each.waiting)
            playing[stage.play(recording, seed)] = place, recording
            if len(playing) >= _AHEAD * len(self._stages):
                yield from self._finished(playing)
        while playing:
            yield from self._finished(playing)

    def _finished(
        self, playing: dict[Future[Sound], tuple[int, Recording]]
    ) -> Iterator[tuple[int, Render]]:
        done, _ = wait(playing, return_when=FIRST_COMPLETED)
        for future in done:
            place, recording = playing.pop(future)
            yield place, self._render(recording, future.result())

    def _render(self, recording: Recording, sound: Sound | None) -> Render:
        sound = sound or Sound()
        return Render(
            recording,
            (*recording.errors, *sound.errors),
            sound.wave,
            recording.cpu_seconds + sound.cpu_seconds,
            self._definitions,
        )

    def _close_stages(self) -> None:
        for stage in self._stages:
            stage.close()


def render(
    code: str | bytes,
    *,
    seconds: float = 18.0,
    seed: int = 1,
    score_only: bool = False,
    unsafe: bool = False,
    synthdefs: Sequence[Path] = (),
    samples: Sequence[Path] = (),
) -> Render:
    """Renders one program with a renderer of its own; for more than one, keep a `Renderer`.

    The arguments are those of `Renderer` and `Renderer.render`.
    """
    with Renderer(
        unsafe=unsafe, score_only=score_only, synthdefs=synthdefs, samples=samples
    ) as renderer:
        return renderer.render(code, seconds=seconds, seed=seed)


def _has_sound(recording: Recording) -> bool:
    """Whether there is anything to play: a program that cannot be read sends nothing of its own."""
    readable = not any(error.kind == "syntax" for error in recording.errors)
    return readable and recording.end_ns > 0 and bool(recording.messages)


def _guard(text: str) -> None:
    from trichord.livecode.sonicpi.guard import check

    check(text)


def _refusal(error: InputError) -> ProgramError:
    """The guard's first finding, or what is wrong with the text as a whole."""
    from trichord.livecode.sonicpi.guard import RefusedProgram

    if not isinstance(error, RefusedProgram):
        return ProgramError("refused", str(error))
    first = error.refusals[0]
    message = f"`{first.what}`: {first.why}"
    return ProgramError(first.kind, message, first.line, first.column)
