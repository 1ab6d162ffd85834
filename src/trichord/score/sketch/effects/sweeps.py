"""Filters that a control wave moves: wobble and ixi_techno."""

from __future__ import annotations

import numpy as np

from trichord.audio.bands import Floats
from trichord.score.sketch import filters
from trichord.score.sketch.effects.base import Stage, effect
from trichord.score.sketch.waves import control_wave


@effect("wobble", alike=0.7)
def wobble(stage: Stage, power: Floats) -> Floats:
    """A resonant filter between two cutoffs."""
    high_pass = stage.first_value("filter", 0.0) >= 1
    wave = control_wave(stage.parameters, stage.times - stage.begin, phase=0.5, kind=0)
    return _swept(stage, power, wave, high_pass)


@effect("ixi_techno", alike=0.7)
def ixi_techno(stage: Stage, power: Floats) -> Floats:
    """A resonant low pass that a slow sine moves, from its lowest."""
    phase = stage.first_value("phase", 4.0, 1e-3, 1e4)
    offset = stage.first_value("phase_offset", 0.0)
    turn = (stage.times - stage.begin) / phase + offset
    return _swept(stage, power, -np.cos(2 * np.pi * turn), False)


def _swept(
    stage: Stage, power: Floats, wave: np.ndarray[tuple[int], np.dtype[np.float64]], high_pass: bool
) -> Floats:
    low = stage.first_value("cutoff_min", 60.0, 0.0, 140.0)
    high = stage.first_value("cutoff_max", 120.0, 0.0, 140.0)
    cutoff = low + (high - low) * (0.5 + 0.5 * wave)  # even in semitones, as LinExp in Hz
    rq = 1.0 - stage.first_value("res", 0.8, 0.0, 1.0)
    response = filters.resonant_high_pass if high_pass else filters.resonant_low_pass
    return np.asarray(power * response(stage.omega, cutoff, rq), np.float32)
