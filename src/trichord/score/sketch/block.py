"""A stretch of band power at its place on the timeline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trichord.audio.bands import Floats


@dataclass(frozen=True, eq=False)
class Block:
    """Frames in a row.

    Attributes:
        first: frame of the first row; may lie before the timeline.
        power: `[n, bands]`.
    """

    first: int
    power: Floats

    def add_to(self, total: Floats, begin: int = 0) -> None:
        """Adds to `total` `[m, bands]`, whose first row is frame `begin`; what is outside falls."""
        offset = self.first - begin
        low, high = max(offset, 0), min(offset + len(self.power), len(total))
        if low < high:
            total[low:high] += self.power[low - offset : high - offset]


def pan_power(pan: float | np.ndarray[tuple[int], np.dtype[np.float64]]) -> float | Floats:
    """Power that a mono sound keeps in the mean of both channels, against the middle.

    Pan2 has gains cos and sin: their mean is 1 in the middle and down by 3 dB at the sides.
    """
    angle = (np.clip(pan, -1, 1) + 1) * (np.pi / 4)
    power = (np.cos(angle) + np.sin(angle)) ** 2 / 2
    return float(power) if np.ndim(power) == 0 else power.astype(np.float32)
