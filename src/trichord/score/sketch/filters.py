"""Power responses of the sound server's filters, by band, as it computes them.

SuperCollider's LPF, HPF and BPF are bilinear transforms of their analogue prototypes; RLPF and
RHPF are two-pole recursions whose coefficients stand in its source (LFUGens, FilterUGens).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trichord.audio.bands import Floats

RATE = 44100.0
"""Hz at which the sound server works."""

LOWEST_RQ = 0.001
"""Reciprocal of the quality at which the sound server stops."""


def omega(hertz: Floats) -> Floats:
    """Angle per sample of band centres `[bands]`, below that of half the sample rate."""
    return (2 * np.pi * np.minimum(hertz, 0.499 * RATE) / RATE).astype(np.float32)


def angle(note: Any) -> Any:
    """Angle per sample of a filter's frequency: a number, or `[n, 1]` for notes `[n]`."""
    hertz = 440.0 * 2.0 ** ((np.asarray(note, np.float64) - 69.0) / 12.0)
    turned = np.minimum(2 * np.pi * hertz / RATE, 0.998 * np.pi)
    return turned[:, None] if turned.ndim else turned


def ratio(w: Floats, note: Any) -> Any:
    """Frequency over the filter's, both bent by the bilinear transform."""
    return (np.tan(w / 2) / np.tan(angle(note) / 2)).astype(np.float32)


def low_pass(w: Floats, note: Any) -> Any:
    """LPF: Butterworth of second order."""
    return 1.0 / (1.0 + ratio(w, note) ** 4)


def high_pass(w: Floats, note: Any) -> Any:
    """HPF: its mirror image."""
    power = ratio(w, note) ** 4
    return power / (1.0 + power)


def resonant_low_pass(w: Floats, note: Any, rq: Any) -> Any:
    """RLPF; `rq` is the reciprocal quality, a number or `[n, 1]`."""
    return _recursion(w, angle(note), rq, 1.0)


def resonant_high_pass(w: Floats, note: Any, rq: Any) -> Any:
    """RHPF."""
    return _recursion(w, angle(note), rq, -1.0)


def _recursion(w: Floats, centre: Any, rq: Any, sign: float) -> Any:
    """Two poles and a double zero at half the sample rate (`sign` 1) or at 0 (-1)."""
    turn = w.astype(np.float64)  # near the peak, large numbers cancel
    centre = np.asarray(centre, np.float64)
    half = np.minimum(np.maximum(rq, LOWEST_RQ) * centre / 2, 1.5)
    part = (1 - np.tan(half)) / (1 + np.tan(half))
    b1, b2 = (1 + part) * np.cos(centre), -part
    gain = (1 + part - sign * b1) / 4
    poles = 1 + b1**2 + b2**2 - 2 * b1 * (1 - b2) * np.cos(turn) - 2 * b2 * np.cos(2 * turn)
    zeros = (2 + sign * 2 * np.cos(turn)) ** 2
    return (gain**2 * zeros / np.maximum(poles, 1e-15)).astype(np.float32)


def band_pass(w: Floats, note: Any, rq: Any) -> Any:
    """BPF: 1 at the centre, as wide as `rq` of it."""
    x = ratio(w, note)
    part = np.maximum(rq, 0.03) ** 2 * x**2
    return part / ((1.0 - x**2) ** 2 + part)


def peak(w: Floats, note: Any, rq: Any, decibels: Any) -> Any:
    """A bell of so many dB."""
    x = ratio(w, note)
    gain = 10.0 ** (decibels / 40.0)
    width = np.maximum(rq, 0.03) ** 2 * x**2
    middle = (1.0 - x**2) ** 2
    return (middle + width * gain**2) / (middle + width / gain**2)


def low_shelf(w: Floats, note: Any, decibels: Any) -> Any:
    """So many dB below a note, none above."""
    return 1.0 + (10.0 ** (decibels / 10.0) - 1.0) * low_pass(w, note)


def high_shelf(w: Floats, note: Any, decibels: Any) -> Any:
    """So many dB above a note, none below."""
    return 1.0 + (10.0 ** (decibels / 10.0) - 1.0) * high_pass(w, note)


def column(values: Any) -> Any:
    """A number as it is, values over time `[n]` as `[n, 1]`."""
    return np.asarray(values, np.float32)[:, None] if np.ndim(values) else values
