"""The score tower: a program run to its events, sketched, refined, and heard by the audio door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trichord.audio.bands import GRID, picture_of
from trichord.livecode.sonicpi.patches import SonicPiPatches
from trichord.livecode.sonicpi.render import Render, Renderer
from trichord.livecode.towers.base import SECONDS, Picture, Readings, Tower, readings_of
from trichord.livecode.towers.played import has_played, problem_of, strokes_of

if TYPE_CHECKING:
    from trichord.progress import Progress
    from trichord.score.sketch import Patches
    from trichord.space.clips import ClipSpace
    from trichord.space.refiner import Refiner


class ScoreTower(Tower):
    """Sketches programs.

    Args:
        space: hears the sketches.
        refiner: brings a sketch nearer to the real picture; None leaves sketches as they are.
        patches: what each synth and sample sounds like; those of the installed Sonic Pi by default.
        renderer: runs programs to their events, not closed with the tower; one of its own with two
            workers by default.
        progress: told of the patches of synths that are rendered, once per installation.

    Raises:
        MissingProgramError: Sonic Pi or the sandbox is not installed.
    """

    name = "score"

    def __init__(
        self,
        space: ClipSpace,
        refiner: Refiner | None = None,
        patches: Patches | None = None,
        renderer: Renderer | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.space = space
        self._refiner = refiner
        self._patches = patches or SonicPiPatches(progress=progress)
        self._owned = renderer is None
        self._renderer = renderer or Renderer(2, score_only=True)

    def embed(self, programs: Sequence[str]) -> Readings:
        """See `Tower`."""
        renders = list(self._renderer.render_many(programs, seconds=SECONDS))
        if isinstance(self._patches, SonicPiPatches):
            self._patches.prepare_for(r.score for r in renders if has_played(r))
        return readings_of(
            self.space,
            self._refined([self._sketched(render) for render in renders]),
            [problem_of(render) for render in renders],
            [strokes_of(render.score) if has_played(render) else None for render in renders],
        )

    def close(self) -> None:
        """See `Tower`."""
        if self._owned:
            self._renderer.close()

    def _sketched(self, render: Render) -> Picture | None:
        from trichord.score.sketch import sketch

        if not has_played(render):
            return None
        power = sketch(render.score, self._patches, seconds=SECONDS)
        return picture_of(power, GRID.frames(SECONDS))

    def _refined(self, sketches: Sequence[Picture | None]) -> list[Picture | None]:
        """Sketches as the refiner would have them; silence stays silence."""
        import numpy as np
        import torch

        refined = list(sketches)
        audible = {i: each for i, each in enumerate(sketches) if each is not None and each.any()}
        if self._refiner is None or not audible:
            return refined
        better = self._refiner.refine(torch.from_numpy(np.stack(list(audible.values()))))
        for i, picture in zip(audible, better.numpy(), strict=True):
            refined[i] = picture
        return refined
