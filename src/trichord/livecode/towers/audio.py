"""The audio tower: an offline render, and the space's audio door. Exact; the slowest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trichord.audio.bands import picture
from trichord.livecode.sonicpi.render import SAMPLE_RATE, Render, Renderer
from trichord.livecode.towers.base import SECONDS, Picture, Readings, Tower, readings_of
from trichord.livecode.towers.played import has_played, problem_of, strokes_of

if TYPE_CHECKING:
    from trichord.space.clips import ClipSpace


class AudioTower(Tower):
    """Hears programs.

    Args:
        space: hears the renders.
        renderer: of the programs, not closed with the tower; one of its own with two workers by
            default.
        seconds: of each program that are rendered; the rest of the picture is silence.

    Raises:
        MissingProgramError: Sonic Pi, scsynth or the sandbox is not installed.
    """

    name = "audio"

    def __init__(
        self, space: ClipSpace, renderer: Renderer | None = None, seconds: float = SECONDS
    ) -> None:
        self.space = space
        self._owned = renderer is None
        self._renderer = renderer or Renderer(2)
        self._seconds = seconds

    def embed(self, programs: Sequence[str]) -> Readings:
        """See `Tower`."""
        renders = list(self._renderer.render_many(programs, seconds=self._seconds))
        return readings_of(
            self.space,
            [_picture(render) for render in renders],
            [problem_of(render) for render in renders],
            [strokes_of(render.score) if has_played(render) else None for render in renders],
        )

    def close(self) -> None:
        """See `Tower`."""
        if self._owned:
            self._renderer.close()


def _picture(render: Render) -> Picture | None:
    if render.audio is None:
        return None
    return picture(render.audio.mean(axis=0), SAMPLE_RATE, seconds=SECONDS)
