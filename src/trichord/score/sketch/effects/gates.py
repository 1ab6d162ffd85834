"""Effects that turn the sound up and down in a rhythm: slicer, panslicer, tremolo."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trichord.audio.bands import Floats
from trichord.score.sketch.block import pan_power
from trichord.score.sketch.effects.base import Stage, effect
from trichord.score.sketch.timeline import FINE
from trichord.score.sketch.waves import control_wave, lagged


@effect("slicer")
def slicer(stage: Stage, power: Floats) -> Floats:
    """Amplitude between `amp_min` and `amp_max`."""
    low = stage.first_value("amp_min", 0.0, -100.0, 100.0)
    high = stage.first_value("amp_max", 1.0, -100.0, 100.0)
    wave = _lag(stage, _between(drawn(stage, 0.25, 1), low, high))
    return power * stage.timeline.smooth(wave**2)[:, None]


@effect("panslicer")
def panslicer(stage: Stage, power: Floats) -> Floats:
    """Place between `pan_min` and `pan_max`; the middle of Balance2 lies 3 dB down."""
    low = stage.first_value("pan_min", -1.0, -1.0, 1.0)
    high = stage.first_value("pan_max", 1.0, -1.0, 1.0)
    gain = np.asarray(pan_power(_lag(stage, _between(drawn(stage, 0.25, 1), low, high))))
    return np.asarray(power * (0.5 * stage.timeline.smooth(gain))[:, None], np.float32)


@effect("tremolo")
def tremolo(stage: Stage, power: Floats) -> Floats:
    """Down by as much as `depth`."""
    wave = 0.75 + 0.25 * drawn(stage, 4.0, 2)
    gain = 1.0 - stage.first_value("depth", 0.5, -10.0, 10.0) * wave
    return power * stage.timeline.smooth(gain**2)[:, None]


def drawn(stage: Stage, phase: float, kind: int) -> NDArray[np.float64]:
    """The effect's control wave on the fine points of its frames, -1..1."""
    times = stage.timeline.fine_seconds(stage.first, stage.count) - stage.begin
    return control_wave(stage.parameters, times, phase=phase, kind=kind)


def _between(wave: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    return low + (high - low) * (0.5 + 0.5 * wave)


def _lag(stage: Stage, wave: NDArray[np.float64]) -> NDArray[np.float64]:
    step = 1.0 / (stage.timeline.rate * FINE)
    up, down, both = (
        stage.first_value(name, 0.0, 0.0, 60.0) for name in ("smooth_up", "smooth_down", "smooth")
    )
    return lagged(lagged(wave, step, up, down), step, both, both)
