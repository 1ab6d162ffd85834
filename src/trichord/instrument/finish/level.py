"""Loudness of a whole instrument: layers that rise, neighbours that match, nature's slope kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trichord.audio.loudness import SILENCE_DB

PEAK_DBFS = -1.0
SMALLEST_STEP, LARGEST_STEP = 2.5, 10.0
"""dB from layer to layer."""
SMALLEST_RANGE = 7.0
"""dB from the softest to the hardest layer; 6 is what is asked, the rest is reserve."""

_NEIGHBOUR_DB = 1.5
_ACROSS_KEYS_DB = 9.0
_MOST_GAIN_DB = 24.0
_SMOOTH_ZONES = 1.5


def level_gains(loudness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gains that bring every note to the instrument's own smooth loudness curve.

    The curve over the keys is the measured one, smoothed and held to 1.5 dB from sample to sample;
    the step from layer to layer is the median of the measured ones, held to 2.5..10 dB.

    Args:
        loudness: measured, dB `[pitches, layers]`, low to high and soft to hard.

    Returns:
        Gains in dB `[pitches, layers]`.
    """
    heard = loudness > SILENCE_DB + 40.0
    known = np.where(heard, loudness, np.nan)
    steps = layer_steps(known)
    curve = _curve(known)
    above = np.concatenate([[0.0], np.cumsum(steps)])
    target = curve[:, None] + above
    # The common level is free: the one that asks for the least gain in the middle of the notes.
    offset = float(np.nanmedian(known - target)) if heard.any() else 0.0
    gains = np.where(heard, target + offset - loudness, 0.0)
    return np.clip(gains, -_MOST_GAIN_DB, _MOST_GAIN_DB)


def layer_steps(loudness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Steps in dB from each layer to the next harder one `[layers - 1]`; NaN marks silent notes."""
    layers = loudness.shape[1]
    if layers == 1:
        return np.zeros(0)
    differences = np.diff(loudness, axis=1)
    known = np.isfinite(differences).any(axis=0)
    natural = np.full(layers - 1, SMALLEST_STEP)
    natural[known] = np.nanmedian(differences[:, known], axis=0)
    least = max(SMALLEST_STEP, SMALLEST_RANGE / (layers - 1))
    return np.clip(natural, least, LARGEST_STEP)


def peak_gain(waves: list[NDArray[np.float32]]) -> float:
    """One linear gain for all notes that puts the highest sample at -1 dBFS; 1 for silence."""
    highest = max((float(np.max(np.abs(wave), initial=0.0)) for wave in waves), default=0.0)
    return 10.0 ** (PEAK_DBFS / 20.0) / highest if highest > 0.0 else 1.0


def _curve(loudness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative loudness over the keys `[pitches]`: the same for all layers."""
    layer = np.array([np.nanmedian(c) if np.isfinite(c).any() else 0.0 for c in loudness.T])
    relative = loudness - layer
    curve = np.array([np.nanmedian(row) if np.isfinite(row).any() else np.nan for row in relative])
    curve = _fill(curve)
    curve = _smooth(_median_of_three(curve))
    curve = np.clip(curve, -_ACROSS_KEYS_DB, _ACROSS_KEYS_DB)
    return _limit_slope(curve, _NEIGHBOUR_DB)


def _fill(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Silent keys take what lies between their neighbours."""
    known = np.isfinite(curve)
    if not known.any():
        return np.zeros_like(curve)
    places = np.arange(curve.size)
    return np.interp(places, places[known], curve[known])


def _median_of_three(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    padded = np.pad(curve, 1, mode="edge")
    return np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0)


def _smooth(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    places = np.arange(curve.size)
    weights = np.exp(-0.5 * ((places[:, None] - places) / _SMOOTH_ZONES) ** 2)
    return (weights * curve).sum(axis=1) / weights.sum(axis=1)


def _limit_slope(curve: NDArray[np.float64], most: float) -> NDArray[np.float64]:
    """Neighbours at most `most` apart: every key is lifted to what its louder neighbours allow."""
    out = curve.copy()
    for index in range(1, out.size):
        out[index] = max(out[index], out[index - 1] - most)
    for index in range(out.size - 2, -1, -1):
        out[index] = max(out[index], out[index + 1] - most)
    return out
