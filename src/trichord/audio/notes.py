"""Names and frequencies of notes: MIDI 60 is C4, MIDI 69 is A4 at 440 Hz."""

from __future__ import annotations

import math
import re

from trichord.errors import InputError

LOWEST_KEY = 21
HIGHEST_KEY = 108
"""The 88 keys of a piano, A0 to C8."""

_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "s": 1, "♯": 1, "b": -1, "♭": -1}
_NOTE = re.compile(r"([A-Ga-g])(#|s|♯|b|♭)?(-?\d{1,2})")


def midi_to_hz(midi: float) -> float:
    """Frequency in Hz of a MIDI pitch (fractions are allowed)."""
    return 440.0 * 2.0 ** ((midi - 69.0) / 12.0)


def hz_to_midi(hz: float) -> float:
    """MIDI pitch (with its fraction) of a frequency in Hz."""
    return 69.0 + 12.0 * math.log2(hz / 440.0)


def note_name(midi: int) -> str:
    """Name of a MIDI key: 60 is "C4", 61 is "C#4"."""
    return f"{_NAMES[midi % 12]}{midi // 12 - 1}"


def file_note_name(midi: int) -> str:
    """Name of a MIDI key for file names, where `#` is trouble: 61 is "Cs4"."""
    return note_name(midi).replace("#", "s")


def parse_note(text: str) -> int:
    """MIDI key of "C4", "C#4", "Cs4", "Db4" or "60"; InputError for anything outside 0..127."""
    word = text.strip()
    if word.isascii() and word.isdigit() and len(word) <= 3:
        midi = int(word)
    else:
        match = _NOTE.fullmatch(word)
        if match is None:
            raise InputError(f"{text!r} is no note: write a name such as C4, F#3, Bb2, or 0..127")
        letter, accidental, octave = match.groups()
        midi = 12 * (int(octave) + 1) + _STEPS[letter.upper()] + _ACCIDENTALS[accidental or ""]
    if not 0 <= midi <= 127:
        raise InputError(f"note {text!r} lies outside MIDI's keys: use C-1 (0) to G9 (127)")
    return midi
