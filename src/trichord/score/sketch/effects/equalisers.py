"""Filters that stand still or follow their parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from trichord.audio.bands import Floats
from trichord.score.sketch import filters
from trichord.score.sketch.effects.base import Stage, effect
from trichord.score.sketch.effects.levels import normalised


@effect("lpf")
def lpf(stage: Stage, power: Floats) -> Floats:
    """Low pass."""
    return power * filters.low_pass(stage.omega, _note(stage, "cutoff"))


@effect("hpf")
def hpf(stage: Stage, power: Floats) -> Floats:
    """High pass."""
    return power * filters.high_pass(stage.omega, _note(stage, "cutoff"))


@effect("rlpf", alike=0.7)
def rlpf(stage: Stage, power: Floats) -> Floats:
    """Low pass with resonance."""
    return power * filters.resonant_low_pass(stage.omega, _note(stage, "cutoff"), _rq(stage, 0.5))


@effect("rhpf", alike=0.7)
def rhpf(stage: Stage, power: Floats) -> Floats:
    """High pass with resonance."""
    return power * filters.resonant_high_pass(stage.omega, _note(stage, "cutoff"), _rq(stage, 0.5))


@effect("bpf", "rbpf", alike=0.7)
def bpf(stage: Stage, power: Floats) -> Floats:
    """Band pass."""
    return power * filters.band_pass(stage.omega, _note(stage, "centre"), _rq(stage, 0.6))


@effect("nlpf", alike=0.0)
def nlpf(stage: Stage, power: Floats) -> Floats:
    """Low pass, brought to full level."""
    return normalised(stage, lpf(stage, power))


@effect("nhpf", alike=0.0)
def nhpf(stage: Stage, power: Floats) -> Floats:
    """High pass, brought to full level."""
    return normalised(stage, hpf(stage, power))


@effect("nrlpf", alike=0.0)
def nrlpf(stage: Stage, power: Floats) -> Floats:
    """Resonant low pass, brought to full level."""
    return normalised(stage, rlpf(stage, power))


@effect("nrhpf", alike=0.0)
def nrhpf(stage: Stage, power: Floats) -> Floats:
    """Resonant high pass, brought to full level; its `res` is the reciprocal quality itself."""
    rq = stage.value("res", 0.5, 0.0, 1.0)
    passed = power * filters.resonant_high_pass(stage.omega, _note(stage, "cutoff"), rq)
    return normalised(stage, np.asarray(passed, np.float32))


@effect("nbpf", "nrbpf", alike=0.0)
def nbpf(stage: Stage, power: Floats) -> Floats:
    """Band pass, brought to full level."""
    return normalised(stage, bpf(stage, power))


@effect("band_eq")
def band_eq(stage: Stage, power: Floats) -> Floats:
    """One bell."""
    decibels = stage.value("db", 0.6, -60.0, 60.0)
    return power * filters.peak(stage.omega, _note(stage, "freq"), _rq(stage, 0.6), decibels)


@effect("eq")
def eq(stage: Stage, power: Floats) -> Floats:
    """Two shelves and three bells; a gain of 1 is 15 dB."""
    for name in ("low", "mid", "high"):
        decibels = 15.0 * stage.value(name, 0.0, -8.0, 8.0)
        if np.any(decibels):
            rq = 1.0 / np.maximum(stage.value(f"{name}_q", 0.6), 0.001)
            power = power * filters.peak(stage.omega, _note(stage, f"{name}_note"), rq, decibels)
    low = 15.0 * stage.value("low_shelf", 0.0, -8.0, 8.0)
    high = 15.0 * stage.value("high_shelf", 0.0, -8.0, 8.0)
    power = power * filters.low_shelf(stage.omega, _note(stage, "low_shelf_note"), low)
    return power * filters.high_shelf(stage.omega, _note(stage, "high_shelf_note"), high)


@effect("vowel", alike=0.5)
def vowel(stage: Stage, power: Floats) -> Floats:
    """Five formants of a sung vowel; here those of a soprano, whose bandwidths are near the rest.

    Formants after the table of the Csound manual, which the effect uses too.
    """
    sound = int(stage.first_value("vowel_sound", 1.0, 1.0, 5.0)) - 1
    gain = np.zeros(len(stage.timeline.hertz), np.float32)
    for hertz, amplitude in zip(*_FORMANTS[sound], strict=True):
        note = 69.0 + 12.0 * np.log2(hertz / 440.0)
        gain += filters.band_pass(stage.omega, note, max(amplitude / 90.0, 0.03))
    return np.asarray(power * (VOWEL_GAIN * gain), np.float32)


VOWEL_GAIN = 60.0
"""Measured on chords of saws; a band holds more than such a narrow filter."""

_FORMANTS: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = (
    ((800, 1150, 2900), (1.0, 0.5, 0.025)),
    ((350, 2000, 2800), (1.0, 0.1, 0.18)),
    ((270, 2140, 2950), (1.0, 0.25, 0.05)),
    ((450, 800, 2830), (1.0, 0.28, 0.08)),
    ((325, 700, 2700), (1.0, 0.16, 0.02)),
)


def _note(stage: Stage, name: str) -> Any:
    """A parameter that names a frequency as a MIDI note."""
    return stage.track(name, 100.0, -20.0, 140.0)


def _rq(stage: Stage, default: float) -> Any:
    """Reciprocal quality of a `res` between 0 and 1."""
    return 1.0 - stage.value("res", default, 0.0, 1.0)
