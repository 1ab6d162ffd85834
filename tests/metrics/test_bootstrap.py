"""Intervals against the normal one, their coverage, and what clusters do to them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from trichord.errors import InputError
from trichord.metrics.bootstrap import interval, mean_interval


@pytest.mark.parametrize("method", ["percentile", "BCa"])
def test_it_is_near_the_normal_interval(method):
    values = np.random.default_rng(0).normal(5.0, 2.0, size=200)
    found = mean_interval(values, np.random.default_rng(1), method=method)
    half = 1.96 * values.std() / np.sqrt(200)
    assert found.value == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx(
        (values.mean() - half, values.mean() + half), abs=0.05
    )


def test_bca_leans_with_a_skewed_sample():
    values = np.random.default_rng(2).exponential(size=40)
    plain, bent = (
        mean_interval(values, np.random.default_rng(3), method=method)
        for method in ("percentile", "BCa")
    )
    assert bent.low > plain.low
    assert bent.high > plain.high


def test_it_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(4)
    found = [mean_interval(rng.normal(size=30), rng, resamples=200) for _ in range(200)]
    covered = sum(each.low <= 0.0 <= each.high for each in found)
    assert stats.binomtest(covered, 200, 0.95).pvalue > 1e-4


def test_clusters_are_drawn_whole():
    rng = np.random.default_rng(5)
    values = np.repeat(rng.normal(size=12), 50)
    names = np.repeat(np.arange(12), 50).tolist()
    alone = mean_interval(values, np.random.default_rng(6))
    together = mean_interval(values, np.random.default_rng(6), clusters=names)
    assert together.value == pytest.approx(alone.value)
    assert (together.high - together.low) > 4 * (alone.high - alone.low)
    assert (alone.count, together.count) == (600, 12)


def test_a_cluster_weighs_as_much_as_it_holds():
    found = mean_interval([1.0, 1.0, 1.0, 5.0], np.random.default_rng(7), clusters="aaab")
    assert found.value == pytest.approx(2.0)


def test_equal_values_have_no_width_and_nan_is_left_out():
    found = mean_interval([0.5, 0.5, float("nan"), 0.5], np.random.default_rng(8))
    assert (found.low, found.value, found.high, found.count) == (0.5, 0.5, 0.5, 3)
    assert mean_interval([0.5], np.random.default_rng(8)).high == 0.5


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(9).random(30)
    first, again = (mean_interval(values, np.random.default_rng(10)) for _ in range(2))
    assert first == again


def test_any_statistic():
    values = np.random.default_rng(11).normal(size=100)
    found = interval(
        lambda drawn: float(np.median(values[drawn])), 100, np.random.default_rng(12),
        method="percentile",
    )  # fmt: skip
    assert found.low < np.median(values) < found.high


def test_nothing_has_no_mean():
    with pytest.raises(InputError, match="no finite value"):
        mean_interval([float("nan")], np.random.default_rng(0))
    with pytest.raises(InputError, match="one for each"):
        mean_interval([1.0, 2.0], np.random.default_rng(0), clusters=["a"])
