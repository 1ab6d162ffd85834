"""Repetitions: echo, ping pong, and the short delays of a flanger."""

from __future__ import annotations

import numpy as np

from trichord.audio.bands import Floats
from trichord.score.sketch.effects.base import Stage, effect

FAINTEST = 1e-8
"""Power against the first at which repetitions end."""
MOST = 200
"""Repetitions at most; what is faster than a frame is added as if it stood still."""


@effect("echo", keeps=lambda _: 1.0)
def echo(stage: Stage, power: Floats) -> Floats:
    """The dry sound and a comb (CombN): the first repetition is as loud as the sound."""
    longest = stage.first_value("max_phase", 2.0, 0.001, 20.0)
    phase = min(stage.first_value("phase", 0.25, 0.001, 20.0), longest)
    decay = stage.first_value("decay", 2.0, -100.0, 100.0)
    left = 10.0 ** (-6.0 * phase / abs(decay)) if abs(decay) > 1e-6 else 0.0
    return repeated(power, phase * stage.timeline.rate, left)


@effect("ping_pong", keeps=lambda _: 1.0)
def ping_pong(stage: Stage, power: Floats) -> Floats:
    """The dry sound and repetitions that jump from side to side."""
    longest = stage.first_value("max_phase", 1.0, 0.001, 20.0)
    phase = min(stage.first_value("phase", 0.25, 0.001, 20.0), longest)
    feedback = stage.first_value("feedback", 0.5, 0.0, 0.999)
    side = np.float32(0.25)  # one channel of two
    return side * repeated(power, phase * stage.timeline.rate, feedback**2)


@effect("flanger", alike=0.5)
def flanger(stage: Stage, power: Floats) -> Floats:
    """The sound and a copy a few milliseconds late: twice the power, with moving notches."""
    feedback = stage.first_value("feedback", 0.0, 0.0, 0.9)
    return power * np.float32(2.0 / (1.0 - 0.5 * feedback))


def repeated(power: Floats, frames: float, left: float) -> Floats:
    """The sound after `frames`, and again, each time with `left` of the power."""
    total = np.zeros_like(power)
    if frames * MOST < len(power) and left > 0.9:
        frames = len(power) / MOST
    share, at = 1.0, frames
    for _ in range(MOST):
        if at >= len(power) or share < FAINTEST:
            break
        add_late(total, power, at, share)
        share *= left
        at += frames
    return total


def add_late(total: Floats, power: Floats, frames: float, share: float) -> None:
    """Adds a share of the sound `frames` later, between frames in proportion."""
    whole = int(frames)
    part = frames - whole
    for offset, weight in ((whole, 1 - part), (whole + 1, part)):
        if weight > 0.01 and offset < len(power):
            total[offset:] += np.float32(share * weight) * power[: len(power) - offset]
