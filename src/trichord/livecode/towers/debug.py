"""A tiny stand-in with the full interface: notes as they stand in the text, nothing trained.

`play 60` lights band 60, `sleep 0.5` moves on by half a second, whatever loop or thread they stand
in. That is enough for programs to be low or high, slow or busy, which is what tests ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from trichord.audio.bands import GRID, PICTURE_FRAMES
from trichord.livecode.towers.base import SECONDS, Picture, Readings, Tower, readings_of
from trichord.livecode.towers.guarded import refusals

if TYPE_CHECKING:
    from trichord.space.clips import ClipSpace

_COLUMN = PICTURE_FRAMES / GRID.frame_rate
"""Seconds of a picture's column."""


class DebugTower(Tower):
    """Reads `play` and `sleep` off the text.

    Args:
        seed: of the untrained space that it takes where none is given.
        space: that its vectors lie in.
    """

    name = "debug"

    def __init__(self, seed: int = 0, space: ClipSpace | None = None) -> None:
        from trichord.space.clips import debug_clip_space

        self.space = space or debug_clip_space(seed)

    def embed(self, programs: Sequence[str]) -> Readings:
        """See `Tower`."""
        problems = refusals(programs)
        pictures = [
            _notes(code) if problem is None else None
            for code, problem in zip(programs, problems, strict=True)
        ]
        return readings_of(self.space, pictures, problems, [None] * len(programs))


def _notes(code: str) -> Picture:
    from trichord.livecode.literals import number
    from trichord.livecode.tree import parse

    shown = np.zeros((GRID.bands, int(SECONDS / _COLUMN)), np.float32)
    now = 0.0
    for call in parse(code).calls:
        value = number(call.positional[0]) if call.positional else None
        if value is None:
            continue
        if call.name == "sleep":
            now += max(0.0, float(value))
        elif call.name == "play":
            band, column = round(value) - GRID.low, int(now / _COLUMN)
            if 0 <= band < GRID.bands and column < shown.shape[1]:
                ring = 60.0 * 0.7 ** np.arange(shown.shape[1] - column)
                shown[band, column:] = np.maximum(shown[band, column:], ring)
    return shown
