"""Recall against sorting by hand over every order of ties."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from sklearn.metrics import top_k_accuracy_score

from trichord.errors import InputError
from trichord.metrics.recall import (
    chance_recall,
    hits_at_k,
    ranks_of_best,
    recall_both,
    same_items,
)


def over_all_orders(scores, relevant, k):
    """Share of hits, and mean place of the first right answer, where ties are shuffled."""
    hits, places = [], []
    for order in permutations(range(len(scores))):
        ranked = sorted(order, key=lambda at: -scores[at])
        place = next(i for i, at in enumerate(ranked) if relevant[at]) + 1
        hits.append(place <= k)
        places.append(place)
    return np.mean(hits), np.mean(places)


@pytest.mark.parametrize("seed", range(12))
def test_ties_and_duplicates_are_averaged_over_all_orders(seed):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 3, size=6).astype(float)
    relevant = rng.random(6) < 0.4
    relevant[rng.integers(6)] = True
    k = int(rng.integers(1, 6))
    hit, place = over_all_orders(scores, relevant, k)
    assert hits_at_k(scores[None], relevant[None], k)[0] == pytest.approx(hit)
    assert ranks_of_best(scores[None], relevant[None])[0] == pytest.approx(place)


def test_without_ties_it_is_top_k_accuracy():
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(30, 30))
    expected = top_k_accuracy_score(np.arange(30), scores, k=5)
    assert hits_at_k(scores, np.eye(30, dtype=bool), 5).mean() == pytest.approx(expected)


def test_a_model_that_tells_nothing_apart_gets_chance():
    same = same_items([0, 0, 1, 2, 3, 3, 3, 4], 8)
    flat = np.zeros((8, 8))
    for k in (1, 3, 8):
        assert hits_at_k(flat, same, k).mean() == pytest.approx(chance_recall(same, k))


def test_both_ways_and_chance():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(40, 6))
    found = recall_both(x, 3.0 * x, 1)
    assert (found.forward, found.backward, found.chance) == (1.0, 1.0, pytest.approx(1 / 40))
    # All of y points the way of its first: every x finds it, and only one is right.
    hub = np.vstack([x[:1], x[:1] + 1e-6 * rng.normal(size=(39, 6))])
    assert recall_both(x, hub, 10).backward <= 0.3


def test_random_pairs_are_at_chance():
    rng = np.random.default_rng(3)
    found = recall_both(rng.normal(size=(600, 30)), rng.normal(size=(600, 30)), 60)
    assert found.forward == pytest.approx(found.chance, abs=0.04)
    assert found.chance == pytest.approx(0.1)


def test_a_duplicate_is_a_right_answer():
    x = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]])
    y = np.array([[0.9, 0.1], [1.0, 0.0], [0.0, 1.0]])
    assert recall_both(x, y, 1).forward == pytest.approx(1 / 3)
    assert recall_both(x, y, 1, same=["a", "a", "b"]).forward == 1.0


def test_what_cannot_be_found_is_refused():
    scores = np.zeros((2, 3))
    with pytest.raises(InputError, match="no right answer"):
        hits_at_k(scores, np.array([[True, False, False], [False] * 3]), 1)
    with pytest.raises(InputError, match=r"1\.\.3"):
        hits_at_k(scores, np.ones((2, 3), bool), 4)
    with pytest.raises(InputError, match="equal shapes"):
        hits_at_k(scores, np.ones((2, 2), bool), 1)
