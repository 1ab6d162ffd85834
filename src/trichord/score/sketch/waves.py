"""Control waves: what slices, wobbles and modulates, as Sonic Pi draws them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trichord.score.sketch.tracks import Parameters

Wave = NDArray[np.float64]


def control_wave(
    parameters: Parameters, times: Wave, prefix: str = "", *, phase: float, kind: int
) -> Wave:
    """A wave between -1 and 1 at some times after its start.

    Args:
        parameters: `phase` (seconds of a period), `phase_offset`, `wave`, `invert_wave` and
            `pulse_width`, each behind the prefix.
        times: seconds after the start.
        prefix: "mod_" for that of a synth.
        phase: default of the period.
        kind: default of the wave: 0 a falling saw, 1 a pulse, 2 a triangle, 3 a sine, 4 a
            smoother one; all but the last begin at their top.
    """
    period = parameters.first(f"{prefix}phase", phase, 1e-3, 1e4)
    offset = parameters.first(f"{prefix}phase_offset", 0.0)
    turn = (times / period + offset) % 1.0
    shape = int(parameters.first(f"{prefix}wave", float(kind), 0.0, 4.0))
    if shape == 0:
        wave = 1.0 - 2.0 * turn
    elif shape == 1:
        wave = np.where(turn < parameters.first(f"{prefix}pulse_width", 0.5, 0.0, 1.0), 1.0, -1.0)
    elif shape == 2:
        wave = np.abs(4.0 * turn - 2.0) - 1.0
    elif shape == 3:
        wave = np.cos(2 * np.pi * turn)
    else:
        wave = -np.cos(2 * np.pi * turn)
    return -wave if parameters.first(f"{prefix}invert_wave", 0.0) > 0 else wave


def lagged(wave: Wave, step: float, up: float, down: float) -> Wave:
    """Follows a wave with a delay of its own for rising and falling (60 dB in `up`, `down` s)."""
    if up <= 0 and down <= 0:
        return wave
    rise, fall = (0.0 if time <= 0 else 0.001 ** (step / time) for time in (up, down))
    followed = np.empty_like(wave)
    value = float(wave[0])
    for index, goal in enumerate(wave.tolist()):
        value = goal + (value - goal) * (rise if goal > value else fall)
        followed[index] = value
    return followed
