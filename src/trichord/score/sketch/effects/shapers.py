"""Bent amplitudes: distortion, tanh, krush, bitcrusher, and the partials that they add."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from trichord.audio.bands import Floats
from trichord.score.sketch import filters
from trichord.score.sketch.effects.base import Stage, effect
from trichord.score.sketch.effects.levels import peaks, sounding_peaks

ODD = ((19, 1 / 9), (28, 1 / 25), (34, 1 / 49), (38, 1 / 81))
"""Semitones above and power of the partials of a square wave against the first."""


@effect("distortion")
def distortion(stage: Stage, power: Floats) -> Floats:
    """X (1 + k) / (1 + k |x|)."""
    distort = stage.value("distort", 0.5, 0.0, 0.999)
    k = 2 * distort / (1 - distort)
    bent = k * _peaks(stage, power)
    return squared(power * ((1 + k) / (1 + bent)) ** 2, bent / (1 + bent))


@effect("tanh")
def tanh(stage: Stage, power: Floats) -> Floats:
    """A hyperbolic tangent, driven hard: almost a square wave of one level."""
    k = 5 * np.maximum(stage.value("krunch", 5.0, 0.0, 1e4), 1e-4)
    driven = k * np.maximum(_peaks(stage, power), 1e-9)
    gain = np.tanh(driven) / driven * (1 + k / 8)
    return squared(power * gain**2, 1 - np.tanh(driven) / driven)


@effect("krush", alike=0.3)
def krush(stage: Stage, power: Floats) -> Floats:
    """A rectifier that saturates at 1, behind a resonant low pass."""
    gain = stage.value("gain", 5.0, 0.0, 1e4)
    peak = np.maximum(_peaks(stage, power), 1e-9)
    level = (peak**2 + gain * peak) / (peak**2 + np.maximum(gain - 1, -0.5) * peak + 1)
    rectified = raised(power, 12) * 0.36 + raised(power, 24) * 0.014 + raised(power, 31) * 0.003
    rq = 1.0 - stage.value("res", 0.0, 0.0, 1.0)
    cutoff = stage.track("cutoff", 100.0, 0.0, 140.0)
    response = filters.resonant_low_pass(stage.omega, cutoff, rq)
    return np.asarray(rectified * (level / peak) ** 2 * response, np.float32)


@effect("bitcrusher", alike=0.7)
def bitcrusher(stage: Stage, power: Floats) -> Floats:
    """Samples held at a lower rate, with fewer bits."""
    rate = stage.first_value("sample_rate", 10000.0, 100.0, 44100.0)
    bits = stage.first_value("bits", 8.0, 1.0, 24.0)
    held = power @ _mirrored(tuple(stage.timeline.hertz.tolist()), round(rate / 50) * 50.0)
    sounding = peaks(power) > 2.0**-bits
    step = 2.0 ** (1 - bits)
    floor = _noise(tuple(stage.timeline.hertz.tolist())) * (step**2 / 6)
    wet = held + sounding * floor
    cutoff = stage.first_value("cutoff", 0.0, 0.0, 140.0)
    if cutoff > 0:
        wet = wet * filters.low_pass(stage.omega, cutoff)
    return np.asarray(wet, np.float32)


def _peaks(stage: Stage, power: Floats) -> Floats:
    return sounding_peaks(power, stage.timeline.lead - 1)


def squared(power: Floats, bend: Any) -> Floats:
    """Adds odd partials, as many of a square wave's as `bend` (0..1) says."""
    share = np.asarray(bend, np.float32) ** 2
    added = sum((np.float32(weight) * raised(power, steps) for steps, weight in ODD), power * 0)
    return np.asarray(power + share * added, np.float32)


def raised(power: Floats, bands: int) -> Floats:
    """The sound so many semitones higher."""
    moved = np.zeros_like(power)
    if bands < power.shape[1]:
        moved[:, bands:] = power[:, : power.shape[1] - bands]
    return moved


@functools.lru_cache(maxsize=64)
def _mirrored(hertz: tuple[float, ...], rate: float) -> Floats:
    """Where the power of each band goes when samples are held at `rate`: `[bands, bands]`."""
    centres = np.array(hertz)
    table = np.zeros((len(centres), len(centres)), np.float32)
    for k in range(-3, 4):
        image = np.abs(centres + k * rate)
        gain = np.sinc(image / rate) ** 2
        to = np.round(12 * np.log2(np.maximum(image, 1.0) / centres[0])).astype(int)
        heard = (to >= 0) & (to < len(centres))
        np.add.at(table, (np.flatnonzero(heard), to[heard]), gain[heard])
    return table


@functools.lru_cache(maxsize=4)
def _noise(hertz: tuple[float, ...]) -> Floats:
    """White noise of power 1 by band."""
    width = np.array(hertz) * (2 ** (1 / 24) - 2 ** (-1 / 24))
    return (width / 22050.0).astype(np.float32)
