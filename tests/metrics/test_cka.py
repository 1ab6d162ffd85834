"""CKA against its textbook formulas on N x N matrices, its invariances and its null."""

from __future__ import annotations

import numpy as np
import pytest

from trichord.errors import InputError
from trichord.metrics.cka import cka, cka_within


def by_kernels(x, y):
    """tr(KHLH) normalised, as Kornblith et al. write it."""
    n = len(x)
    h = np.eye(n) - 1.0 / n

    def hsic(a, b):
        return np.trace(a @ a.T @ h @ b @ b.T @ h)

    return hsic(x, y) / np.sqrt(hsic(x, x) * hsic(y, y))


def unbiased_hsic(x, y):
    """Song et al.'s U-statistic by brute force: its kernel averaged over all ordered quadruples."""
    k, m = x @ x.T, y @ y.T
    n = len(x)
    total, count = 0.0, 0
    for i in range(n):
        for j in range(n):
            for q in range(n):
                for r in range(n):
                    if len({i, j, q, r}) == 4:
                        total += k[i, j] * (m[i, j] + m[q, r] - 2 * m[i, q])
                        count += 1
    return total / count


@pytest.fixture
def pair():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(9, 4))
    return x, x @ rng.normal(size=(4, 6)) + 0.7 * rng.normal(size=(9, 6)) + 2.0


def test_biased_is_the_textbook_formula(pair):
    assert cka(*pair) == pytest.approx(by_kernels(*pair))


def test_debiased_is_the_mean_over_quadruples(pair):
    x, y = pair
    expected = unbiased_hsic(x, y) / np.sqrt(unbiased_hsic(x, x) * unbiased_hsic(y, y))
    assert cka(x, y, debiased=True) == pytest.approx(expected)


@pytest.mark.parametrize("debiased", [False, True])
def test_turning_scaling_and_shifting_change_nothing(pair, debiased):
    x, y = pair
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))
    moved = 3.0 * x @ turn + 5.0
    assert cka(moved, y, debiased=debiased) == pytest.approx(cka(x, y, debiased=debiased))
    assert cka(x, moved, debiased=debiased) == pytest.approx(1.0)


def test_wide_and_narrow_vectors_take_two_ways_to_one_figure():
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(20, 40)), rng.normal(size=(20, 3))
    assert cka(x, y) == pytest.approx(by_kernels(x, y))


def test_unrelated_vectors_are_alike_only_to_the_biased_one():
    rng = np.random.default_rng(7)
    pairs = [(rng.normal(size=(30, 300)), rng.normal(size=(30, 300))) for _ in range(20)]
    assert np.mean([cka(*each) for each in pairs]) > 0.85
    assert abs(np.mean([cka(*each, debiased=True) for each in pairs])) < 0.02


def test_differences_between_groups_are_not_seen_within_them():
    rng = np.random.default_rng(11)
    groups = np.repeat(np.arange(20), 8)
    centre = rng.normal(size=(20, 5)) * 10
    x, y = (centre[groups] + rng.normal(size=(160, 5)) for _ in range(2))
    assert cka(x, y, debiased=True) > 0.9
    assert abs(cka_within(x, y, groups.tolist())) < 0.1


def test_what_groups_share_inside_is_seen():
    rng = np.random.default_rng(13)
    inside = rng.normal(size=(60, 4))
    groups = np.repeat(["a", "b", "c"], 20).tolist()
    shift = {"a": 0.0, "b": 50.0, "c": -9.0}
    other = np.array([[shift[g]] for g in groups]) + inside
    assert cka_within(inside, other, groups) == pytest.approx(1.0)
    assert cka_within(inside, other, groups, debiased=False) == pytest.approx(1.0)


def test_one_group_is_the_whole():
    rng = np.random.default_rng(17)
    x, y = rng.normal(size=(10, 3)), rng.normal(size=(10, 3))
    assert cka_within(x, y, ["one"] * 10) == pytest.approx(cka(x, y, debiased=True))


def test_a_side_that_does_not_vary_has_no_cka(pair):
    assert np.isnan(cka(np.ones((9, 2)), pair[1]))


def test_too_little_is_refused(pair):
    x, y = pair
    with pytest.raises(InputError, match="4 or more"):
        cka(x[:3], y[:3], debiased=True)
    with pytest.raises(InputError, match="larger groups"):
        cka_within(x, y, [0, 0, 0, 1, 1, 1, 2, 2, 2])
    with pytest.raises(InputError, match="give one for each"):
        cka_within(x, y, [0, 1])
