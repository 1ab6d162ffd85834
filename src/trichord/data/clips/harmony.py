"""Tonic and mode from the pitches that a program plays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

# Krumhansl & Kessler (1982), as printed in Krumhansl, "Cognitive Foundations of Musical Pitch",
# 1990: how well each step above the tonic fits a major and a minor key.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

CLEAR = 0.7
"""Correlation with a profile from which a key is named."""


@dataclass(frozen=True)
class Key:
    """What a listener would name; both empty where no key is clear."""

    tonic: str = ""
    mode: str = ""


def find_key(pitches: NDArray[np.float64], weights: NDArray[np.float64]) -> Key:
    """The key whose profile the pitch classes fit best (Krumhansl-Schmuckler).

    Args:
        pitches: [N] MIDI.
        weights: [N] how much each counts, as seconds.

    Returns:
        A key where at least three pitch classes are played and the fit is clear.
    """
    classes = np.zeros(12)
    np.add.at(classes, np.rint(pitches).astype(int) % 12, weights)
    total = float(classes.sum())
    if total <= 0.0 or int((classes > 0.02 * total).sum()) < 3:
        return Key()
    fits = [
        (float(np.corrcoef(np.roll(profile, tonic), classes)[0, 1]), tonic, mode)
        for tonic in range(12)
        for mode, profile in (("major", MAJOR), ("minor", MINOR))
    ]
    fit, tonic, mode = max(fits)
    return Key(TONICS[tonic], mode) if fit >= CLEAR else Key()
