"""Pitch in one place: names of notes, a note against its intended key, a recording of any key."""

from __future__ import annotations

from trichord.audio.known_pitch import PitchReading, cents_from
from trichord.audio.notes import (
    HIGHEST_KEY,
    LOWEST_KEY,
    file_note_name,
    hz_to_midi,
    midi_to_hz,
    note_name,
    parse_note,
)
from trichord.audio.unknown_pitch import PitchEstimate, estimate_pitch

__all__ = [
    "HIGHEST_KEY",
    "LOWEST_KEY",
    "PitchEstimate",
    "PitchReading",
    "cents_from",
    "estimate_pitch",
    "file_note_name",
    "hz_to_midi",
    "midi_to_hz",
    "note_name",
    "parse_note",
]
