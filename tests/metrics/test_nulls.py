from __future__ import annotations

import numpy as np
import pytest

from trichord.metrics.arrays import euclidean_distances
from trichord.metrics.cka import cka
from trichord.metrics.nulls import permuted_items, permuted_pairs
from trichord.metrics.ranks import pearson


def inner(x, y):
    return float((x * y).sum())


def test_the_null_of_an_inner_product_is_known():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 50, 1))
    found = permuted_pairs(inner, x, y, rng, 2000)
    n = len(x)
    expected = n * x.mean() * y.mean()
    spread = np.sqrt(x.var() * y.var() * n * n / (n - 1))
    assert found.value == pytest.approx(inner(x, y))
    assert found.mean == pytest.approx(expected, abs=4 * spread / np.sqrt(2000))
    assert found.sd == pytest.approx(spread, rel=0.06)


def test_what_belongs_together_stands_out():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, 5))
    found = permuted_pairs(cka, x, x + 0.5 * rng.normal(size=x.shape), rng, 99)
    assert found.p == pytest.approx(1 / 100)
    assert found.value > found.high > found.mean


def test_unrelated_pairs_do_not():
    rng = np.random.default_rng(0)
    ps = [
        permuted_pairs(inner, rng.normal(size=(15, 2)), rng.normal(size=(15, 2)), rng, 19).p
        for _ in range(300)
    ]
    assert np.mean(np.array(ps) <= 0.1) == pytest.approx(0.1, abs=0.06)


def test_within_groups_what_they_explain_stays():
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(10), 6)
    centre = rng.normal(size=(10, 3))[groups] * 5
    x, y = centre + rng.normal(size=(60, 3)), centre + rng.normal(size=(60, 3))
    assert permuted_pairs(cka, x, y, rng, 30).mean < 0.3
    assert permuted_pairs(cka, x, y, rng, 30, groups.tolist()).mean > 0.8


def test_items_are_shuffled_with_their_row_and_column():
    rng = np.random.default_rng(4)
    rows = rng.normal(size=(12, 3))
    distances = euclidean_distances(rows)
    seen = []

    def note(a, b):
        seen.append(np.sort(b[np.triu_indices(12, 1)]))
        assert not np.diag(b).any()
        return pearson(a, b)

    found = permuted_items(note, distances, distances, rng, 50)
    assert found.value == pytest.approx(1.0)
    assert found.p == pytest.approx(1 / 51)
    assert all(np.allclose(each, seen[0]) for each in seen)


def test_a_shuffle_that_changes_nothing_counts_as_reached():
    found = permuted_pairs(inner, np.ones((5, 1)), np.ones((5, 1)), np.random.default_rng(0), 20)
    assert found.p == 1.0
