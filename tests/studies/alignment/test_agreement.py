from __future__ import annotations

import numpy as np
import pytest

from trichord.audio.bandstats import band_families, band_statistics
from trichord.studies.alignment.agreement import (
    FIGURES,
    chance,
    cosines,
    euclidean,
    intervals,
    judge,
)
from trichord.studies.alignment.prompts import gain
from trichord.studies.alignment.recall import ridge_map, units

RNG = np.random.default_rng(5)


def vectors(sets: int = 6, width: int = 8) -> np.ndarray:
    return RNG.standard_normal((sets, 10, width)).astype(np.float32)


def test_a_listener_agrees_with_itself() -> None:
    heard = vectors()
    for near in (cosines, euclidean):
        judged = judge(heard, 3.0 * heard, near, near)
        assert all(np.allclose(judged[name], 1.0) for name in FIGURES)


def test_strangers_come_out_at_chance() -> None:
    judged = judge(vectors(400), vectors(400))
    for name, expected in chance().items():
        spread = judged[name].std() / 400**0.5
        assert abs(judged[name].mean() - expected) < 4 * spread


def test_a_tower_that_tells_nothing_apart_correlates_with_nothing() -> None:
    judged = judge(np.ones((3, 10, 4), np.float32), vectors(3))
    assert np.all(judged["Spearman"] == 0.0)
    assert np.all(judged["triplets"] == 0.5)


def test_a_vector_of_zeros_is_far_from_all() -> None:
    distances = cosines(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]]))
    assert distances[0, 1] == distances[0, 2] == 1.0
    assert distances[0, 0] == 0.0


def test_intervals_hold_the_mean_and_widen_with_fewer_templates() -> None:
    judged = judge(vectors(40), vectors(40))
    rng = np.random.default_rng(0)
    free = intervals(judged, list(range(40)), rng)["Spearman"]
    assert free.low <= free.value <= free.high
    same = np.repeat(RNG.standard_normal(4), 10)
    few = intervals({"Spearman": same}, [at // 10 for at in range(40)], rng)["Spearman"]
    many = intervals({"Spearman": same}, list(range(40)), rng)["Spearman"]
    assert few.high - few.low > many.high - many.low


def test_band_statistics_tell_mean_spread_and_steps() -> None:
    picture = np.zeros((2, 1, 3, 4), np.float32)
    picture[0, 0, 1] = (0.0, 8.0, 0.0, 8.0)
    told = band_statistics(picture)
    assert told.shape == (2, 1, sum(band_families(3)))
    assert told[0, 0, 1] == 4.0
    assert told[0, 0, 4 + 1] == 4.0
    assert told[0, 0, 8 + 1] == 8.0
    assert not told[1].any()


def test_a_linear_map_is_found() -> None:
    inputs = RNG.standard_normal((4000, 5)).astype(np.float32)
    turn = RNG.standard_normal((5, 3)).astype(np.float32)
    new = RNG.standard_normal((7, 5)).astype(np.float32)
    mapped = ridge_map(inputs, inputs @ turn, new)
    assert np.corrcoef(mapped.ravel(), (new @ turn).ravel())[0, 1] > 0.99


def test_units_have_length_one_or_none() -> None:
    rows = units(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32))
    assert np.allclose(np.linalg.norm(rows, axis=1), [1.0, 0.0])


@pytest.mark.parametrize(("sign", "expected"), [(1, 1.0), (-1, -1.0)])
def test_a_wish_is_met_where_the_first_lie_on_its_side(sign: int, expected: float) -> None:
    values = [5.0, 5.0, 1.0, 1.0]
    assert gain(values, [0, 1], sign) == pytest.approx(expected)
    assert gain([2.0, 2.0], [0], sign) == 0.0
