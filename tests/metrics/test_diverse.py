from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from trichord.errors import InputError
from trichord.metrics.arrays import cosine_distances, euclidean_distances
from trichord.metrics.diverse import most_diverse


def by_the_letter(distances):
    """The paper's three, written as its text has it."""
    pairs = list(combinations(range(len(distances)), 2))
    first, second = max(pairs, key=lambda pair: distances[pair])
    others = [at for at in range(len(distances)) if at not in (first, second)]
    third = max(others, key=lambda at: (distances[at, first] + distances[at, second]) / 2)
    return {first, second, third}


@pytest.mark.parametrize("seed", range(20))
def test_three_are_chosen_by_the_papers_rule(seed):
    distances = cosine_distances(np.random.default_rng(seed).normal(size=(10, 4)))
    assert set(most_diverse(distances)) == by_the_letter(distances)


def test_a_further_one_is_far_from_all_or_from_its_nearest():
    # Two heaps far apart and one point between them, nearer to the left.
    places = np.array([[0.0], [0.1], [4.0], [9.9], [10.0]])
    distances = euclidean_distances(places)
    assert most_diverse(distances, 3, "nearest") == [0, 4, 2]
    assert most_diverse(distances, 5)[:2] == [0, 4]
    assert sorted(most_diverse(distances, 5)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("seed", range(5))
def test_greedy_reaches_half_of_the_largest_sum(seed):
    distances = euclidean_distances(np.random.default_rng(seed).normal(size=(9, 3)))

    def total(chosen):
        return sum(distances[pair] for pair in combinations(chosen, 2))

    best = max(total(each) for each in combinations(range(9), 4))
    assert total(most_diverse(distances, 4)) >= best / 2


def test_ties_go_to_those_that_come_first():
    assert most_diverse(np.ones((5, 5)) - np.eye(5), 3) == [0, 1, 2]
    assert most_diverse(np.zeros((5, 5)), 3) == [0, 1, 2]


def test_one_is_the_one_farthest_from_all():
    assert most_diverse(euclidean_distances([[0.0], [1.0], [9.0]]), 1) == [2]


@pytest.mark.parametrize("k", [0, 4])
def test_more_than_there_are_is_refused(k):
    with pytest.raises(InputError, match=r"1\.\.3"):
        most_diverse(np.zeros((3, 3)), k)
