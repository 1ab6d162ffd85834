"""Envelopes of amplitude: Sonic Pi's attack, decay, sustain and release, seen through windows."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.bands import Floats
from trichord.score.sketch.timeline import Timeline
from trichord.score.sketch.tracks import Parameters, segment

EXPONENTIAL = 2.0
"""The shape whose way from or to 0 has no length."""
LONGEST = 600.0
"""Seconds to which a stage is cut."""


@dataclass(frozen=True)
class Envelope:
    """Stages in seconds, the levels at their ends, and one shape for all.

    Attributes:
        stages: attack, decay, sustain, release.
        levels: at the start and at the end of each stage, five in all.
        shape: of SuperCollider's envelope shapes.
        bend: of shape 5.
    """

    stages: tuple[float, float, float, float]
    levels: tuple[float, float, float, float, float]
    shape: float = 1.0
    bend: float = 0.0

    @property
    def seconds(self) -> float:
        """From the start to the end of the release."""
        return sum(self.stages)

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Level at some times after the start: 0 before and after."""
        if self.shape == 1:
            ends = np.cumsum((0.0, *self.stages)) + 1e-9 * np.arange(5)
            return np.interp(times, ends, self.levels, 0.0, 0.0)
        values = np.zeros(len(times))
        begin = 0.0
        for length, start, end in zip(self.stages, self.levels, self.levels[1:], strict=False):
            inside = (times >= begin) & (times < begin + length)
            if length > 0 and inside.any():
                x = (times[inside] - begin) / length
                values[inside] = segment(x, start, end, self.shape, self.bend)
            begin += length
        return values


def read(
    parameters: Parameters, prefix: str = "", rest: float = 0.0, *, bent: bool = False
) -> Envelope:
    """The envelope that parameters describe.

    Args:
        parameters: of a synth or a player.
        prefix: "cutoff_" for that of a filter, whose times of -1 mean those of the amplitude.
        rest: seconds that a sustain of -1 fills together with the other stages.
        bent: `env_curve` is the bend of every stage, as in tb303, and not the number of a shape.
    """

    def time(name: str, default: float) -> float:
        value = parameters.first(f"{prefix}{name}", default, -1.0, LONGEST)
        if prefix and value < 0:
            value = parameters.first(name, default, -1.0, LONGEST)
        return value

    attack, decay, release = (
        max(time(name, default), 0.0)
        for name, default in (("attack", 0.0), ("decay", 0.0), ("release", 0.0))
    )
    sustain = time("sustain", 0.0)
    if sustain < 0:
        sustain = max(rest - attack - decay - release, 0.0)
    peak = parameters.first(f"{prefix}attack_level", 1.0)
    held = parameters.first(f"{prefix}sustain_level", 1.0)
    dip = parameters.first(f"{prefix}decay_level", -1.0)
    dip = held if dip == -1 else dip
    shape = parameters.first(f"{prefix}env_curve", 1.0)
    levels = (0.0, peak, dip, held, 0.0)
    if bent:
        return Envelope((attack, decay, sustain, release), levels, 5.0, shape)
    if shape == EXPONENTIAL:  # there is no way up from 0: a short click is left
        return Envelope((0.0, 0.0, 0.04, 0.04), (0.0, peak, peak, peak, 0.0))
    return Envelope((attack, decay, sustain, release), levels, shape)


@functools.lru_cache(maxsize=4096)
def plain_power(timeline: Timeline, envelope: Envelope, early: float, count: int) -> Floats:
    """What the windows of frames make of an envelope of a steady sound.

    Args:
        timeline: of the sketch.
        envelope: of amplitude.
        early: frames from the first value to the onset.
        count: how many.

    Returns:
        `[count]`, not to be written to: it is kept for the next event with this envelope.
    """
    times = timeline.fine_seconds(0, count) - early / timeline.rate
    return timeline.smooth(envelope.at(times) ** 2)


@functools.lru_cache(maxsize=4096)
def window_power(timeline: Timeline, envelope: Envelope, early: float, count: int) -> Floats:
    """What the windows make of an envelope, against a sound that starts and stays.

    A patch has been heard through the same windows: near its onset they hold a part of it only.
    So the power of envelope times sound is that of the patch times this ratio, exactly for a
    steady tone. Arguments and result are those of `plain_power`, 1 where the envelope has long
    been 1.
    """
    heard = plain_power(timeline, envelope, early, count)
    times = timeline.fine_seconds(0, min(count, 3 * timeline.lead)) - early / timeline.rate
    begun = np.ones(count, np.float32)
    part = timeline.smooth((times >= 0).astype(np.float64))
    begun[: len(part)] = part
    return np.asarray(heard / np.maximum(begun, 1e-6), np.float32)
