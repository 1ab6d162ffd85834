"""The Fréchet distance against scipy's matrix root, closed forms, and its bias in N."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm

from trichord.errors import InputError
from trichord.metrics.frechet import frechet_distance, frechet_extrapolated


def by_matrix_root(x, y):
    first, second = np.cov(x.T), np.cov(y.T)
    apart = x.mean(0) - y.mean(0)
    return float(apart @ apart + np.trace(first + second - 2 * sqrtm(first @ second).real))


@pytest.mark.parametrize(("n", "m"), [(300, 200), (40, 500)])
def test_it_is_that_of_the_matrix_root(n, m):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 12)) @ rng.normal(size=(12, 12)) + 1.0
    y = rng.normal(size=(m, 12)) @ rng.normal(size=(12, 12))
    assert frechet_distance(x, y) == pytest.approx(by_matrix_root(x, y), rel=1e-6)


def test_in_one_dimension_it_is_the_difference_of_means_and_of_spreads():
    rng = np.random.default_rng(1)
    x, y = rng.normal(2.0, 3.0, size=(80, 1)), rng.normal(-1.0, 0.5, size=(60, 1))
    wanted = (x.mean() - y.mean()) ** 2 + (x.std(ddof=1) - y.std(ddof=1)) ** 2
    assert frechet_distance(x, y) == pytest.approx(wanted)


def test_fewer_vectors_than_dimensions_need_no_ridge():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(10, 50))
    assert frechet_distance(x, x) == pytest.approx(0.0, abs=1e-9)
    assert frechet_distance(x, x + 0.5) == pytest.approx(50 * 0.25)


def test_it_is_symmetric_and_does_not_turn_with_the_axes():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(30, 8)), 2.0 * rng.normal(size=(25, 8))
    turn, _ = np.linalg.qr(rng.normal(size=(8, 8)))
    assert frechet_distance(x, y) == pytest.approx(frechet_distance(y, x))
    assert frechet_distance(x @ turn, y @ turn) == pytest.approx(frechet_distance(x, y))


def test_the_bias_of_a_small_sample_is_taken_out():
    rng = np.random.default_rng(4)
    reference = rng.normal(size=(20_000, 16))
    sample = rng.normal(size=(400, 16))
    plain = frechet_distance(sample, reference)
    carried_on = frechet_extrapolated(sample, reference, rng)
    assert abs(carried_on.value) < 0.35 * plain
    assert carried_on.slope > 0
    assert carried_on.r_squared > 0.9
    assert max(carried_on.sizes) == 400


def test_the_same_stream_gives_the_same_extrapolation():
    rows = np.random.default_rng(5).normal(size=(64, 4))
    first, again = (
        frechet_extrapolated(rows[:32], rows[32:], np.random.default_rng(6)) for _ in range(2)
    )
    assert first == again


def test_what_has_no_distance_is_refused():
    rows = np.ones((20, 3))
    with pytest.raises(InputError, match="3 and 2 entries"):
        frechet_distance(rows, rows[:, :2])
    with pytest.raises(InputError, match="2 or more"):
        frechet_distance(rows[:1], rows)
    with pytest.raises(InputError, match="16 or more"):
        frechet_extrapolated(rows[:9], rows, np.random.default_rng(0))
