from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from trichord.errors import InputError
from trichord.metrics.arrays import cosine_distances, euclidean_distances, paired, square, upper


@pytest.mark.parametrize(
    ("ours", "theirs"), [(cosine_distances, "cosine"), (euclidean_distances, "euclidean")]
)
def test_distances_are_those_of_scipy(ours, theirs):
    rows = np.random.default_rng(0).normal(size=(12, 5))
    assert ours(rows) == pytest.approx(cdist(rows, rows, theirs), abs=1e-12)


def test_equal_vectors_are_at_no_distance_at_all():
    rows = np.tile(np.random.default_rng(1).normal(size=5), (4, 1)) * np.arange(1, 5)[:, None]
    assert not cosine_distances(rows).any()


def test_the_distances_above_the_diagonal_come_row_by_row():
    matrix = np.array([[0, 1, 2], [1, 0, 3], [2, 3, 0]])
    assert upper(matrix).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([1.0, 2.0], r"\[N, D\]"),
        ([[1.0, 2.0]], "2 or more"),
        ([[1.0, float("nan")], [1.0, 2.0]], "NaN"),
    ],
)
def test_what_is_no_set_of_vectors_is_refused(rows, said):
    with pytest.raises(InputError, match=said):
        paired(rows, rows)


def test_pairs_need_equally_many():
    with pytest.raises(InputError, match="3 and 4 vectors"):
        paired(np.ones((3, 2)), np.ones((4, 2)))


def test_a_vector_without_direction_is_refused():
    with pytest.raises(InputError, match="length zero"):
        cosine_distances([[0.0, 0.0], [1.0, 0.0]])


@pytest.mark.parametrize("matrix", [[[0.0, 1.0, 2.0], [1.0, 0.0, 3.0]], [[0.0, 1.0], [2.0, 0.0]]])
def test_what_is_no_distance_matrix_is_refused(matrix):
    with pytest.raises(InputError):
        square(matrix)
