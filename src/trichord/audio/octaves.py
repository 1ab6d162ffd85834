"""Which octave a note is in, once its partials are known to be multiples of some frequency.

The fit alone cannot tell: every multiple of 2f is one of f too. What decides is what is missing and
how loud the rest is, and each rule here stands for a family of instruments that break the others'.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trichord.audio.notes import HIGHEST_KEY, LOWEST_KEY, midi_to_hz
from trichord.audio.partials import Peaks

Floats = NDArray[np.float64]

LOWEST_HZ, HIGHEST_HZ = midi_to_hz(LOWEST_KEY - 0.5), midi_to_hz(HIGHEST_KEY + 0.5)

_TOLERANCE_CENTS = 22.0
_HEARD = 0.5
_NEARLY_HEARD = 0.3
_COUNTED = 12
_SOFT_FUNDAMENTAL, _SAME_PARTIAL_CENTS = 0.1, 35.0
_ALONE = {2: 0.02, 3: 0.04, 4: 0.02, 5: 0.04, 7: 0.04}
"""Factor -> how loud, against the loudest peak, what is no multiple of it may be: -34 or -28 dB."""
_NO_STOP = (5, 7, 9, 11, 13, 14, 15)
"""Partials of a 16' organ pipe that no stop has: stops are octaves, fifths and a third above."""
_NO_STOP_LEVEL, _STOP_LEVEL, _HIGH_STOP_LEVEL, _DEEP_STOP_LEVEL = 0.04, 0.2, 0.08, 0.15
_FIFTH_LEVEL, _ONE_VOICE, _VOICE_CENTS = 0.35, 0.4, 45.0


def closeness(candidates: Floats, peaks: Peaks) -> tuple[Floats, Floats]:
    """How well each peak is a multiple of each candidate, and of which number. `[N, P]` twice."""
    ratio = peaks.hz / candidates[:, None]
    numbers = np.maximum(np.rint(ratio), 1.0)
    cents = 1200.0 * np.log2(ratio / numbers)
    # High multiples of a stiff string run sharp, and every frequency is near some high multiple.
    return np.exp(-0.5 * (cents / _TOLERANCE_CENTS) ** 2) / (1.0 + 0.02 * numbers), numbers


def heard_octave(hz: float, peaks: Peaks, *, held: bool) -> float:
    """The pitch a listener names, given one whose multiples the peaks are.

    Args:
        hz: the fundamental that fits best.
        peaks: of the sounding part.
        held: the sound does not die away, as an organ's does not.
    """
    hz = _with_soft_fundamental(_without_idle_divisor(hz, peaks), peaks)
    return _without_organ_stops(hz, peaks) if held else hz


def _without_idle_divisor(hz: float, peaks: Peaks) -> float:
    """The multiple of a fundamental that does all the sounding, where one does.

    A vibraphone's partials 1, 4 and 10 are also the 3rd, 12th and 30th of a note a twelfth below,
    and a little hum or hammer noise is enough to make that one fit as well.
    """
    loudest = float(peaks.amplitude.max())
    raised = True
    while raised:
        raised = False
        near, numbers = closeness(np.array([hz]), peaks)
        heard = near[0] > _NEARLY_HEARD
        for factor, least in _ALONE.items():
            multiple = numbers[0] % factor == 0
            others = heard & ~multiple & (numbers[0] <= _COUNTED)
            rest = float(np.max(peaks.amplitude * others, initial=0.0))
            own = float(np.max(peaks.amplitude * (heard & multiple), initial=0.0))
            if own == loudest and rest < least * loudest and factor * hz <= HIGHEST_HZ:
                hz, raised = factor * hz, True
                break
    return hz


def _with_soft_fundamental(hz: float, peaks: Peaks) -> float:
    """The octave below where a partial sounds there that the note above could not have.

    Steel drums, bells and layered pads are often strongest in their second partial; the fundamental
    is softer, alone and clear.
    """
    below = 0.5 * hz
    near = np.abs(1200.0 * np.log2(peaks.hz / below)) < _SAME_PARTIAL_CENTS
    level = float(np.max(peaks.amplitude * near, initial=0.0) / peaks.amplitude.max())
    return below if level > _SOFT_FUNDAMENTAL and below >= LOWEST_HZ else hz


def _without_organ_stops(hz: float, peaks: Peaks) -> float:
    """The written pitch of an organ whose deeper stops sound along."""
    for _ in range(2):
        if 2.0 * hz > HIGHEST_HZ or not _is_organ(hz, peaks):
            break
        hz *= 2.0
    return hz


def _is_organ(hz: float, peaks: Peaks) -> bool:
    """Whether a note at `hz` is the 16' stop of an organ played an octave above it.

    Such a stop with its fifth gives partials 1, 2, 3, 4, 6, 8… of that deep note: what a real note
    down there would add, its partials 5, 7 and 9, is missing. Strings in octaves lack those too:
    they are many voices, each partial a cluster, where an organ has its loud fifth or single lines.
    """
    near, numbers = closeness(np.array([hz]), peaks)
    heard = near[0] > _HEARD
    loudest = float(peaks.amplitude.max())

    def level(*wanted: int) -> float:
        found = heard & np.isin(numbers[0], wanted)
        return float(np.max(peaks.amplitude * found, initial=0.0)) / loudest

    stops = (
        level(1) >= _DEEP_STOP_LEVEL
        and min(level(2), level(4)) > _STOP_LEVEL
        and level(6, 8) > _HIGH_STOP_LEVEL
        and level(*_NO_STOP) < _NO_STOP_LEVEL
    )
    return stops and (
        level(3) > _FIFTH_LEVEL
        or min(_oneness(2.0 * hz, peaks), _oneness(4.0 * hz, peaks)) >= _ONE_VOICE
    )


def _oneness(hz: float, peaks: Peaks) -> float:
    """Share of the power about a partial that lies in its strongest line."""
    power = peaks.amplitude[np.abs(1200.0 * np.log2(peaks.hz / hz)) < _VOICE_CENTS] ** 2
    return float(power.max() / power.sum()) if power.size else 0.0
