"""Events of sample players: the file at its rate, cut as asked, behind filters and an envelope."""

from __future__ import annotations

from typing import Any

import numpy as np

from trichord.score.sketch import filters
from trichord.score.sketch.block import Block, pan_power
from trichord.score.sketch.envelopes import read, window_power
from trichord.score.sketch.patch import Patch, Patches
from trichord.score.sketch.shifts import transposed
from trichord.score.sketch.timeline import Timeline
from trichord.score.sketch.tracks import Parameters

SLOWEST = 0.01
"""Rates nearer to 0 than this are taken for it: the sound is one long rumble or nothing."""


def sample_block(
    timeline: Timeline, patches: Patches, path: str, parameters: Parameters, onset: float
) -> Block | None:
    """The band power of one event of a sample player; None where there is nothing to hear.

    Args:
        timeline: of the sketch.
        patches: where files come from.
        path: of the sound file.
        parameters: of the event.
        onset: when it starts, in frames.
    """
    patch = _played(patches, path, parameters)
    if patch is None:
        return None
    envelope = read(parameters, rest=patch.seconds)
    seconds = min(patch.seconds, envelope.seconds)
    first = int(np.ceil(onset)) - timeline.lead
    ends = onset + seconds * timeline.rate + timeline.lead
    count = min(int(np.ceil(ends)), timeline.frames) - first
    if count <= 0:
        return None
    power = patch.frames(count, first + timeline.lead - onset)
    power = transposed(power, parameters.first("pitch", 0.0, -72.0, 72.0))
    power = power * _filters(timeline, parameters, first, count)
    times = timeline.seconds(first, count)
    amp = parameters.over("amp", 1.0, times, -1e4, 1e4)
    gain = amp * parameters.first("pre_amp", 1.0, -1e4, 1e4)
    level = gain**2 * pan_power(parameters.over("pan", 0.0, times, -1.0, 1.0))
    shape = window_power(timeline, envelope, onset - first, count) * level
    return Block(first, np.asarray(power * shape[:, None], np.float32))


def _played(patches: Patches, path: str, parameters: Parameters) -> Patch | None:
    rate = parameters.first("rate", 1.0, -32.0, 32.0)
    if abs(rate) < SLOWEST:
        return None
    start = parameters.first("start", 0.0, 0.0, 1.0)
    finish = parameters.first("finish", 1.0, 0.0, 1.0)
    if start == finish:
        return None
    low, high = min(start, finish), max(start, finish)
    backwards = (rate < 0) != (start > finish)
    return patches.sample(path, -abs(rate) if backwards else abs(rate), low, high)


def _filters(timeline: Timeline, parameters: Parameters, first: int, count: int) -> Any:
    """Power of a player's low and high pass; 0 (or, in later versions, -1) is off."""
    times = timeline.seconds(first, count)
    gain: Any = np.float32(1.0)
    low = parameters.over("lpf", -1.0, times, -1.0, 135.0)
    if np.max(low) > 0:
        gain = gain * filters.low_pass(timeline.omega, low)
    high = parameters.over("hpf", -1.0, times, -1.0, 135.0)
    if np.max(high) > 0:
        gain = gain * filters.high_pass(timeline.omega, high)
    return gain
