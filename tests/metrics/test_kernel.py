"""The kernel distance against the double sum, the closed form of Gaussians, and its null."""

from __future__ import annotations

import numpy as np
import pytest

from trichord.errors import InputError
from trichord.metrics.kernel import kernel_distance, median_bandwidth


def one_by_one(x, y, sigma):
    def k(a, b):
        return np.exp(-((a - b) ** 2).sum() / (2 * sigma**2))

    n, m = len(x), len(y)
    own = sum(k(x[i], x[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    other = sum(k(y[i], y[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    cross = sum(k(a, b) for a in x for b in y) / (n * m)
    return 100 * (own + other - 2 * cross)


def test_it_is_the_double_sum():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(9, 3)), rng.normal(size=(7, 3)) + 0.5
    distances = [np.linalg.norm(y[i] - y[j]) for i in range(7) for j in range(i)]
    assert median_bandwidth(y) == pytest.approx(np.median(distances))
    assert kernel_distance(x, y) == pytest.approx(one_by_one(x, y, np.median(distances)))


def test_of_two_gaussians_it_is_the_closed_form():
    """With k of width 1 and N(m, 1) in D dimensions, E k = 3^(−D/2) exp(−d²/6)."""
    rng = np.random.default_rng(1)
    D, shift = 3, 1.2
    x, y = rng.normal(size=(2000, D)), rng.normal(size=(2000, D))
    x[:, 0] += shift
    wanted = 100 * 2 * 3 ** (-D / 2) * (1 - np.exp(-(shift**2) / 6))
    assert kernel_distance(x, y, bandwidth=1.0) == pytest.approx(wanted, rel=0.05)


def test_of_one_distribution_it_is_zero_on_average_however_small_the_sets():
    rng = np.random.default_rng(2)
    found = np.array(
        [
            kernel_distance(rng.normal(size=(6, 4)), rng.normal(size=(6, 4)), 2.0)
            for _ in range(2000)
        ]
    )
    assert abs(found.mean()) < 4 * found.std() / np.sqrt(len(found))
    assert found.min() < 0


def test_the_unit_of_the_embedding_does_not_matter():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(20, 4)), rng.normal(size=(30, 4)) + 1
    assert kernel_distance(7 * x, 7 * y) == pytest.approx(kernel_distance(x, y))


def test_what_has_no_distance_is_refused():
    rows = np.random.default_rng(4).normal(size=(5, 3))
    with pytest.raises(InputError, match="3 and 2 entries"):
        kernel_distance(rows, rows[:, :2])
    with pytest.raises(InputError, match="bandwidth 0"):
        kernel_distance(rows, np.ones((4, 3)))
