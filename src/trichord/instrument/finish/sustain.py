"""Whether an instrument holds its notes, and the end of each note: a loop, or a fade to silence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trichord.audio.loops import Loop, bake_crossfade, find_loops
from trichord.audio.loudness import envelope
from trichord.audio.onset import onset
from trichord.audio.pitch import cents_from
from trichord.instrument.finish.prepare import LEAD_SECONDS, soft_start

DECAYING_DB_PER_SECOND = -2.0
"""A sound that falls faster than this, in the median of its notes, dies away by nature."""

_HOP_SECONDS = 0.02
_FLOOR_DB = -70.0
_FADE_SHARE = 0.25
_SHORTEST_FADE, _LONGEST_FADE = 0.02, 1.0
_REST_SECONDS = 0.012
_ATTACK_SECONDS = 0.8
_STEADIEST_CORRECTION_DB = 9.0
_AFTER_LOOP_SECONDS = 0.02
_SAME_PITCH_CENTS = 4.0
_TILED_SECONDS = 1.2


def is_sustained(waves: Sequence[NDArray[np.float32]], sample_rate: int) -> bool:
    """Whether the whole instrument holds its level, judged by the median of its notes."""
    slopes = [fall_of(wave, sample_rate) for wave in waves]
    return float(np.median(slopes)) > DECAYING_DB_PER_SECOND


def fall_of(wave: NDArray[np.float32], sample_rate: int) -> float:
    """Slope of a note's level in dB per second, after its attack and down to the noise."""
    levels = envelope(wave, sample_rate, _HOP_SECONDS).astype(np.float64)
    peak = int(np.argmax(levels))
    # A held sound may reach its very highest level anywhere: its slope is still that of the rest.
    start = min(max(peak, int(0.15 * levels.size)), int(0.4 * levels.size))
    body = levels[start : max(start + 2, int(0.95 * levels.size))]
    quiet = np.flatnonzero(body < levels[peak] + _FLOOR_DB)
    body = body[: int(quiet[0]) if quiet.size else body.size]
    if body.size < 5:
        return -200.0  # it was over before a slope could be drawn
    return _slope(body)


def fade_out(wave: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """The note without its silent tail, its last quarter (at most a second) faded to silence.

    A moment of that silence is kept: a note of a few hundredths of a second has its end in sight of
    its peak, however it is faded, and players that interpolate read past the end.
    """
    levels = envelope(wave, sample_rate, _HOP_SECONDS)
    audible = np.flatnonzero(levels > max(-90.0, float(levels.max()) - 84.0))
    last = int((audible[-1] + 1) * _HOP_SECONDS * sample_rate) if audible.size else wave.size
    out = wave[:last].copy()
    size = max(_FADE_SHARE * out.size, min(_SHORTEST_FADE * sample_rate, 0.5 * out.size))
    size = int(min(size, _LONGEST_FADE * sample_rate))
    if size > 1:
        fall = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, size + 1) / size)
        out[-size:] *= (fall**1.5).astype(np.float32)
    return np.pad(out, (0, int(_REST_SECONDS * sample_rate)))


def loop_note(
    wave: NDArray[np.float32], sample_rate: int, pitch: int
) -> tuple[NDArray[np.float32], Loop | None]:
    """The note with a loop in its steady part, the seam blended, its level held.

    Returns:
        Samples up to the loop's end and a little of what follows (players that interpolate look
        beyond it), and the loop; or the note itself and None where it is too short.
    """
    begin, end = _steady_part(wave, sample_rate), wave.size / sample_rate - 0.01
    held = _hold_level(wave, sample_rate, begin, end)
    # Held at its level, a note that fades has its foot nearer to its top: the onset moves.
    cut = max(0, onset(held, sample_rate) - int(LEAD_SECONDS * sample_rate))
    held = soft_start(held[cut:], sample_rate)
    begin, end = max(0.0, begin - cut / sample_rate), end - cut / sample_rate
    first = int(begin * sample_rate)
    candidates = find_loops(held, sample_rate, pitch, begin=begin, end=end)
    if not candidates:
        return wave, None
    loop, baked = _in_tune(held, candidates, first, sample_rate, pitch)
    after = baked[loop.start : loop.start + int(_AFTER_LOOP_SECONDS * sample_rate)]
    return np.concatenate([baked, after]), loop


def _in_tune(
    wave: NDArray[np.float32], loops: Sequence[Loop], first: int, sample_rate: int, pitch: int
) -> tuple[Loop, NDArray[np.float32]]:
    """The best loop whose pitch is that of the note before it; else the one that comes nearest."""
    attack = cents_from(wave[: int(_ATTACK_SECONDS * sample_rate)], sample_rate, pitch)
    nearest: tuple[float, Loop, NDArray[np.float32]] | None = None
    for loop in loops:
        baked = bake_crossfade(wave, loop, first)
        body = baked[loop.start :]
        times = int(np.ceil(_TILED_SECONDS * sample_rate / body.size))
        reading = cents_from(np.tile(body, times), sample_rate, pitch)
        off = abs(reading.cents - attack.cents) if reading.confidence > 0.0 else 0.0
        if nearest is None or off < nearest[0]:
            nearest = off, loop, baked
        if off <= _SAME_PITCH_CENTS:
            break
    assert nearest is not None
    return nearest[1], nearest[2]


def _steady_part(wave: NDArray[np.float32], sample_rate: int) -> float:
    """Seconds after which the attack is over: the level has come near that of the later part."""
    levels = envelope(wave, sample_rate, _HOP_SECONDS)
    steady = float(np.median(levels[int(0.4 * levels.size) :]))
    reached = int(np.argmax(levels >= steady - 1.5))
    seconds = wave.size / sample_rate
    return min(max(reached * _HOP_SECONDS, 0.12 * seconds, min(0.2, 0.3 * seconds)), 0.5 * seconds)


def _hold_level(
    wave: NDArray[np.float32], sample_rate: int, begin: float, end: float
) -> NDArray[np.float32]:
    """Takes the slow rise or fall out of the stretch to be looped: else every pass would pump."""
    levels = envelope(wave, sample_rate, _HOP_SECONDS).astype(np.float64)
    body = levels[int(begin / _HOP_SECONDS) : max(int(end / _HOP_SECONDS), 1)]
    if body.size < 5:
        return wave
    most = _STEADIEST_CORRECTION_DB / max(end - begin, 0.1)
    slope = float(np.clip(_slope(body), -most, most))
    time = np.maximum(np.arange(wave.size) / sample_rate - begin, 0.0)
    return (wave * 10.0 ** (-slope * time / 20.0)).astype(np.float32)


def _slope(levels: NDArray[np.float64]) -> float:
    """Slope of a straight line through levels, dB per second."""
    time = (np.arange(levels.size) - 0.5 * (levels.size - 1)) * _HOP_SECONDS
    return float((time * levels).sum() / (time**2).sum())
