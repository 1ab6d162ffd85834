"""Paired tests against all sign flips by hand, a table, and the uniform p of the null."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from trichord.errors import InputError
from trichord.metrics.paired import cluster_means, holm, paired_t, permutation_test, wilcoxon


def test_few_pairs_are_flipped_in_every_way():
    rng = np.random.default_rng(0)
    a, b = rng.normal(0.6, 1.0, size=8), rng.normal(size=8)
    observed = abs((a - b).mean())
    means = [abs(np.mean((a - b) * signs)) for signs in product((-1, 1), repeat=8)]
    expected = np.mean([mean >= observed - 1e-12 for mean in means])
    assert permutation_test(a, b, rng) == pytest.approx(expected)


def test_a_clear_difference_is_found_and_none_is_not():
    rng = np.random.default_rng(1)
    b = rng.normal(size=100)
    assert permutation_test(b + 0.5 + 0.1 * rng.normal(size=100), b, rng, 999) == pytest.approx(
        0.002, abs=0.0011
    )
    assert permutation_test(b, b, rng) == 1.0


@pytest.mark.parametrize("test", [lambda a, b, rng: permutation_test(a, b, rng, 200),
                                  lambda a, b, rng: wilcoxon(a, b)])  # fmt: skip
def test_where_nothing_differs_small_p_are_rare(test):
    rng = np.random.default_rng(2)
    found = [test(rng.normal(size=12), rng.normal(size=12), rng) for _ in range(150)]
    assert np.mean(np.array(found) <= 0.1) == pytest.approx(0.1, abs=0.075)


def test_wilcoxon_of_six_rises():
    # All six differences rise: 2 of 2^6 sign patterns are as extreme.
    assert wilcoxon([1, 2, 3, 4, 5, 6.5], [0, 0, 0, 0, 0, 0]) == pytest.approx(2 / 64)
    assert wilcoxon([1, 2, 3], [1, 2, 3]) == 1.0


def test_holm_as_in_its_definition():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_means_of_clusters():
    assert cluster_means([1.0, 2.0, 9.0, float("nan")], "aabb").tolist() == [1.5, 9.0]


def test_unpaired_figures_are_refused():
    with pytest.raises(InputError, match="paired"):
        permutation_test([1.0, 2.0], [1.0], np.random.default_rng(0))
    with pytest.raises(InputError, match="two pairs"):
        wilcoxon([1.0, float("nan")], [1.0, 2.0])


def test_paired_t_by_the_textbook():
    # Differences 1, 2, 3: mean 2, standard error 1/√3, t = 2√3; t(0.975; 2) = 4.3027.
    found = paired_t([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])
    assert (found.mean, found.count) == (2.0, 3)
    assert found.low == pytest.approx(2 - 4.302653 / np.sqrt(3), rel=1e-5)
    assert found.high == pytest.approx(2 + 4.302653 / np.sqrt(3), rel=1e-5)
    # Two-sided p of t with 2 degrees of freedom in closed form: 1 − t/√(2 + t²).
    t = 2 * np.sqrt(3)
    assert found.p == pytest.approx(1 - t / np.sqrt(2 + t * t), rel=1e-6)


def test_paired_t_where_nothing_differs():
    found = paired_t([1.0, 2.0], [1.0, 2.0])
    assert (found.mean, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_paired_t_of_the_null_is_uniform():
    rng = np.random.default_rng(3)
    ps = [paired_t(rng.normal(size=3), rng.normal(size=3)).p for _ in range(400)]
    assert 0.02 < np.mean(np.array(ps) < 0.05) < 0.09
