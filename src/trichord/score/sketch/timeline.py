"""Frames of a sketch, and what a frame's window makes of something that moves within it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trichord.audio.bands import GRID, BandGrid, Floats
from trichord.score.sketch.filters import omega

FINE = 8
"""Points per frame at which envelopes and control waves are drawn: 2.9 ms on the usual grid."""


@dataclass(frozen=True)
class Timeline:
    """The frames of one sketch.

    Attributes:
        grid: bands and frames of what is sketched.
        frames: how many frames.
    """

    grid: BandGrid = GRID
    frames: int = GRID.frames(18.0)

    @property
    def rate(self) -> float:
        """Frames per second."""
        return self.grid.frame_rate

    @cached_property
    def lead(self) -> int:
        """Frames before an onset whose windows already hear it."""
        return self.grid.n_fft // (2 * self.grid.hop)

    @cached_property
    def notes(self) -> Floats:
        """MIDI note of every band."""
        return self.grid.notes

    @cached_property
    def hertz(self) -> Floats:
        """Centre of every band, Hz."""
        return (440.0 * 2.0 ** ((self.notes - 69.0) / 12.0)).astype(np.float32)

    @cached_property
    def omega(self) -> Floats:
        """Centre of every band, angle per sample of the sound server."""
        return omega(self.hertz)

    def frame(self, seconds: float) -> float:
        """Where a moment lies, in frames; rounded to the fine grid."""
        return round(seconds * self.rate * FINE) / FINE

    def seconds(self, first: int, count: int) -> NDArray[np.float64]:
        """Times on which frames are centred `[count]`."""
        return (first + np.arange(count)) / self.rate

    def fine_seconds(self, first: int, count: int) -> NDArray[np.float64]:
        """Fine times that the windows of `count` frames cover `[FINE * (count + 2 * lead)]`."""
        points = np.arange(FINE * (count + 2 * self.lead))
        return (first - self.lead + (points + 0.5) / FINE) / self.rate

    def smooth(self, fine: NDArray[np.floating]) -> Floats:
        """Means of a power over the frames' windows: fine points -> `[count]`.

        The windows weigh amplitudes, so a power is weighed by their squares (Parseval).
        """
        count = len(fine) // FINE - 2 * self.lead
        return np.correlate(fine, self._kernel, "valid")[::FINE][:count].astype(np.float32)

    @cached_property
    def _kernel(self) -> NDArray[np.float64]:
        points = FINE * 2 * self.lead
        weights = np.sin(np.pi * (np.arange(points) + 0.5) / points) ** 4
        return weights / weights.sum()
