from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from trichord.errors import InputError
from trichord.metrics.arrays import euclidean_distances, upper
from trichord.metrics.ranks import pearson, spearman
from trichord.metrics.triplets import triplet_accuracy


@pytest.fixture
def matrices():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(10, 3))
    return tuple(
        np.round(euclidean_distances(rows + noise * rng.normal(size=rows.shape)), 1)
        for noise in (0.0, 0.5)
    )


def test_correlations_are_those_of_scipy(matrices):
    a, b = map(upper, matrices)
    assert pearson(*matrices) == pytest.approx(stats.pearsonr(a, b).statistic)
    assert spearman(*matrices) == pytest.approx(stats.spearmanr(a, b).statistic)


def test_ranks_do_not_mind_a_bend(matrices):
    first, second = matrices
    assert spearman(first, second**3) == pytest.approx(spearman(first, second))


@pytest.mark.parametrize("metric", [pearson, spearman])
def test_equal_distances_correlate_with_nothing(matrices, metric):
    assert np.isnan(metric(0.3 * (np.ones((10, 10)) - np.eye(10)), matrices[0]))


def test_triplets_one_by_one(matrices):
    predicted, gold = matrices
    agreed = []
    for anchor in range(10):
        for j, k in combinations([at for at in range(10) if at != anchor], 2):
            truth = gold[anchor, j] - gold[anchor, k]
            guess = predicted[anchor, j] - predicted[anchor, k]
            if truth:
                agreed.append(0.5 if guess == 0 else float((truth > 0) == (guess > 0)))
    assert triplet_accuracy(predicted, gold) == pytest.approx(np.mean(agreed))


def test_the_ends_and_the_middle(matrices):
    gold = matrices[0]
    top = float(gold.max())
    assert triplet_accuracy(gold, gold) == 1.0
    assert triplet_accuracy((top - gold) * (1 - np.eye(10)), gold) == 0.0
    assert triplet_accuracy(np.zeros((10, 10)), gold) == 0.5
    assert np.isnan(triplet_accuracy(gold, np.zeros((10, 10))))


def test_unrelated_spaces_are_at_chance():
    rng = np.random.default_rng(1)
    found = [
        triplet_accuracy(*(euclidean_distances(rng.normal(size=(10, 4))) for _ in range(2)))
        for _ in range(100)
    ]
    assert np.mean(found) == pytest.approx(0.5, abs=0.03)


def test_other_sizes_are_refused(matrices):
    with pytest.raises(InputError):
        spearman(matrices[0], matrices[1][:9, :9])
    with pytest.raises(InputError):
        triplet_accuracy(matrices[0], matrices[1][:9, :9])
