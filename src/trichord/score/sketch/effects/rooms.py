"""Reverberation: FreeVerb and GVerb as decays of their own in each band."""

from __future__ import annotations

import numpy as np

from trichord.audio.bands import Floats
from trichord.score.sketch.effects.base import Stage, effect

COMB_SECONDS = 0.0313
"""Mean length of FreeVerb's eight combs."""
COMBS = 8
FIXED_GAIN = 0.03
"""What FreeVerb's input is scaled by: 0.015 of the sum of both channels."""


@effect("reverb", keeps=lambda mix: 1.0 - mix, mix=0.4)
def reverb(stage: Stage, power: Floats) -> Floats:
    """FreeVerb (Jezar): eight combs with a low pass in the loop, four all-passes.

    It mixes once more by itself, since Sonic Pi gives it the same mix.
    """
    mix = stage.mix(0.4)
    room = stage.first_value("room", 0.6, 0.0, 1.0)
    damp = 0.4 * stage.first_value("damp", 0.5, 0.0, 1.0)
    omega = 2 * np.pi * np.minimum(stage.timeline.hertz / 44100.0, 0.5)
    low_pass = (1 - damp) ** 2 / (1 - 2 * damp * np.cos(omega) + damp**2)
    loop = (0.7 + 0.28 * room) ** 2 * low_pass  # power left after one turn
    energy = COMBS * FIXED_GAIN**2 / (1 - np.minimum(loop, 0.999))
    frames = COMB_SECONDS * stage.timeline.rate
    tail = decayed(power, loop ** (1 / frames), delay=1) * energy.astype(np.float32)
    return np.asarray(tail * mix**2, np.float32)


@effect("gverb", keeps=lambda _: 1.0)
def gverb(stage: Stage, power: Floats) -> Floats:
    """GVerb (Griesinger, Maton): a large room with a time of reverberation in seconds."""
    seconds = stage.first_value("release", 3.0, 0.01, 100.0)
    damp = stage.first_value("damp", 0.5, 0.0, 1.0)
    tail_level = stage.first_value("tail_level", 0.5, 0.0, 10.0)
    early = stage.first_value("ref_level", 0.7, 0.0, 10.0)
    octaves = np.maximum(np.log2(stage.timeline.hertz / 500.0), 0.0)
    times = seconds / (1.0 + damp * octaves)
    left = 10.0 ** (-6.0 / (times * stage.timeline.rate))
    tail = decayed(power, left.astype(np.float32), delay=2)
    return GVERB_TAIL * tail_level**2 * tail + GVERB_EARLY * early**2 * power


GVERB_TAIL = 1.0
GVERB_EARLY = 1.0


def decayed(power: Floats, left: Floats, delay: int) -> Floats:
    """Exponential decay in each band, of total weight 1.

    Args:
        power: `[n, bands]`.
        left: share of the power left after a frame, `[bands]`.
        delay: frames before the first.
    """
    tail = np.empty_like(power)
    state = np.zeros(power.shape[1], np.float32)
    keep = np.minimum(left, 0.9999).astype(np.float32)
    coming = np.zeros_like(power)
    if delay < len(power):
        coming[delay:] = power[: len(power) - delay] * (1 - keep)
    for index in range(len(power)):
        np.multiply(state, keep, out=state)
        np.add(state, coming[index], out=state)
        tail[index] = state
    return tail
