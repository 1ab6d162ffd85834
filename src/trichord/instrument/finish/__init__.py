"""Raw notes -> the samples of an instrument: clean, in tune, levelled, looped or faded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.loops import Loop
from trichord.audio.loudness import WINDOW_SECONDS, amplitude_db, loudness
from trichord.instrument.finish.level import level_gains, peak_gain
from trichord.instrument.finish.prepare import PreparedNote, prepare
from trichord.instrument.finish.sustain import fade_out, is_sustained, loop_note
from trichord.instrument.plan import Plan, Zone

__all__ = [
    "FinishedInstrument",
    "FinishedZone",
    "PreparedNote",
    "finish",
    "finish_alone",
    "prepare",
]


LEVELLED_SECONDS = 1.2
"""Notes are matched by their loudest 400 ms within this time: what a struck key is heard as."""


@dataclass(frozen=True)
class FinishedZone:
    """A zone's sample as it is written."""

    zone: Zone
    wave: NDArray[np.float32]
    """`[T]`, within -1 dBFS."""
    loop: Loop | None
    cents: float
    """Deviation from the intended pitch that is left."""
    tuned_by: float
    """Cents by which the raw note was moved."""
    loudness: float
    """dB, of the loudest 400 ms of its first 1.2 s."""


@dataclass(frozen=True)
class FinishedInstrument:
    """All zones, low to high and soft to hard."""

    zones: tuple[FinishedZone, ...]
    sustained: bool
    sample_rate: int


def finish(plan: Plan, notes: Mapping[Zone, PreparedNote], sample_rate: int) -> FinishedInstrument:
    """Levels, loops or fades the prepared notes of an instrument, as one instrument."""
    zones = sorted(plan.zones, key=lambda zone: (zone.pitch, zone.velocity))
    sustained = is_sustained([notes[zone].wave for zone in zones], sample_rate)
    ended = {zone: _end(notes[zone].wave, sample_rate, zone, sustained) for zone in zones}
    # Loops are held at one level and fades are not: what is levelled is what will be heard.
    first = int(LEVELLED_SECONDS * sample_rate)
    heard = {zone: _heard(wave[:first], sample_rate) for zone, (wave, _) in ended.items()}
    gains = _gains(plan, heard)
    common = peak_gain([wave * gains[zone] for zone, (wave, _) in ended.items()])
    finished = [
        FinishedZone(
            zone=zone,
            wave=wave * np.float32(gains[zone] * common),
            loop=loop,
            cents=notes[zone].tuning.cents,
            tuned_by=notes[zone].tuned_by,
            loudness=heard[zone] + amplitude_db(float(gains[zone]) * common),
        )
        for zone, (wave, loop) in ended.items()
    ]
    return FinishedInstrument(tuple(finished), sustained, sample_rate)


def finish_alone(wave: NDArray[np.float32], sample_rate: int, pitch: int) -> NDArray[np.float32]:
    """One note that can be heard before the others exist: clean, in tune, at full level."""
    note = fade_out(prepare(wave, sample_rate, pitch).wave, sample_rate)
    return note * np.float32(peak_gain([note]))


def _heard(wave: NDArray[np.float32], sample_rate: int) -> float:
    """Loudness of a note as a player sounds it: a short one is followed by silence.

    Averaged over its own length alone, a note of 100 ms would be levelled 6 dB too soft.
    """
    missing = max(0, int(WINDOW_SECONDS * sample_rate) - wave.size)
    return loudness(np.pad(wave, (0, missing)), sample_rate)


def _gains(plan: Plan, heard: Mapping[Zone, float]) -> dict[Zone, np.float32]:
    """Linear gain of each zone, from its loudness in dB."""
    pitches, velocities = plan.pitches, plan.velocities
    at = {(zone.pitch, zone.velocity): zone for zone in plan.zones}
    grid = [[heard[at[pitch, velocity]] for velocity in velocities] for pitch in pitches]
    decibels = level_gains(np.array(grid))
    return {
        at[pitch, velocity]: np.float32(10.0 ** (decibels[row, column] / 20.0))
        for row, pitch in enumerate(pitches)
        for column, velocity in enumerate(velocities)
    }


def _end(
    wave: NDArray[np.float32], sample_rate: int, zone: Zone, sustained: bool
) -> tuple[NDArray[np.float32], Loop | None]:
    if sustained:
        looped, loop = loop_note(wave, sample_rate, zone.pitch)
        if loop is not None:
            return looped, loop
    return fade_out(wave, sample_rate), None
