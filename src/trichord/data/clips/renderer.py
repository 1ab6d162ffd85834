"""What a worker of this corpus renders with, seen through the few things that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from trichord.data.clips.sound import Wave
from trichord.errors import InputError
from trichord.score.events import Score


@dataclass(frozen=True)
class Rendering:
    """One program, played.

    Attributes:
        audio: float32 [2, T] at `schema.RENDER_RATE`; None where nothing could be rendered.
        errors: (kind, message with its line), in order.
        cpu_seconds: what it cost outside this process.
    """

    audio: Wave | None
    score: Score
    errors: tuple[tuple[str, str], ...]
    cpu_seconds: float


Play = Callable[[str, float, int], Rendering]
"""Code, seconds and the seed of the noise to a rendering. Faults of the code are in `errors`."""

OpenRenderer = Callable[[], AbstractContextManager[Play]]


@contextmanager
def open_sonicpi() -> Iterator[Play]:
    """Sonic Pi, offline and confined: one fork server and one synthesiser.

    Raises:
        MissingProgramError: Sonic Pi, scsynth or the sandbox is not installed.
    """
    from trichord.livecode.sonicpi.render import Renderer

    with Renderer(workers=1) as renderer:

        def play(code: str, seconds: float, seed: int) -> Rendering:
            try:
                render = renderer.render(code, seconds=seconds, seed=seed)
            except InputError as error:
                return Rendering(None, Score(0.0), (("refused", str(error)),), 0.0)
            errors = tuple((error.kind, str(error)) for error in render.errors)
            return Rendering(render.audio, render.score, errors, render.cpu_seconds)

        yield play
