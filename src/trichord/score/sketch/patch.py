"""Patches: the band power of one sound as it is, from which events are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trichord.audio.bands import BandGrid, Floats


@dataclass(frozen=True, eq=False)
class Patch:
    """One sound, alone, at amplitude 1 in the middle, before any mixer.

    Attributes:
        power: `[frames, bands]`; the frame `lead` (half a window) is centred on the onset.
        note: MIDI note at which it was made; None for a sound that has none.
        seconds: how long it sounds; what lasts longer than the patch goes on like its end.
    """

    power: Floats
    note: float | None = None
    seconds: float = float("inf")

    @cached_property
    def end(self) -> Floats:
        """The last fifth of a second as one frame, `[bands]`: how a lasting sound goes on."""
        return self.power[-9:].mean(0)

    def at(self, places: NDArray[np.float64]) -> Floats:
        """The frames at some places, between frames in proportion; silence past the end."""
        low = np.minimum(places.astype(np.int64), len(self.power) - 1)
        high = np.minimum(low + 1, len(self.power) - 1)
        part = np.minimum(places - low, 1.0).astype(np.float32)[:, None]
        power = np.asarray((1 - part) * self.power[low] + part * self.power[high], np.float32)
        power[places >= len(self.power)] = 0.0
        return power

    def frames(self, count: int, fraction: float) -> Floats:
        """The first `count` frames, each `fraction` of a frame later in the sound."""
        needed = count + 1
        power = self.power[:needed]
        if len(power) < needed:
            more = needed - len(power)
            tail = self.end if np.isinf(self.seconds) else np.zeros_like(self.end)
            power = np.concatenate([power, np.repeat(tail[None], more, 0)])
        if fraction == 0:
            return power[:count]
        part = np.float32(fraction)
        return np.asarray((1 - part) * power[:count] + part * power[1:needed], np.float32)


class Patches(Protocol):
    """Where patches come from; one that is not to be had is None, and what plays it is silent."""

    @property
    def grid(self) -> BandGrid:
        """The grid on which they are."""
        ...

    def synth(self, name: str, note: float) -> Patch | None:
        """A synth with open filters, held long, at the note that is nearest among those there."""
        ...

    def sample(self, path: str, rate: float, start: float, finish: float) -> Patch | None:
        """A sound file played at a rate, from one part of its length to another."""
        ...
