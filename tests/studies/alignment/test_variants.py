from __future__ import annotations

from dataclasses import replace

from trichord.score.events import Change, Event, Score
from trichord.score.sketch.effects import EFFECTS as DRAWN
from trichord.studies.alignment.sketches import EFFECTS, left_out, uses
from trichord.studies.alignment.variants import (
    CUT,
    cut,
    without_blocks,
    without_names,
    without_numbers,
    without_options,
)

CODE = "use_synth :tb303\nplay 64, cutoff: 70, release: 0.5\nsample :ambi_choir\nsleep 0.25\n"


def test_a_cut_keeps_whole_lines() -> None:
    long = CODE * 10
    assert len(cut(long)) <= CUT
    assert long.startswith(cut(long) + "\n")
    assert cut(CODE) == CODE


def test_numbers_become_one_and_notes_middle_c() -> None:
    told = without_numbers(CODE)
    assert "play 60, cutoff: 60, release: 1\n" in told
    assert "sleep 1\n" in told
    assert ":tb303" in told


def test_names_become_one() -> None:
    assert without_names(CODE).count(":beep") == 1
    assert "sample :bd_haus" in without_names(CODE)


def test_options_say_nothing_any_more() -> None:
    assert without_options(CODE).count("un") == 2


def test_blocks_are_undone() -> None:
    code = "live_loop :a do |n| # on and on\n  with_fx :echo do\n    play 60\n  end\nend\nsleep 1\n"
    assert without_blocks(code) == "    play 60\nsleep 1\n"
    assert without_blocks(CODE) == CODE


def score() -> Score:
    effect = Event(2, "effect", "echo", "fx_echo", 0.0, 9.0, route=(1,))
    mixer = Event(1, "mixer", "mixer", "mixer", 0.0, 9.0)
    change = Change(1.0, "note", 70.0)
    note = Event(3, "synth", "beep", "beep", 0.0, 1.0, route=(2, 1), changes=(change,))
    return Score(9.0, (mixer, effect, note))


def test_effects_are_passed_by() -> None:
    bare = left_out(score(), "no_effects")
    assert [event.kind for event in bare.events] == ["mixer", "synth"]
    assert bare.events[1].route == (1,)
    assert bare.events[1].changes


def test_effects_of_one_kind_are_passed_by() -> None:
    assert left_out(score(), "no_rooms") == score()
    assert left_out(score(), "no_echoes") == left_out(score(), "no_effects")
    assert [kind for kind in EFFECTS if uses(score(), kind)] == ["echoes"]


def test_kinds_hold_every_effect_once() -> None:
    assert sorted(name for names in EFFECTS.values() for name in names) == sorted(DRAWN)


def test_controls_are_forgotten() -> None:
    still = left_out(score(), "no_controls")
    assert not any(event.changes for event in still.events)
    assert replace(still.events[2], changes=score().events[2].changes) == score().events[2]
    assert left_out(score(), "whole") == score()
