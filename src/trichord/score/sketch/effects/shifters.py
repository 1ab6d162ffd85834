"""Effects that move the pitch: pitch_shift, whammy, octaver, ring_mod."""

from __future__ import annotations

import numpy as np

from trichord.audio.bands import Floats
from trichord.score.sketch import filters
from trichord.score.sketch.effects.base import Stage, effect
from trichord.score.sketch.shifts import transposed, transposed_over


@effect("pitch_shift", "autotuner", alike=0.0)
def pitch_shift(stage: Stage, power: Floats) -> Floats:
    """Transposed, the tempo kept."""
    return _shifted(stage, power, "pitch", 0.0)


@effect("whammy", alike=0.0)
def whammy(stage: Stage, power: Floats) -> Floats:
    """Transposed, coarsely."""
    return np.float32(0.4) * _shifted(stage, power, "transpose", 12.0)


@effect("octaver", alike=0.0)
def octaver(stage: Stage, power: Floats) -> Floats:
    """Below 440 Hz: an octave above and one and two below."""
    low = power * filters.low_pass(stage.omega, 69.0)
    wet = stage.value("super_amp", 1.0) ** 2 * 0.36 * transposed(low, 12)
    wet = wet + stage.value("sub_amp", 1.0) ** 2 * 0.25 * transposed(low, -12)
    return np.asarray(wet + stage.value("subsub_amp", 1.0) ** 2 * 0.2 * transposed(low, -24))


@effect("ring_mod", alike=0.0)
def ring_mod(stage: Stage, power: Floats) -> Floats:
    """The sound and its sum and difference with a sine (Ring1: a b + a)."""
    note = stage.first_value("freq", 30.0, -20.0, 140.0)
    depth = stage.first_value("mod_amp", 1.0, 0.0, 100.0)
    hertz = stage.timeline.hertz
    sine = 440.0 * 2 ** ((note - 69) / 12)
    wet = power.copy()
    for image in (hertz + sine, np.abs(hertz - sine)):
        to = np.round(12 * np.log2(np.maximum(image, 1.0) / hertz[0])).astype(int)
        inside = (to >= 0) & (to < len(hertz))
        np.add.at(wet.T, to[inside], (0.25 * depth**2 * power[:, inside]).T)
    return wet


def _shifted(stage: Stage, power: Floats, name: str, default: float) -> Floats:
    pitch = stage.track(name, default, -96.0, 96.0)
    if np.ndim(pitch):
        return transposed_over(power, np.asarray(pitch, np.float32))
    return transposed(power, float(pitch))
