from __future__ import annotations

import pytest

from trichord.livecode.reader import values
from trichord.livecode.reader.operators import OPERATORS
from trichord.livecode.reader.values import UNKNOWN, Ring, element, midi, notes


@pytest.mark.parametrize(
    ("accents", "size", "pattern"),
    [(3, 8, "x..x..x."), (5, 8, "x.xx.xx."), (4, 9, "x.x.x.x.."), (0, 3, "..."), (9, 4, "xxxx")],
)
def test_accents_are_spread_as_the_literature_has_them(
    accents: int, size: int, pattern: str
) -> None:
    assert values.spread(accents, size) == [each == "x" for each in pattern]


def test_a_spread_is_rotated_to_its_next_accent() -> None:
    assert values.spread(3, 8, 1) == [each == "x" for each in "x..x.x.."]


def test_chords_and_scales() -> None:
    assert values.chord("e3", "minor") == [52, 55, 59]
    assert values.chord("c", "major", 2) == [60, 64, 67, 72, 76, 79]
    assert values.scale("c4", "minor_pentatonic") == [60, 63, 65, 67, 70, 72]
    assert values.invert([60, 64, 67], 1) == [64, 67, 72]
    assert values.invert([60, 64, 67], -1) == [55, 60, 64]


def test_a_ring_goes_round_and_an_array_ends() -> None:
    assert element(Ring([1, 2, 3]), 7) == 2
    assert element(Ring([1, 2, 3]), -1) == 3
    assert element([1, 2, 3], 7) is None


def test_lines_and_ranges() -> None:
    assert values.line(0, 4, 4) == [0, 1, 2, 3]
    assert values.line(0, 3, 4, inclusive=True) == [0, 1, 2, 3]
    assert values.span(1, 5, 1) == [1, 2, 3, 4]
    assert values.span(5, 1, 2) == [5, 3]
    assert values.span(0, 1, 0.3, inclusive=True) == pytest.approx([0, 0.3, 0.6, 0.9])


def test_notes_by_name_number_and_rest() -> None:
    assert midi("fs4") == 66
    assert midi(":no note") is None
    assert notes(["c4", 64.5, "r", None]) == [60, 64.5]
    assert notes("rest") == []


@pytest.mark.parametrize(
    ("sign", "left", "right", "result"),
    [
        ("+", "c4", 12, 72), ("-", 7, 2, 5), ("/", 7, 2, 3), ("/", 7.0, 2, 3.5), ("%", 7, 4, 3),
        ("*", [1, 2], 2, [1, 2, 1, 2]), ("+", [1], [2], [1, 2]), ("==", "a", "a", True),
        ("<", 1, UNKNOWN, UNKNOWN), ("+", UNKNOWN, 1, UNKNOWN), ("**", 2, 3, 8),
    ],
)  # fmt: skip
def test_operators(sign: str, left: object, right: object, result: object) -> None:
    assert OPERATORS[sign](left, right) == result


def test_numbers_do_not_grow_without_end() -> None:
    found: object = 10**9
    for _ in range(8):
        found = OPERATORS["*"](found, 10**9)
    assert isinstance(found, float)
    assert len(OPERATORS["*"]([1, 2], 10**9)) <= values.LONGEST
