"""Where a note begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trichord.audio.loudness import envelope

_HOP_SECONDS = 0.001
_BELOW_PEAK_DB = 40.0
_ABOVE_FLOOR_DB = 9.0
_HIGHEST_THRESHOLD_DB = 20.0
_AUDIBLE_DBFS = -80.0


def onset(wave: NDArray[np.float32], sample_rate: int) -> int:
    """First sample of the note, after the silence or the room noise in front of it.

    The first millisecond that rises to 40 dB below the loudest one, or clearly above the noise
    that leads the recording where that is louder. A slow swell therefore starts at its foot, not
    at its top.

    Args:
        wave: mono samples `[T]`.
        sample_rate: Hz.

    Returns:
        A sample index; 0 for a wave that is silent throughout.
    """
    levels = envelope(wave, sample_rate, _HOP_SECONDS)
    peak = float(levels.max())
    if peak <= _AUDIBLE_DBFS:
        return 0
    threshold = max(peak - _BELOW_PEAK_DB, _AUDIBLE_DBFS, _leading_floor(levels) + _ABOVE_FLOOR_DB)
    threshold = min(threshold, peak - _HIGHEST_THRESHOLD_DB)
    first = int(np.argmax(levels >= threshold))
    hop = max(1, round(_HOP_SECONDS * sample_rate))
    start = first * hop
    # Within the millisecond that crossed: its first sample of some size.
    block = np.abs(wave[start : start + hop])
    return start + int(np.argmax(block >= 0.25 * block.max()))


def trim(wave: NDArray[np.float32], sample_rate: int, lead: float = 0.001) -> NDArray[np.float32]:
    """The wave from `lead` seconds before its onset to its end."""
    return wave[max(0, onset(wave, sample_rate) - int(lead * sample_rate)) :]


def _leading_floor(levels: NDArray[np.float32]) -> float:
    """Level in dBFS of what stands before the note; very low where the note starts at once."""
    rising = int(np.argmax(levels >= levels.max() - 6.0))
    if rising < 20:
        return -200.0
    return float(np.percentile(levels[: rising // 2], 90))
