"""Band power of sound files, played as a sample player plays them."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from trichord.audio.bands import BandGrid, Floats, band_power
from trichord.audio.io import read_native
from trichord.audio.resample import resample
from trichord.errors import InputError
from trichord.score.sketch import Patch

LONGEST_SECONDS = 20.0
"""Of a sample that is played: what a sketch can show."""
_MIDDLE = np.float32(np.sqrt(0.5))
"""Gain of Pan2 and Balance2 in the middle."""


class SamplePatches:
    """Sound files as patches; keeps the last that were used.

    A file is cut, turned round and resampled for each rate and part that is asked for: that
    takes a millisecond or two and is exact, where a shift of its bands is not.
    """

    def __init__(self, grid: BandGrid, kept: int = 512) -> None:
        self._grid = grid
        self._wave: Callable[[str], tuple[Floats, int] | None] = functools.lru_cache(64)(_wave)
        self._patch = functools.lru_cache(kept)(self._make)

    def played(self, path: str, rate: float, start: float, finish: float) -> Patch | None:
        """A file from `start` to `finish` (parts of its length) at a rate, below 0 backwards.

        Returns:
            None for a file that cannot be read or holds nothing there.
        """
        return self._patch(path, round(rate, 3), round(start, 3), round(finish, 3))

    def _make(self, path: str, rate: float, start: float, finish: float) -> Patch | None:
        read = self._wave(path)
        if read is None or rate == 0:
            return None
        wave, native = read
        part = wave[int(start * len(wave)) : int(finish * len(wave))]
        if len(part) < 2:
            return None
        if rate < 0:
            part = part[::-1]
        speed = abs(rate)
        part = part[: int(LONGEST_SECONDS * native * speed) + 1]
        grid = self._grid
        slow = resample(np.ascontiguousarray(part), native * speed, grid.sample_rate)
        lead = np.zeros(grid.n_fft // 2, np.float32)
        tail = np.zeros(grid.n_fft // 2, np.float32)
        power = band_power(np.concatenate([lead, slow, tail]), grid.sample_rate, grid)
        return Patch(np.ascontiguousarray(power.T), None, len(part) / (native * speed))


def _wave(path: str) -> tuple[Floats, int] | None:
    """A file as mono at its own rate, as loud as a player makes it."""
    try:
        wave, rate = read_native(path)
    except InputError:
        return None
    return wave * _MIDDLE, rate
