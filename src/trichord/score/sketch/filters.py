"""Power responses of the sound server's filters, by band.

From their analogue prototypes (SuperCollider's LPF, HPF, RLPF, RHPF, BPF, MidEQ and the shelves of
its BEQSuite are bilinear transforms of these).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trichord.audio.bands import Floats

LOWEST_RQ = 0.004
"""Reciprocal of the quality from which a resonance is so narrow that a band holds all of it."""


def ratio(hertz: Floats, note: Any) -> Any:
    """Band centres over a filter's frequency: `[bands]`, or `[n, bands]` for notes `[n]`."""
    centre = 440.0 * 2.0 ** ((np.asarray(note, np.float32) - 69.0) / 12.0)
    if np.ndim(centre):
        centre = centre[:, None]
    return (hertz / centre).astype(np.float32)


def low_pass(x: Any) -> Any:
    """Butterworth of second order at `x` = f / cutoff."""
    return 1.0 / (1.0 + x**4)


def high_pass(x: Any) -> Any:
    """The mirror image of `low_pass`."""
    power = x**4
    return power / (1.0 + power)


def resonant_low_pass(x: Any, rq: Any) -> Any:
    """Two poles with a peak of 1 / rq in amplitude; `rq` as `column` gives it."""
    square = x**2
    return 1.0 / ((1.0 - square) ** 2 + np.maximum(rq, LOWEST_RQ) ** 2 * square)


def resonant_high_pass(x: Any, rq: Any) -> Any:
    """The mirror image of `resonant_low_pass`."""
    return x**4 * resonant_low_pass(x, rq)


def band_pass(x: Any, rq: Any) -> Any:
    """Two poles, 1 at the centre, as wide as `rq` of it."""
    part = np.maximum(rq, 0.03) ** 2 * x**2
    return part / ((1.0 - x**2) ** 2 + part)


def peak(x: Any, rq: Any, decibels: Any) -> Any:
    """A bell of so many dB."""
    gain = 10.0 ** (decibels / 40.0)
    width = np.maximum(rq, 0.03) ** 2 * x**2
    middle = (1.0 - x**2) ** 2
    return (middle + width * gain**2) / (middle + width / gain**2)


def low_shelf(x: Any, decibels: Any) -> Any:
    """So many dB below, none above."""
    return 1.0 + (10.0 ** (decibels / 10.0) - 1.0) / (1.0 + x**4)


def high_shelf(x: Any, decibels: Any) -> Any:
    """So many dB above, none below."""
    return low_shelf(1.0 / np.maximum(x, 1e-6), decibels)


def column(values: Any) -> Any:
    """A number as it is, values over time `[n]` as `[n, 1]`."""
    return np.asarray(values, np.float32)[:, None] if np.ndim(values) else values
