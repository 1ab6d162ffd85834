"""What the judges hear of a sound: two hand-made descriptors, one after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trichord.audio import second_ears, yardstick
from trichord.audio.onset import onset
from trichord.errors import InputError

Floats = NDArray[np.float32]

SIZES = (*yardstick.FAMILY_SIZES, *second_ears.FAMILY_SIZES)
"""Entries of each family, for `audio.standard.Standard.fit`."""
WIDTH = sum(SIZES)

_LEAST_SECONDS = 0.1
_SILENT = 1e-6


def describe(wave: Floats, sample_rate: int, seconds: float) -> Floats:
    """The descriptor `[WIDTH]` of the first seconds of a sound.

    Outer silence and level are taken away: they belong to how a sound was recorded, and how loud a
    note is has a metric of its own (`metrics.playing`). A silent sound has a descriptor too.

    Args:
        wave: mono `[T]`.
        sample_rate: Hz, 22,050 or more.
        seconds: heard from the onset on; sounds that are compared must be heard as long.

    Raises:
        InputError: `wave` is not mono, empty or not finite.
    """
    wave = np.asarray(wave, dtype=np.float32)
    if wave.ndim != 1 or not wave.size or not np.isfinite(wave).all():
        raise InputError(f"sound of shape {wave.shape}: give one channel of finite samples [T]")
    heard = wave[onset(wave, sample_rate) :][: int(seconds * sample_rate)]
    missing = max(0, int(_LEAST_SECONDS * sample_rate) - len(heard))
    heard = np.pad(heard / max(float(np.abs(heard).max(initial=0.0)), _SILENT), (0, missing))
    parts = (yardstick.yardstick, second_ears.second_ears)
    return np.concatenate([part(heard.astype(np.float32), sample_rate) for part in parts])
