"""The code tower: programs read, nothing run, a few milliseconds each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from trichord.livecode.towers.base import Picture, Readings, Strokes, Tower, is_audible
from trichord.livecode.towers.guarded import faults, refusals

if TYPE_CHECKING:
    from trichord.livecode import code_tower
    from trichord.livecode.reader import Reading
    from trichord.space.clips import ClipSpace

NOTHING = "nothing that it plays can be read off its text"


class CodeTower(Tower):
    """Reads programs.

    Args:
        space: that the reader's vectors lie in.
        reader: the network and what it reads with.
        guarded: whether a program that may not run is refused, as the other towers must; a search
            through a folder wants to find those, too.
    """

    name = "code"

    def __init__(
        self, space: ClipSpace, reader: code_tower.CodeTower, guarded: bool = True
    ) -> None:
        self.space = space
        self._reader = reader
        self._guarded = guarded

    def embed(self, programs: Sequence[str]) -> Readings:
        """See `Tower`."""
        import torch

        problems = (refusals if self._guarded else faults)(programs)
        texts = {i: code for i, code in enumerate(programs) if problems[i] is None}
        readings = {i: self._reader.read(code) for i, code in texts.items()}
        vectors = torch.zeros(len(programs), self.space.dim)
        pictures: list[Picture | None] = [None] * len(programs)
        strokes: list[Strokes | None] = [None] * len(programs)
        if readings:
            found, shown = self._reader.of_readings(list(readings.values()))
            for row, (i, reading) in enumerate(readings.items()):
                picture = shown[row].numpy().astype(np.float32)
                if not len(reading.strokes) or not is_audible(picture):
                    problems[i] = NOTHING
                    continue
                vectors[i], pictures[i] = found[row], picture
                strokes[i] = _strokes(reading, self._reader.seconds)
        return Readings(vectors, tuple(pictures), tuple(problems), tuple(strokes))

    def fingerprint(self) -> str:
        """See `Tower`."""
        from trichord.livecode.towers.weights import fingerprint

        return f"code {fingerprint(self._reader.network)}"


def _strokes(reading: Reading, seconds: float) -> Strokes:
    nothing = np.full(len(reading.times), np.nan)
    return Strokes(seconds, reading.times.astype(np.float64), nothing, nothing)
