"""Tuning and velocity: counted by hand, and by Kendall's tau."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kendalltau

from trichord.errors import InputError
from trichord.metrics.playing import pitch_accuracy, velocity_order


def test_a_note_in_the_wrong_octave_is_out_of_tune_however_pure():
    cents = [0.0, -9.0, 11.0, 2.0]
    assert pitch_accuracy(cents, [False, False, False, True]) == 0.5
    assert pitch_accuracy(cents, [False] * 4, tolerance=20.0) == 1.0


def test_the_order_of_pairs_is_that_of_kendall():
    levels = np.random.default_rng(0).normal(size=(6, 5))
    taus = [kendalltau(np.arange(5), row).statistic for row in levels]
    assert velocity_order(levels).pairs == pytest.approx((1 + np.mean(taus)) / 2)


def test_what_rises_what_falls_and_what_stays():
    found = velocity_order([[-30.0, -20.0, -10.0], [-10.0, -20.0, -30.0], [-5.0, -5.0, -5.0]])
    assert found.pairs == pytest.approx((1 + 0 + 0.5) / 3)
    assert found.keys == pytest.approx(1 / 3)
    assert found.range_db == 0.0


def test_noise_is_at_chance():
    found = velocity_order(np.random.default_rng(1).normal(size=(4000, 3)))
    assert found.pairs == pytest.approx(0.5, abs=0.02)
    assert found.keys == pytest.approx(1 / 6, abs=0.02)


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(InputError, match="one each"):
        pitch_accuracy([1.0], [True, False])
    with pytest.raises(InputError, match="two or more"):
        velocity_order([[1.0], [2.0]])
