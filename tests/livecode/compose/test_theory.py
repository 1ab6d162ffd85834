from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichord.livecode.compose import rhythm, theory


@pytest.mark.parametrize(
    ("degree", "size", "kind"),
    [
        (0, 3, "minor"),
        (2, 3, "major"),
        (1, 3, "dim"),
        (0, 4, "m7"),
        (6, 4, "dom7"),
        (5, 4, "major7"),
    ],
)
def test_chords_on_the_degrees_of_a_minor(degree: int, size: int, kind: str) -> None:
    assert theory.chord_on(57, "minor", degree, size)[1] == kind


@given(st.sampled_from(sorted(theory.MODES)), st.integers(-9, 9), st.integers(40, 70))
def test_degrees_stay_in_their_mode(mode: str, degree: int, tonic: int) -> None:
    note = theory.degree_note(tonic, mode, degree)
    assert (note - tonic) % 12 in theory.MODES[mode]


def test_a_degree_past_the_octave_is_the_same_degree_higher() -> None:
    assert (
        theory.degree_note(60, "minor_pentatonic", 6)
        == theory.degree_note(60, "minor_pentatonic", 1) + 12
    )
    assert theory.degree_note(60, "major", -1) == 59


@given(st.integers(0, 10**6), st.integers(1, 16))
def test_lines_keep_their_span_and_length(seed: int, length: int) -> None:
    line = theory.walk(random.Random(seed), length)
    assert len(line) == length
    assert max(line) <= 7
    assert min(line) >= -4
    assert len(theory.phrase(random.Random(seed), length)) == length


@given(st.integers(0, 10**6), st.sampled_from(sorted(theory.MODES)))
def test_progressions_begin_somewhere_and_name_degrees(seed: int, mode: str) -> None:
    chords = theory.progression(random.Random(seed), mode)
    assert len(chords) >= 2
    assert all(0 <= each < 7 for each in chords)


def test_black_keys_have_two_names() -> None:
    assert theory.name_of(61, flats=True) == "db4"
    assert theory.name_of(61, flats=False) == "cs4"


@given(st.integers(1, 16).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_spread_has_its_hits_and_spreads_them(numbers: tuple[int, int]) -> None:
    hits, steps = numbers
    ring = rhythm.euclid(hits, steps)
    assert sum(ring) == hits
    gaps = rhythm.onsets(ring)
    between = [(b - a) % steps or steps for a, b in zip(gaps, gaps[1:] + gaps[:1], strict=True)]
    assert not between or max(between) - min(between) <= 1


def test_the_tresillo() -> None:
    assert rhythm.marks(rhythm.euclid(3, 8)) == "x--x--x-"


@given(st.integers(0, 10**6), st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8]), st.floats(0, 1))
def test_durations_fill_their_time(seed: int, beats: int, fast: float) -> None:
    found = rhythm.durations(random.Random(seed), beats, fast=fast)
    assert sum(found) == pytest.approx(beats)
    assert min(found) > 0


@given(st.integers(0, 10**6), st.integers(4, 16))
def test_a_drawn_pattern_has_a_hit(seed: int, steps: int) -> None:
    pattern = rhythm.grid(random.Random(seed), steps)
    assert len(pattern) == steps
    assert any(pattern)
