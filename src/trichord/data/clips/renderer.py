"""What a worker of this corpus renders with, seen through the few things that it needs."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import numpy as np

from trichord.data.clips.store import Samples
from trichord.score.events import Score


@dataclass(frozen=True)
class Rendering:
    """One program, played.

    Attributes:
        samples: int16 [T, 2] at `schema.RENDER_RATE`; None where nothing could be rendered.
        errors: (kind, message with its line), in order.
        cpu_seconds: what it cost outside this process.
    """

    samples: Samples | None
    score: Score
    errors: tuple[tuple[str, str], ...]
    cpu_seconds: float


Play = Callable[[str, float, int], Rendering]
"""Code, seconds and the seed of the noise to a rendering. Faults of the code are in `errors`."""

OpenRenderer = Callable[[], AbstractContextManager[Play]]


@contextmanager
def open_sonicpi() -> Generator[Play]:
    """Sonic Pi, offline and confined: one fork server and one synthesiser.

    Raises:
        MissingProgramError: Sonic Pi, scsynth or the sandbox is not installed.
    """
    from trichord.livecode.sonicpi import pcm
    from trichord.livecode.sonicpi.render import Renderer

    with Renderer(workers=1) as renderer:

        def play(code: str, seconds: float, seed: int) -> Rendering:
            render = renderer.render(code, seconds=seconds, seed=seed)
            errors = tuple((error.kind, str(error)) for error in render.errors)
            samples = None
            if render.wave is not None:
                samples = np.frombuffer(pcm.samples(render.wave), "<i2").reshape(-1, 2)
            return Rendering(samples, render.score, errors, render.cpu_seconds)

        yield play
