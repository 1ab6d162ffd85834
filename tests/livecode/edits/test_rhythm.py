from __future__ import annotations

import pytest

from tests.livecode.edits.run import code_of, edit


@pytest.mark.parametrize(
    ("code", "turned"),
    [
        ('a = "x--x--"\n', 'a = "--x--x"\n'),
        ("a = bools(1, 0, 0, 1)\n", "a = bools(0, 0, 1, 1)\n"),
        ("a = (ring 1, 0, 0, 0)\n", "a = (ring 0, 0, 0, 1)\n"),
        ("a = spread(3, 8)\n", "a = spread(3, 8, rotate: 1)\n"),
    ],
)
def test_patterns_turn(code: str, turned: str) -> None:
    assert code_of("rotate_rhythm", code, by=1) == turned


def test_a_pattern_backwards() -> None:
    assert code_of("reverse_rhythm", 'a = "x-xx--"\n') == 'a = "--xx-x"\n'


@pytest.mark.parametrize(("name", "hits"), [("add_hits", 4), ("remove_hits", 2)])
@pytest.mark.parametrize("marks", ["x--x--x-", "10010010", "o..o..o."])
def test_more_and_fewer_hits(name: str, hits: int, marks: str) -> None:
    code = code_of(name, f'a = "{marks}"\n', count=1)
    assert code.count(marks[0]) - code.startswith(marks[0]) + (marks[0] == "a") == hits
    assert code[5] == marks[0]


def test_a_spread_keeps_a_hit_and_a_rest() -> None:
    assert code_of("vary_spread", "spread(3, 8)\n", by=1) == "spread(4, 8)\n"
    assert edit("vary_spread", "spread(1, 8)\n", by=-1) is None
    assert edit("vary_spread", "spread(7, 8)\n", by=2) is None


def test_the_same_lengths_in_another_order() -> None:
    code = "sleep (ring 0.5, 0.25, 1).tick\n"
    assert code_of("reorder_waits", code, how="reverse") == "sleep (ring 1, 0.25, 0.5).tick\n"


def test_numbers_that_are_no_pattern_stay() -> None:
    assert edit("reverse_rhythm", 'puts "hello"\na = [1, 2, 0, 1]\n') is None
