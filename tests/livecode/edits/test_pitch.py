from __future__ import annotations

import pytest

from tests.livecode.edits.run import code_of, edit

LINE = "play [:e4, :g4, :a4, :b4].ring.tick\n"


def test_every_written_note_moves_and_nothing_else() -> None:
    code = "use_bpm 60\n# in e\nplay :e3, amp: 0.5\nplay chord(:e3, :m7)\nplay 60 + 12\nsleep 60\n"
    assert code_of("transpose", code, semitones=5) == (
        "use_bpm 60\n# in e\nplay :a3, amp: 0.5\nplay chord(:a3, :m7)\nplay 65 + 12\nsleep 60\n"
    )


def test_what_counts_is_no_note() -> None:
    code = "play (scale :e3, :minor).stretch(2).take(5).tick\n"
    assert code_of("transpose", code, semitones=2) == code.replace(":e3", ":fs3")


def test_notes_that_would_leave_what_is_heard_stay() -> None:
    assert edit("octave_shift", "play 110\n", octaves=1) is None


def test_an_octave_for_one_part() -> None:
    code = (
        "live_loop :a do\n  play :e3\n  sleep 1\nend\nlive_loop :b do\n  play :e3\n  sleep 1\nend\n"
    )
    found = edit("octave_shift", code, octaves=1, seed=3)
    assert found is not None
    assert found.code.count(":e4") == (2 if found.parameters["part"] == "everything" else 1)
    assert str(found.parameters["part"]) in found.description


def test_a_mode_changes_everywhere() -> None:
    code = "play scale(:e3, :minor).choose\nplay scale(:b3, :minor).choose\n"
    assert code_of("change_mode", code, mode="dorian") == code.replace(":minor", ":dorian")


def test_a_chord_keeps_its_root_and_its_size() -> None:
    found = edit("change_chord", "play chord(:e3, :m7)\n")
    assert found is not None
    assert found.parameters["to"] in ("major7", "dom7", "m9", "maj9", "minor7", "add9", "madd9")


@pytest.mark.parametrize(
    ("name", "expected", "parameters"),
    [
        ("reverse_melody", ":b4, :a4, :g4, :e4", {}),
        ("rotate_melody", ":g4, :a4, :b4, :e4", {"by": 1}),
        ("invert_melody", ":e4, :d4, :b3, :a3", {}),
    ],
)
def test_lines(name: str, expected: str, parameters: dict[str, int]) -> None:
    assert code_of(name, LINE, **parameters) == f"play [{expected}].ring.tick\n"


def test_one_note_goes_to_its_neighbour_in_the_key() -> None:
    found = edit("vary_note", LINE, steps=1)
    assert found is not None
    changed = [a for a, b in zip(LINE.split(), found.code.split(), strict=True) if a != b]
    assert len(changed) == 1
    assert int(found.parameters["to"]) % 12 in {4, 7, 9, 11, 2}


def test_options_of_chords() -> None:
    assert code_of("widen_range", "play (scale :e3, :minor).tick\n", octaves=2) == (
        "play (scale :e3, :minor, num_octaves: 2).tick\n"
    )
    assert code_of("invert_chord", "play chord(:e3, :minor)\n", inversion=1) == (
        "play chord(:e3, :minor, invert: 1)\n"
    )
