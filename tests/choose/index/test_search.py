"""The exact search against brute force, and LanceDB against the exact search."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trichord.choose.axes import axes
from trichord.choose.index.lance import lance_shortlist
from trichord.choose.index.matrices import Matrices, map_matrices, remove_others, write_matrices
from trichord.choose.index.search import best, top
from trichord.choose.wish import Wish
from trichord.choose.words import read_words

RNG = np.random.default_rng(3)
NAMES = [axis.name for axis in axes()]


def some(count: int, dim: int = 32) -> Matrices:
    vectors = RNG.normal(size=(count, dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    values = RNG.normal(size=(count, len(NAMES))).astype(np.float32)
    return Matrices(np.arange(count) * 10, vectors, values)


@pytest.mark.parametrize("count", [0, 1, 5, 100, 200])
def test_the_highest_scores_in_order(count: int) -> None:
    scores = RNG.integers(0, 20, 100).astype(np.float64)
    wanted = np.argsort(-scores, kind="stable")[:count]
    assert top(scores, count).tolist() == wanted.tolist()


def test_a_vector_finds_its_neighbours() -> None:
    matrices = some(500)
    hits = best(Wish(matrices.vectors[123], "x"), matrices, 5)
    order = np.argsort(-(matrices.vectors @ matrices.vectors[123]))[:5]
    assert [hit.number for hit in hits] == (10 * order).tolist()
    assert hits[0].number == 1230
    assert hits[0].score == pytest.approx(1, abs=1e-5)


def test_directions_find_the_ends_of_an_axis() -> None:
    matrices = some(300)
    wish = Wish(None, "", read_words("darker").directions)
    hits = best(wish, matrices, 300)
    column = matrices.axes[:, NAMES.index("brightness")]
    assert hits[0].number == 10 * int(column.argmin())
    assert hits[-1].number == 10 * int(column.argmax())
    assert hits[0].differs[0] == "darker" or len(hits[0].differs) > 1


def test_an_empty_index_has_no_hits() -> None:
    assert best(Wish(np.ones(32, np.float32), "x"), some(0), 5) == []


def test_matrices_are_the_rows_that_were_written(tmp_path: Path) -> None:
    wanted = some(7)
    rows = [
        (int(number), vector.tobytes(), values.tobytes())
        for number, vector, values in zip(wanted.ids, wanted.vectors, wanted.axes, strict=True)
    ]
    name = write_matrices(tmp_path, rows, 7, 32)
    found = map_matrices(tmp_path / name)
    assert (found.ids == wanted.ids).all()
    assert (found.vectors == wanted.vectors).all()
    assert (found.axes == wanted.axes).all()
    other = write_matrices(tmp_path, [], 0, 32)
    assert len(map_matrices(tmp_path / other)) == 0
    remove_others(tmp_path, other)
    assert [each.name for each in tmp_path.iterdir()] == [other]


def test_lance_finds_what_the_exact_search_finds(tmp_path: Path) -> None:
    matrices = some(2000)
    shortlist = lance_shortlist(tmp_path / "lance", matrices, "one")
    wish = Wish(matrices.vectors[7], "x")
    exact = [hit.number for hit in best(wish, matrices, 10)]
    assert [hit.number for hit in best(wish, matrices, 10, shortlist)] == exact


def test_a_table_of_other_matrices_is_replaced(tmp_path: Path) -> None:
    first, second = some(100), some(100)
    lance_shortlist(tmp_path / "lance", first, "one")
    again = lance_shortlist(tmp_path / "lance", first, "one")
    assert again(first.vectors[5], 1).tolist() == [5]
    shortlist = lance_shortlist(tmp_path / "lance", second, "two")
    assert shortlist(second.vectors[42], 1).tolist() == [42]
    assert [each.name for each in (tmp_path / "lance").iterdir()] == ["two"]
