"""Events of synths: a patch at the event's pitch, behind its filter, in its envelope."""

from __future__ import annotations

from typing import Any

import numpy as np

from trichord.audio.bands import Floats
from trichord.score.sketch import colours
from trichord.score.sketch.block import Block, pan_power
from trichord.score.sketch.envelopes import Envelope, plain_power, read, window_power
from trichord.score.sketch.patch import Patch, Patches
from trichord.score.sketch.shifts import transposed, transposed_over
from trichord.score.sketch.timeline import Timeline
from trichord.score.sketch.tracks import Parameters

FALLBACK = "beep"
"""What plays where a synth has no patch: right in pitch and time, plain in colour."""


def synth_block(
    timeline: Timeline, patches: Patches, name: str, parameters: Parameters, onset: float
) -> Block | None:
    """The band power of one event of a synth.

    Args:
        timeline: of the sketch.
        patches: where the synth's sound comes from.
        name: of the synth.
        parameters: of the event.
        onset: when it starts, in frames.

    Returns:
        None where there is nothing to hear or no patch.
    """
    note = parameters.first("note", 52.0, 0.0, 150.0)
    patch = patches.synth(name, note) or patches.synth(FALLBACK, note)
    envelope = read(parameters, bent=name == "tb303")
    first = int(np.ceil(onset)) - timeline.lead
    ends = onset + envelope.seconds * timeline.rate + timeline.lead
    count = min(int(np.ceil(ends)), timeline.frames) - first
    if patch is None or count <= 0:
        return None
    power = _pitched(timeline, patch, name, parameters, first, count, first + timeline.lead - onset)
    power = colours.coloured(timeline, name, parameters, power, onset, first)
    level = _level(timeline, name, parameters, envelope, onset, first, count)
    return Block(first, power * level[:, None])


def _pitched(
    timeline: Timeline,
    patch: Patch,
    name: str,
    parameters: Parameters,
    first: int,
    count: int,
    fraction: float,
) -> Floats:
    """The patch at the event's pitch, which may slide or be modulated: `[count, bands]`."""
    if name in colours.STRETCHED:
        return _dying(timeline, patch, parameters, first, count)
    power = patch.frames(count, fraction)
    if patch.note is None:
        return power
    times = timeline.seconds(first, count)
    note = parameters.over("note", 52.0, times, 0.0, 150.0)
    swing = colours.modulation(timeline, name, parameters, first, count)
    if np.ndim(note) == 0 and swing is None:
        return transposed(power, float(note) - patch.note)
    if swing is None:
        return transposed_over(power, np.asarray(note, np.float32) - patch.note)
    return _swung(power, np.asarray(note) - patch.note, swing)


def _dying(
    timeline: Timeline, patch: Patch, parameters: Parameters, first: int, count: int
) -> Floats:
    """A patch that dies away over the event's release, once attack and sustain are over."""
    attack, decay, sustain, release = read(parameters).stages
    begin = parameters.event.start + parameters.delay + attack + decay + sustain
    late = np.maximum(timeline.seconds(first, count) - begin, 0.0)
    lived = late * (patch.seconds / max(release, 0.01)) * timeline.rate
    power = patch.at(2 * timeline.lead + lived)
    if patch.note is None:
        return power
    times = timeline.seconds(first, count)
    note = np.asarray(parameters.over("note", 52.0, times, 0.0, 150.0), np.float32)
    shift = np.broadcast_to(note - np.float32(patch.note), (count,))
    if note.ndim == 0:
        return transposed(power, float(note) - patch.note)
    return transposed_over(power, shift)


def _swung(power: Floats, shift: Any, swing: tuple[Floats, float]) -> Floats:
    """Between two pitches: the share of time that each frame spends at the upper one."""
    share, semitones = swing
    still = np.broadcast_to(np.asarray(shift, np.float32), (len(power),))
    lower = transposed_over(power, still)
    upper = transposed_over(power, still + np.float32(semitones))
    return np.asarray((1 - share)[:, None] * lower + share[:, None] * upper, np.float32)


def _level(
    timeline: Timeline,
    name: str,
    parameters: Parameters,
    envelope: Envelope,
    onset: float,
    first: int,
    count: int,
) -> Floats:
    """Power of envelope, amplitude and place between the speakers: `[count]`."""
    times = timeline.seconds(first, count)
    turns = colours.ENVELOPE_TURNS.get(name, 1)
    if name in colours.STRETCHED:  # the patch dies away by itself
        attack, peak = envelope.stages[0], envelope.levels[1]
        rising = Envelope(
            (attack, 0.0, envelope.seconds - attack, 0.0), (0.0, peak, peak, peak, peak)
        )
        level = plain_power(timeline, rising, onset - first, count)
    else:
        level = window_power(timeline, envelope, onset - first, count) ** turns
    amp = parameters.over("amp", 1.0, times, -1e4, 1e4)
    loudness = colours.loudness(name, parameters)
    pan = parameters.over("pan", 0.0, times, -1.0, 1.0)
    return np.asarray(level * (amp**2 * loudness) * pan_power(pan), np.float32)
