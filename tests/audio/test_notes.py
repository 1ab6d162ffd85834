from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichord.audio.notes import file_note_name, hz_to_midi, midi_to_hz, note_name, parse_note
from trichord.errors import InputError


def test_midi_60_is_c4_and_69_is_440():
    assert note_name(60) == "C4"
    assert note_name(21) == "A0"
    assert note_name(108) == "C8"
    assert midi_to_hz(69) == 440.0


@given(st.integers(0, 127))
def test_names_read_back(midi):
    assert parse_note(note_name(midi)) == midi
    assert parse_note(file_note_name(midi)) == midi
    assert parse_note(str(midi)) == midi


@given(st.floats(0, 127))
def test_hertz_read_back(midi):
    assert hz_to_midi(midi_to_hz(midi)) == pytest.approx(midi, abs=1e-9)


@pytest.mark.parametrize(("text", "midi"), [("Db4", 61), ("c#4", 61), ("B#3", 60), (" 60 ", 60)])
def test_spellings(text, midi):
    assert parse_note(text) == midi


@pytest.mark.parametrize("text", ["", "H4", "C", "C10", "A9", "128", "-1", "C4x", "６０", "C--1"])
def test_no_notes(text):
    with pytest.raises(InputError):
        parse_note(text)


@given(st.text(max_size=6))
def test_any_text_is_a_note_or_one_clear_error(text):
    with contextlib.suppress(InputError):
        assert 0 <= parse_note(text) <= 127
