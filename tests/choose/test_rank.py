"""Ranking and choosing on vectors and values whose order is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trichord.choose.axes import axes
from trichord.choose.items import Item
from trichord.choose.rank import cosine_distances, diverse, rank, rank_programs
from trichord.choose.reading import Heard
from trichord.choose.wish import Wish
from trichord.errors import InputError
from trichord.livecode.towers import load_tower

PLAIN = {axis.name: 0.0 for axis in axes()}


def heard(name: str, *vector: float) -> Heard:
    unit = np.array(vector, np.float32) / np.linalg.norm(vector)
    item = Item(Path(name), "sample", Path(name))
    return Heard(item, unit.astype(np.float32), np.zeros((108, 4), np.float32), PLAIN)


def names(ranked: list) -> list[str]:
    return [str(each.heard.item.path) for each in ranked]


def test_the_nearest_comes_first_and_ties_keep_their_order() -> None:
    many = [heard("far", 1, 0), heard("near", 1, 5), heard("same", 1, 5)]
    ranked = rank(many, Wish(np.array([0, 1], np.float32), "x"))
    assert names(ranked) == ["near", "same", "far"]
    assert ranked[0].score == pytest.approx(5 / np.sqrt(26), abs=1e-6)


def test_a_diverse_choice_passes_over_twins() -> None:
    many = [heard("a", 1, 0, 0), heard("a2", 1, 0.01, 0), heard("b", 0, 1, 0), heard("c", 0, 0, 1)]
    assert {"b", "c"} < set(names(diverse(many, 3)))
    assert len(diverse(many, 1)) == 1


def test_more_than_there_are_cannot_be_chosen() -> None:
    with pytest.raises(InputError, match="--diverse 5: 3 can be ranked"):
        diverse([heard("a", 1, 0), heard("b", 0, 1), heard("c", 1, 1)], 5)


def test_distances_are_symmetric_with_zeros() -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    distances = cosine_distances(vectors)
    assert np.array_equal(distances, distances.T)
    assert not distances.diagonal().any()


def test_programs_are_ranked_by_their_sound() -> None:
    programs = [f"play {note}\nsleep 1\n" * 8 for note in (60, 90, 36)]
    tower = load_tower("debug")
    order, scores = rank_programs(programs, "darker", tower)
    assert order == [2, 0, 1]
    assert scores == sorted(scores, reverse=True)
    assert rank_programs(programs, "brighter", tower)[0] == [1, 0, 2]


def test_unreadable_programs_are_left_out() -> None:
    order, _ = rank_programs(["play 60\nsleep 1", "play )("], "slower", load_tower("debug"))
    assert order == [0]
    assert rank_programs(["`ls`"], "slower", load_tower("debug")) == ([], [])
