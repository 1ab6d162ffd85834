from __future__ import annotations

from itertools import combinations

import pytest

from trichord.errors import InputError
from trichord.metrics.overlap import chance_jaccard, chance_overlap, jaccard, overlap


def test_two_of_three():
    assert overlap([1, 2, 3], [3, 2, 9]) == pytest.approx(2 / 3)
    assert jaccard([1, 2, 3], [3, 2, 9]) == pytest.approx(2 / 4)


@pytest.mark.parametrize("metric", [overlap, jaccard])
def test_ends_of_the_scale(metric):
    assert metric("abc", "cab") == 1.0
    assert metric("abc", "def") == 0.0


@pytest.mark.parametrize(("n", "k"), [(10, 3), (7, 5), (4, 4)])
def test_chance_is_the_mean_over_all_choices(n, k):
    gold = tuple(range(k))
    choices = list(combinations(range(n), k))
    assert chance_overlap(n, k) == pytest.approx(
        sum(overlap(each, gold) for each in choices) / len(choices)
    )
    assert chance_jaccard(n, k) == pytest.approx(
        sum(jaccard(each, gold) for each in choices) / len(choices)
    )


def test_chance_of_three_of_ten():
    assert chance_overlap(10, 3) == pytest.approx(0.300)
    assert chance_jaccard(10, 3) == pytest.approx(0.201, abs=5e-4)


@pytest.mark.parametrize(("chosen", "gold"), [([1, 2], [1]), ([1, 1], [1, 2]), ([], [])])
def test_choices_that_do_not_compare_are_refused(chosen, gold):
    with pytest.raises(InputError):
        overlap(chosen, gold)


def test_more_than_there_are_is_refused():
    with pytest.raises(InputError, match=r"1\.\.4"):
        chance_overlap(4, 5)
