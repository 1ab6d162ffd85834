"""Every literal of a program has the meaning of its place, or none."""

from __future__ import annotations

import pytest

from trichord.livecode.literals import text
from trichord.livecode.templates.places import places
from trichord.livecode.templates.targets import synth_in_force
from trichord.livecode.tree import parse


def meanings(code: str) -> list[tuple[str, str]]:
    return [(text(place.node), place.meaning) for place in places(parse(code))]


CASES = {
    "sleep 0.5": [("0.5", "sleep")],
    "sleep [0.25, 0.5].choose": [("0.25", "sleep"), ("0.5", "sleep")],
    "sleep 1.0 / 3": [],
    "use_bpm 120": [("120", "bpm")],
    "with_bpm(90) { play 60 }": [("90", "bpm"), ("60", "note")],
    "play :e3": [(":e3", "note")],
    "play 60 + 7": [("60", "note"), ("7", "interval")],
    "play 60, cutoff: 70 + i, pan: rrand(0, 1) - 0.5": [("60", "note")],
    "n = :e3\nplay n + 12": [(":e3", "note"), ("12", "interval")],
    "play :r": [],
    "play 60, amp: -1 * 0.5": [("60", "note")],
    "play note: 60, pan: -0.3": [("60", "note"), ("-0.3", "pan")],
    "play 60, cutoff: rrand(60, 100), :amp => 2": [
        ("60", "note"),
        ("60", "cutoff"),
        ("100", "cutoff"),
        ("2", "amp"),
    ],
    "play chord(:e3, :minor).choose": [(":e3", "note"), (":minor", "chord")],
    "play chord(:e3, '7sus4', invert: 1)": [
        (":e3", "note"),
        ("'7sus4'", "chord"),
        ("1", "invert"),
    ],
    "play (scale :e2, :dorian, num_octaves: 2).tick": [
        (":e2", "note"),
        (":dorian", "scale"),
        ("2", "octaves"),
    ],
    "play (knit :e2, 3, :c2, 1).look": [(":e2", "note"), (":c2", "note")],
    "play (ring 50, 52).stretch(8).tick": [("50", "note"), ("52", "note")],
    "play (chord_degree 4, :c3, :major, 3)": [
        ("4", "degree"),
        (":c3", "note"),
        (":major", "scale"),
        ("3", "count"),
    ],
    "notes = (ring :E4, :Fs4)\nplay notes.tick": [(":E4", "note"), (":Fs4", "note")],
    "notes = [60, 62]\nplay notes.ring.tick, amp: 1": [
        ("60", "note"),
        ("62", "note"),
        ("1", "amp"),
    ],
    "t = 0.5\nsleep t\nsleep t * 2": [("0.5", "sleep")],
    "a = 3\nb = a\nc = b\nd = c\ne = d\nplay e": [],
    "a = b\nb = a\nplay a": [],
    "x = 3": [],
    "live_loop :a do\n  tick(:e)\nend": [],
    "cue :e3": [],
    "sample :bd_haus, rate: -1, start: 0.25": [
        (":bd_haus", "sample"),
        ("-1", "rate"),
        ("0.25", "start"),
    ],
    "sample [:bd_haus, :bd_tek].choose": [(":bd_haus", "sample"), (":bd_tek", "sample")],
    "synth :fm, note: :e2, depth: 2": [(":fm", "synth"), (":e2", "note"), ("2", "depth")],
    "use_synth :tb303": [(":tb303", "synth")],
    "use_synth [:saw, :tri].choose": [(":saw", "synth"), (":tri", "synth")],
    "with_fx :echo, phase: 0.25 do |e|\n  control e, mix: 0.5\nend": [
        (":echo", "effect"),
        ("0.25", "phase"),
        ("0.5", "mix"),
    ],
    "4.times do\n  sleep 1\nend": [("4", "times"), ("1", "sleep")],
    "[1, 2].each do |i|\n  sleep i\nend": [],
    "play 60 if one_in(4)": [("60", "note"), ("4", "chance")],
    "play 60 if look == 3": [("60", "note")],
    "play (look == 3 ? 60 : 62)": [("60", "note"), ("62", "note")],
    "play [60, 62][1]": [("60", "note"), ("62", "note")],
    "play 60 if (spread 3, 8).tick": [("60", "note"), ("3", "hits"), ("8", "steps")],
    "play 60, cutoff: (line 60, 90, steps: 8).tick": [
        ("60", "note"),
        ("60", "cutoff"),
        ("90", "cutoff"),
    ],
    "play_pattern_timed [:c4, :e4], [0.5, 1]": [
        (":c4", "note"),
        (":e4", "note"),
        ("0.5", "sleep"),
        ("1", "sleep"),
    ],
    "use_random_seed 42": [("42", "seed")],
    "with_transpose(-12) { play 60 }": [("-12", "transpose"), ("60", "note")],
    "define :f do |n|\n  play n\nend\nf 60": [],
    "puts 'play 60'": [],
}


@pytest.mark.parametrize("code", CASES)
def test_meaning(code: str) -> None:
    assert meanings(code) == CASES[code]


def test_the_synth_in_force_follows_the_blocks() -> None:
    code = """
play 50
use_synth :saw
live_loop :a do
  use_synth :fm
  play 51
  with_synth(:tri) { play 52 }
end
live_loop :b do
  play 53
  use_synth [:beep, :saw].choose
  play 54
end
"""
    tree = parse(code)
    plays = [call for call in tree.calls if call.name == "play"]
    found = [synth_in_force(tree, call.positional[0]) for call in plays]
    assert found == ["beep", "fm", "tri", "saw", None]


def test_arguments_know_who_takes_them() -> None:
    tree = parse(
        "use_synth :saw\nplay 60, amp: 1\nsample :bd_haus, amp: 2\n"
        "synth :fm, amp: 3\nwith_fx(:echo, mix: 1) { |e| control e, mix: 0 }\n"
        "s = synth :tri\nt = play 60\ncontrol s, amp: 4\ncontrol t, amp: 5\ncontrol u, amp: 6\n"
        "control get(:x), amp: 7"
    )
    found = [(p.target, p.names) for p in places(tree) if p.meaning in ("amp", "mix")]
    assert found == [
        ("synth", ("saw",)),
        ("sample", ()),
        ("synth", ("fm",)),
        ("effect", ("echo",)),
        ("effect", ("echo",)),
        ("synth", ("tri",)),
        ("synth", ("saw",)),
        ("", ()),
        ("", ()),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "use_synth :saw\nplay 60, amp: 1\n" * 300,
        "s = play 60\ncontrol s, amp: 1\n" * 300,
        "x = 3\ny = x\nx = y\n" * 300,
        "live_loop :a do\n" * 300 + "play 60, amp: 1\n" + "end\n" * 300,
        "play " + "[" * 3000 + "60" + "]" * 3000,
    ],
    ids=["synths", "controls", "variables", "blocks", "brackets"],
)
def test_hostile_programs_are_climbed_no_further_than_people_nest(code: str) -> None:
    found = places(parse(code))
    assert {place.meaning for place in found} <= {"synth", "note", "amp"}
    assert len(found) <= 900
