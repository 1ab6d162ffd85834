from __future__ import annotations

import pytest

from trichord.errors import InputError
from trichord.livecode.compose import compose_many, shape
from trichord.livecode.compose.many import Seen, candidate
from trichord.livecode.compose.shape import alikeness, sketch

CODE = """\
# the tune
live_loop :a do
  play :e3, amp: 0.5
  sleep 0.25
end
"""


def test_a_longer_list_begins_with_the_shorter() -> None:
    short = list(compose_many(6, seed=3))
    assert list(compose_many(12, seed=3))[:6] == short


def test_a_part_of_the_list_is_that_part() -> None:
    assert list(compose_many(9, seed=3, start=5)) == list(compose_many(9, seed=3))[5:]


def test_seeds_give_different_lists() -> None:
    assert candidate(1, 0) != candidate(2, 0) != candidate(2, 1)


@pytest.mark.parametrize(("n", "start"), [(-1, 0), (3, -2)])
def test_negative_numbers_are_refused(n: int, start: int) -> None:
    with pytest.raises(InputError, match="from 0"):
        list(compose_many(n, seed=1, start=start))


def test_structures_are_nearly_all_different() -> None:
    shapes = {shape(each.code) for each in compose_many(250, seed=4)}
    assert len(shapes) >= 248


def test_a_shape_has_no_values_names_or_comments() -> None:
    other = (
        CODE.replace(":e3", "60")
        .replace("0.5", "1")
        .replace(":a", ":b")
        .replace("# the tune\n", "")
    )
    assert shape(other) == shape(CODE)
    assert shape("x = [1, 2, 3]\nplay x.tick") == shape("notes = [60, 64]\nplay notes.tick")


@pytest.mark.parametrize(
    ("old", "new"),
    [("play", "sample"), ("amp:", "pan:"), ("sleep 0.25", "sleep rand"), (":e3", "[1, 2].tick")],
)
def test_a_shape_keeps_calls_options_and_nesting(old: str, new: str) -> None:
    assert shape(CODE.replace(old, new)) != shape(CODE)


def test_near_programs_are_told_from_others() -> None:
    first, other = candidate(1, 0).code, candidate(1, 1).code
    assert alikeness(sketch(first), sketch(first)) == 1.0
    assert alikeness(sketch(first), sketch(other)) < 0.5


def test_what_is_nearly_the_same_is_left_out() -> None:
    seen = Seen()
    code = candidate(1, 0).code
    assert seen.add(code)
    assert not seen.add(code)
    assert not seen.add("# with a comment\n" + code)
    assert seen.add(candidate(1, 1).code)
    assert len(seen) == 2
