"""Reverberation: FreeVerb and GVerb as decays of their own in each band."""

from __future__ import annotations

import itertools

import numpy as np

from trichord.audio.bands import Floats
from trichord.score.sketch.effects.base import Stage, effect

COMB_SECONDS = 0.0313
"""Mean length of FreeVerb's eight combs."""
COMBS = 8
FIXED_GAIN = 0.03
"""What FreeVerb's input is scaled by: 0.015 of the sum of both channels."""
ALL_PASSES = 20.0
"""Power that its four all-passes, which are none, add (measured: 13 dB)."""

LINE_SECONDS = 0.00235
"""Mean length of GVerb's delay lines for each metre of room."""
GVERB_TAIL = 16.0
GVERB_EARLY = 8.0
"""Measured on bursts of noise: power of the tail, and of what is early."""


@effect("reverb", keeps=lambda mix: 1.0 - mix, mix=0.4)
def reverb(stage: Stage, power: Floats) -> Floats:
    """FreeVerb (Jezar): eight combs with a low pass in the loop, four all-passes.

    It mixes once more by itself, since Sonic Pi gives it the same mix.
    """
    mix = stage.mix(0.4)
    room = stage.first_value("room", 0.6, 0.0, 1.0)
    damp = 0.4 * stage.first_value("damp", 0.5, 0.0, 1.0)
    loop = (0.7 + 0.28 * room) ** 2 * damped(stage.omega, damp)  # power left after one turn
    energy = ALL_PASSES * COMBS * FIXED_GAIN**2 / (1 - np.minimum(loop, 0.999))
    frames = COMB_SECONDS * stage.timeline.rate
    left = loop ** (1 / frames)
    tail = decayed(power, left, np.asarray((1 - left) * energy, np.float32), delay=1)
    return np.asarray(tail * mix**2, np.float32)


@effect("gverb", keeps=lambda _: 1.0)
def gverb(stage: Stage, power: Floats) -> Floats:
    """GVerb (Griesinger, Maton): a large room with a time of reverberation in seconds."""
    seconds = stage.first_value("release", 3.0, 0.01, 100.0)
    damp = stage.first_value("damp", 0.5, 0.0, 1.0)
    tail_level = stage.first_value("tail_level", 0.5, 0.0, 10.0)
    early = stage.first_value("ref_level", 0.7, 0.0, 10.0)
    line = LINE_SECONDS * stage.first_value("room", 10.0, 1.0, 300.0)
    frames = line * stage.timeline.rate
    left = 10.0 ** (-6.0 / (seconds * stage.timeline.rate))
    left = left * damped(stage.omega, min(damp, 0.999)) ** (1 / frames)
    tail = decayed(power, left, GVERB_TAIL * tail_level**2, delay=2)
    return np.asarray(tail + GVERB_EARLY * early**2 * power, np.float32)


def damped(omega: Floats, damp: float) -> Floats:
    """Power of the one-pole low pass in a loop, `y = (1 - damp) x + damp y'`."""
    return np.asarray((1 - damp) ** 2 / (1 - 2 * damp * np.cos(omega) + damp**2), np.float32)


def decayed(power: Floats, left: Floats, weight: Floats | float, delay: int) -> Floats:
    """Exponential decay in each band.

    Args:
        power: `[n, bands]`.
        left: share of the power left after a frame, `[bands]`.
        weight: of the first frame of the decay, `[bands]` or for all.
        delay: frames before the first.
    """
    tail = np.zeros_like(power)
    if delay >= len(power):
        return tail
    keep = np.minimum(left, 0.9999).astype(np.float32)
    np.multiply(power[: len(power) - delay], weight, out=tail[delay:], casting="same_kind")
    step = np.empty_like(keep)
    for before, row in itertools.pairwise(tail):
        np.multiply(before, keep, out=step)
        np.add(row, step, out=row)
    return tail
