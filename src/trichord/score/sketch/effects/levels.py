"""Effects that change the level: compressor, normaliser, place between the speakers."""

from __future__ import annotations

from typing import Any

import numpy as np

from trichord.audio.bands import Floats
from trichord.score.sketch.block import pan_power
from trichord.score.sketch.effects.base import Stage, effect
from trichord.score.sketch.filters import column


def peaks(power: Floats) -> Floats:
    """An estimate of each frame's highest sample, `[n, 1]`.

    A sine's peak is the root of its power (a sine of amplitude 1 has power 1 here); a sound of
    many partials peaks higher than a sine of the same power, up to half as high again.
    """
    total = power.sum(1, keepdims=True)
    near = power[:, :-2] + power[:, 1:-1] + power[:, 2:]  # a sine lies in up to three bands
    purity = near.max(1, keepdims=True) / np.maximum(total, 1e-20)
    return np.sqrt(total) * (1.5 - 0.5 * purity)


def sounding_peaks(power: Floats, lead: int) -> Floats:
    """Peaks without what windows see of them too early and too late, `[n, 1]`.

    A frame whose window holds only the edge of a sound looks soft; the sound itself is as loud as
    in the loudest frame within reach of the window.
    """
    peak = peaks(power)
    padded = np.pad(peak[:, 0], lead, mode="edge")
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * lead + 1).max(1)
    return highest[:, None]


def limited(power: Floats, ceiling: float) -> Floats:
    """Holds peaks below a ceiling by turning the whole sound down."""
    gain = np.minimum(1.0, ceiling / np.maximum(peaks(power), 1e-9))
    return power * gain**2


def normalised(stage: Stage, power: Floats) -> Floats:
    """SuperCollider's Normalizer: always at the level asked for, silence excepted."""
    level = stage.value("level", 1.0, 0.0, 100.0)
    peak = sounding_peaks(power, stage.timeline.lead - 1)
    gain = level / np.maximum(peak, 1e-5)
    return np.asarray(power * gain**2, np.float32)


@effect("normaliser", alike=0.0)
def normaliser(stage: Stage, power: Floats) -> Floats:
    """Always at full level."""
    return normalised(stage, power)


@effect("compressor")
def compressor(stage: Stage, power: Floats) -> Floats:
    """Slopes above and below a threshold."""
    threshold = stage.value("threshold", 0.2, 1e-4, 100.0)
    above = stage.value("slope_above", 0.5, -10.0, 10.0)
    below = stage.value("slope_below", 1.0, -10.0, 10.0)
    peak = sounding_peaks(power, stage.timeline.lead - 1)
    over: Any = np.maximum(peak, 1e-6) / threshold
    slope = np.where(over > 1, above, below)
    gain = np.clip(over ** (slope - 1.0), 1e-4, 1e3)
    return np.asarray(power * gain**2, np.float32)


@effect("level")
def level(_: Stage, power: Floats) -> Floats:
    """Nothing but `amp`."""
    return power


@effect("mono")
def mono(_: Stage, power: Floats) -> Floats:
    """Both channels in the middle (Pan2's gain of the middle included)."""
    return power * np.float32(0.5)


@effect("pan")
def pan(stage: Stage, power: Floats) -> Floats:
    """Place between the speakers; the middle of Balance2 lies 3 dB below its input."""
    gain = column(pan_power(stage.track("pan", 0.0, -1.0, 1.0)))
    return np.asarray(power * gain * 0.5, np.float32)
