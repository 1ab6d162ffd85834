"""The instrument as a real player sounds it: every key, every layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trichord.audio.loudness import envelope, loudness, peak_db
from trichord.audio.notes import note_name
from trichord.audio.pitch import PitchReading, cents_from
from trichord.instrument.check.findings import Finding, failure
from trichord.instrument.check.measure import ZoneMeasure
from trichord.instrument.player import SfizzPlayer, open_player
from trichord.progress import Progress

HELD_SECONDS = 1.2
SECONDS = 1.4
MOST_CENTS = 10.0

_RATE = 44100
_TRUSTED = 0.3
_SILENT_DB = -72.0
_RELEASED_SECONDS = 3.0
_STILL_SOUNDING_DB = -50.0
_STUCK_DB = -30.0


@dataclass(frozen=True)
class PlayedKey:
    """One key at one velocity, as it is heard."""

    key: int
    velocity: int
    tuning: PitchReading
    loudness: float
    """dB, of the loudest 400 ms."""
    peak_db: float


def play_instrument(
    path: Path, zones: Sequence[ZoneMeasure], progress: Progress
) -> tuple[list[PlayedKey], list[Finding]]:
    """Plays every key that has a sample, and every layer at the keys of the samples.

    Raises:
        MissingProgramError: pysfizz is not installed.
    """
    places = _places(zones)
    task = progress.task("playing keys", len(places))
    played: list[PlayedKey] = []
    with open_player(path, _RATE) as player:
        for key, velocity in places:
            played.append(
                _measure(player.play(key, velocity, HELD_SECONDS, SECONDS), key, velocity)
            )
            task.advance()
        findings = list(_held_and_released(player, zones))
    return played, findings


def check_played(played: Sequence[PlayedKey], unpitched: frozenset[int]) -> Iterator[Finding]:
    """Silent keys and keys out of tune; `unpitched` are keys that need not be in tune."""
    for each in played:
        where = f"{note_name(each.key)} played at {each.velocity}"
        if each.peak_db < _SILENT_DB:
            yield failure("silent", where, "nothing sounds", "check the sample and its key range")
        elif each.key in unpitched:
            continue
        elif each.tuning.octave_error:
            mend = "set pitch_keycenter to the note that really sounds"
            yield failure("octave", where, "sounds an octave (or more) off", mend)
        elif abs(each.tuning.cents) > MOST_CENTS and each.tuning.confidence > _TRUSTED:
            mend = f"change the tune of its zone by {-each.tuning.cents:+.0f}"
            yield failure("tuning", where, f"sounds {each.tuning.cents:+.1f} cents off", mend)


def played_loudness(
    played: Sequence[PlayedKey], zones: Sequence[ZoneMeasure]
) -> dict[int, dict[int, float]]:
    """Root key -> highest velocity of the layer -> dB heard."""
    layers = {(zone.root, min(127, zone.velocities[1])) for zone in zones}
    out: dict[int, dict[int, float]] = {}
    for each in played:
        if (each.key, each.velocity) in layers:
            out.setdefault(each.key, {})[each.velocity] = each.loudness
    return out


def _places(zones: Sequence[ZoneMeasure]) -> list[tuple[int, int]]:
    """Every key once at its hardest layer, and the roots at every layer."""
    places: set[tuple[int, int]] = set()
    hardest: dict[int, int] = {}
    for zone in zones:
        low, high = max(0, zone.keys[0]), min(127, zone.keys[1])
        velocity = min(127, zone.velocities[1])
        if low <= zone.root <= high:
            places.add((zone.root, velocity))
        for key in range(max(low, 21), min(high, 108) + 1):
            hardest[key] = max(hardest.get(key, 1), velocity)
    places.update(hardest.items())
    return sorted(places)


def _measure(wave: NDArray[np.float32], key: int, velocity: int) -> PlayedKey:
    return PlayedKey(
        key, velocity, cents_from(wave, _RATE, key), loudness(wave, _RATE), peak_db(wave)
    )


def _held_and_released(player: SfizzPlayer, zones: Sequence[ZoneMeasure]) -> Iterator[Finding]:
    """The middle key, held for longer than its sample lasts, then released."""
    if not zones:
        return
    zone = min(zones, key=lambda each: (abs(each.root - 60), -each.velocities[1]))
    where = f"{note_name(zone.root)} held"
    held = zone.seconds + 2.0
    wave = player.play(zone.root, min(127, zone.velocities[1]), held, held + _RELEASED_SECONDS)
    levels = envelope(wave, player.sample_rate)
    at_release, end = int(held / 0.01), levels.size
    loudest = float(levels.max())
    if zone.seam is not None and levels[at_release - 20 : at_release].max() < (
        loudest + _STILL_SOUNDING_DB
    ):
        mend = "set loop_mode=loop_continuous with loop_start and loop_end"
        yield failure("loop", where, "dies before the key is released", mend)
    if levels[end - 10 : end].max() > loudest + _STUCK_DB:
        mend = "set ampeg_release to a second or less"
        yield failure("release", where, "still sounds 3 s after the key is released", mend)
