"""Where a loop's end meets its start: measured on the samples, for players hide what is wrong.

(sfizz crosses every loop over for a millisecond, which takes the click away that others play.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.notes import midi_to_hz
from trichord.audio.onset import onset
from trichord.audio.pitch import cents_from
from trichord.instrument.check.timbre import centroid

_SIDE_SECONDS, _SIDE_PERIODS = 0.05, 8
"""A side is as long as both of these: a fraction of a period has no level and no spectrum."""
_STEPS_SECONDS = 0.02
_ATTACK_SECONDS = 0.8
_TILED_SECONDS = 1.2
_LEAST_SIDES = 4


@dataclass(frozen=True)
class Seam:
    """A loop and how well its ends meet."""

    start: int
    end: int
    """Both inclusive, in samples."""
    seconds: float
    inside: bool
    """The loop lies within the sample."""
    jump: float = 0.0
    """Step over the seam, in multiples of the largest step of the 20 ms around it."""
    slope_jump: float = 0.0
    """Change of slope over the seam, in multiples of the largest one around it."""
    level_db: float = 0.0
    """Level of the stretch after the seam less that of the one before it."""
    usual_level_db: float = 0.0
    """Such changes within the loop itself, where a tremolo or beating makes them."""
    brightness: float = 1.0
    """Spectral centroid after the seam over the one before it."""
    usual_brightness: float = 1.0
    """Such changes within the loop itself, above 1."""
    cents: float = 0.0
    """Pitch of the loop less the pitch of the attack."""
    trusted: bool = True
    """Both pitches could be read."""


def measure_seam(
    wave: NDArray[np.float32], sample_rate: int, start: int, end: int, pitch: float
) -> Seam:
    """Measures the loop from sample `start` to sample `end`, both inclusive."""
    if not 0 <= start < end < wave.size:
        return Seam(start, end, max(0, end - start + 1) / sample_rate, inside=False)
    body = wave[start : end + 1]
    cents, trusted = _pitch_of_loop(wave, body, sample_rate, pitch)
    jump, slope_jump = _steps(body, sample_rate)
    side = max(_SIDE_SECONDS, _SIDE_PERIODS / midi_to_hz(pitch))
    before, after = _sides(wave, start, end, int(side * sample_rate))
    usual_level, usual_brightness = _usual_changes(body, sample_rate, int(side * sample_rate))
    return Seam(
        start=start,
        end=end,
        seconds=body.size / sample_rate,
        inside=True,
        jump=jump,
        slope_jump=slope_jump,
        level_db=_level(after) - _level(before),
        usual_level_db=usual_level,
        brightness=_ratio(centroid(after, sample_rate), centroid(before, sample_rate)),
        usual_brightness=usual_brightness,
        cents=cents,
        trusted=trusted,
    )


def _steps(body: NDArray[np.float32], sample_rate: int) -> tuple[float, float]:
    """Step and change of slope over the seam, each over the largest of its kind near by."""
    side = max(4, int(_STEPS_SECONDS * sample_rate))
    before, after = body[-side:].astype(np.float64), body[:side].astype(np.float64)
    across = np.concatenate([before[-2:], after[:2]])
    usual = max(np.abs(np.diff(before)).max(), np.abs(np.diff(after)).max(), 1e-6)
    bends = max(np.abs(np.diff(before, 2)).max(), np.abs(np.diff(after, 2)).max(), 1e-6)
    return float(abs(across[2] - across[1]) / usual), float(
        np.abs(np.diff(across, 2)).max() / bends
    )


def _sides(
    wave: NDArray[np.float32], start: int, end: int, size: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    size = min(size, end - start + 1)
    return wave[end + 1 - size : end + 1], wave[start : start + size]


def _level(side: NDArray[np.float32]) -> float:
    return 10.0 * float(np.log10(np.mean(side.astype(np.float64) ** 2) + 1e-14))


def _usual_changes(body: NDArray[np.float32], sample_rate: int, size: int) -> tuple[float, float]:
    """Change of level in dB and of brightness from one side's length to the next in the loop.

    Nine in ten are no larger: a single step is a fault, many are the sound.
    """
    count = body.size // size
    if count < _LEAST_SIDES:
        return 0.0, 1.0
    parts = body[: count * size].reshape(count, size)
    levels = np.diff([_level(part) for part in parts])
    colours = np.diff(np.log([max(centroid(part, sample_rate), 1.0) for part in parts]))
    return float(np.percentile(np.abs(levels), 90)), float(
        np.exp(np.percentile(np.abs(colours), 90))
    )


def _ratio(after: float, before: float) -> float:
    return max(after, 1.0) / max(before, 1.0)


def _pitch_of_loop(
    wave: NDArray[np.float32], body: NDArray[np.float32], sample_rate: int, pitch: float
) -> tuple[float, bool]:
    """Cents of the repeated loop less those of the attack, and whether both could be read."""
    times = max(1, int(np.ceil(_TILED_SECONDS * sample_rate / body.size)))
    repeated = cents_from(np.tile(body, times), sample_rate, pitch)
    first = onset(wave, sample_rate)
    attack = cents_from(
        wave[first : first + int(_ATTACK_SECONDS * sample_rate)], sample_rate, pitch
    )
    trusted = min(repeated.confidence, attack.confidence) > 0.3
    return repeated.cents - attack.cents, trusted
