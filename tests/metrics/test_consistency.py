from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichord.errors import InputError
from trichord.metrics.consistency import effective_rank, timbral_consistency


@given(st.integers(2, 30), st.integers(2, 8), st.integers(0, 100))
def test_it_is_the_mean_cosine_of_different_notes(count, dim, seed):
    rows = np.random.default_rng(seed).normal(size=(count, dim))
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = units @ units.T
    expected = cosines[~np.eye(count, dtype=bool)].mean()
    assert timbral_consistency(rows) == pytest.approx(expected, abs=1e-9)


def test_equal_notes_are_wholly_consistent_and_without_spread():
    rows = np.tile([3.0, 4.0], (5, 1))
    assert timbral_consistency(rows) == pytest.approx(1.0)
    assert effective_rank(rows) == 1.0


def test_an_even_spread_has_full_rank():
    assert effective_rank(np.eye(5)) == pytest.approx(4.0)


@pytest.mark.parametrize("rows", [[[1.0, 0.0]], [1.0, 2.0], [[0.0, 0.0], [1.0, 0.0]]])
def test_what_has_no_direction_is_refused(rows):
    with pytest.raises(InputError):
        timbral_consistency(rows)
