"""Ranges draw what they hold, the musical ones stay musical, the paper's are the paper's."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichord.livecode.templates import Vocabulary, from_program, rules
from trichord.livecode.templates.holes import Hole
from trichord.livecode.templates.key import pitch_classes, spell
from trichord.livecode.templates.places import places
from trichord.livecode.templates.ranges import OneOf, Pitches, Range, Real, Whole
from trichord.livecode.templates.vocabulary import Bounds
from trichord.livecode.templates.words import pitch
from trichord.livecode.tree import parse

numbers = st.floats(-1e4, 1e4)


@given(low=numbers, width=st.floats(0, 1e4), log=st.booleans(), seed=st.integers())
def test_real_numbers_stay_in_their_range(low: float, width: float, log: bool, seed: int) -> None:
    real = Real(low, low + width, log and low > 0)
    assert real.holds(real.draw(random.Random(seed)))


@pytest.mark.parametrize(
    "each",
    [Whole(3, 9), Pitches(57, 70, (0, 4, 7)), OneOf(("saw", "tri")), OneOf((1, 0.5)), Real(2, 2)],
)
def test_what_is_drawn_is_held(each: Range) -> None:
    rng = random.Random(5)
    drawn = [each.draw(rng) for _ in range(50)]
    assert all(each.holds(value) for value in drawn)
    assert not each.holds("no such")
    assert not each.holds(1000)


def test_numbers_are_drawn_evenly_in_their_logarithm() -> None:
    real, rng = Real(1, 100, log=True), random.Random(1)
    below = sum(real.draw(rng) < 10 for _ in range(2000))
    assert 900 < below < 1100


@pytest.mark.parametrize(
    "make",
    [
        lambda: Real(2, 1),
        lambda: Real(0, 1, log=True),
        lambda: Real(0, float("nan")),
        lambda: Whole(5, 4),
        lambda: OneOf(()),
        lambda: Pitches(61, 61, (0,)),
    ],
)
def test_ranges_that_are_none(make) -> None:
    with pytest.raises(ValueError, match=r"low|range|no choices|no note"):
        make()


def test_rules_are_clamped_by_the_limits() -> None:
    assert rules.around(20, 0, 130)(120, Bounds(high=125)) == Real(100, 125)
    assert rules.near(0.5, 2)(4, Bounds(low=3)) == Real(3, 8, log=True)
    assert rules.near(0.5, 2)(-4, Bounds()) == Real(-8, -2)
    assert rules.near(0.5, 2)(0, Bounds()) is None
    assert rules.near(0.5, 2, zero=0.1)(0, Bounds()) == Real(0, 0.1)
    assert rules.between(0, 1)(0.5, Bounds(one_of=(0, 1))) == OneOf((0, 1))
    assert rules.between(0, 1)(0.5, Bounds(low=2)) is None
    assert rules.times(0.5, 1, 2)(0.25, Bounds(high=0.3)) == OneOf((0.125, 0.25))
    assert rules.times(0.5, 1, 2, integer=True)(3, Bounds()) == OneOf((3, 6))
    assert rules.whole(0, 9)(4, Bounds(low=0, high=1)) == Whole(0, 1)
    assert rules.one_of(-12, 12)(5, Bounds()) == OneOf((-12, 5, 12))


def hole(code: str, vocabulary: Vocabulary, at: int = 0) -> Hole:
    return from_program(code, vocabulary).holes[at]


def test_musical_ranges_respect_the_synth(vocabulary: Vocabulary) -> None:
    res = hole("use_synth :tb303\nplay 60, res: 0.9", vocabulary, at=2)
    assert res.meaning == "res"
    assert isinstance(res.range, Real)
    assert res.range.high <= 0.92
    wave = hole("synth :zawa, wave: 1", vocabulary, at=1)
    assert wave.range == OneOf((0, 1, 2, 3))


def test_a_kick_stays_a_kick_and_a_pad_a_pad(vocabulary: Vocabulary) -> None:
    kick = hole("sample :bd_haus", vocabulary).range
    assert isinstance(kick, OneOf)
    assert all(str(name).startswith("bd_") for name in kick.choices)
    pad = hole("use_synth :hollow", vocabulary).range
    assert isinstance(pad, OneOf)
    assert "prophet" in pad.choices
    assert "pluck" not in pad.choices


def test_only_what_takes_the_given_arguments_takes_the_place(vocabulary: Vocabulary) -> None:
    """A gverb counts its room in metres."""
    bare = hole("with_fx(:reverb) { play 60 }", vocabulary).range
    assert bare == OneOf(("reverb", "gverb"), "effects_like_reverb")
    roomy = from_program("with_fx(:reverb, room: 0.6) { sleep 1 }", vocabulary)
    assert [each.meaning for each in roomy.holes] == ["room", "sleep"]
    later = from_program("with_fx(:reverb) { |r| control r, room: 0.6 }", vocabulary)
    assert [each.meaning for each in later.holes] == ["room"]


@pytest.mark.parametrize("code", ["sample :my_own", "use_synth :no_such", "with_fx(:sound_out) {}"])
def test_what_has_no_like_is_left(code: str, vocabulary: Vocabulary) -> None:
    assert from_program(code, vocabulary).holes == ()


def test_times_stay_on_their_grid_and_equal_ones_together(vocabulary: Vocabulary) -> None:
    template = from_program("sleep 0.5\nsleep 0.25\nsleep 0.5", vocabulary)
    assert [each.range for each in template.holes] == [
        OneOf((0.25, 0.5, 0.75, 1)),
        OneOf((0.125, 0.25, 0.375, 0.5)),
    ]
    assert template.body == "sleep {{ sleep_1 }}\nsleep {{ sleep_2 }}\nsleep {{ sleep_1 }}"


def test_notes_stay_in_the_key(vocabulary: Vocabulary) -> None:
    template = from_program("play :c4\nplay :d4\nplay :e4\nplay :g4\nplay :a4", vocabulary)
    rng = random.Random(3)
    for _ in range(50):
        values = template.draw(rng).values()
        assert {int(value) % 12 for value in values} <= {0, 2, 4, 7, 9}


@pytest.mark.parametrize(
    ("code", "classes"),
    [
        ("play :e3", (2, 4, 7, 9, 11)),
        ("play :c4; play :e4; play :b4", (0, 2, 4, 5, 7, 9, 11)),
        ("play :a4; play :gs4; play :c4; play :f4", (0, 2, 4, 5, 8, 9, 11)),
        ("play 60; play 61; play 62; play 63", tuple(range(12))),
        ("sleep 1", (0, 3, 5, 7, 10)),
    ],
    ids=["pentatonic", "major", "harmonic minor", "chromatic", "no notes"],
)
def test_the_key_of_a_program(code: str, classes: tuple[int, ...]) -> None:
    assert pitch_classes(places(parse(code))) == classes


@given(note=st.integers(0, 127), capital=st.booleans())
def test_names_of_notes_are_read_back(note: int, capital: bool) -> None:
    name = spell(note, "E3" if capital else "e3")
    if note >= 12:
        assert pitch(name) == note


def test_the_papers_ranges(vocabulary: Vocabulary) -> None:
    code = "use_bpm 120\nsleep 0.5\nplay :e3, cutoff: 80, attack: 1, release: 1, amp: 1, pan: 0\n"
    holes = from_program(code, vocabulary, ranges="paper").holes
    assert {each.meaning: each.range for each in holes} == {
        "bpm": Whole(60, 200),
        "sleep": Real(0.1, 5),
        "note": Whole(36, 84),
        "cutoff": Whole(60, 200),
        "attack": Real(0, 10),
        "release": Real(0, 10),
        "amp": Real(0.1, 20),
    }


def test_the_papers_names_all_exist(vocabulary: Vocabulary) -> None:
    code = "use_synth :saw\nwith_fx(:echo) { sample :bd_haus }\nplay chord(:e3, :minor)"
    holes = from_program(code, vocabulary, ranges="paper").holes
    choices = {h.meaning: h.range.choices for h in holes if isinstance(h.range, OneOf)}
    assert {meaning: len(names) for meaning, names in choices.items()} == {
        "synth": 18,
        "sample": 24,
        "effect": 12,
        "chord": 8,
    }
    assert set(choices["synth"]) <= set(vocabulary.synths)
    assert set(choices["sample"]) <= set(vocabulary.samples)
    assert set(choices["effect"]) <= set(vocabulary.effects)
    assert set(choices["chord"]) <= set(vocabulary.chords)
