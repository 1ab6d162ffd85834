"""Canonical correlations against the eigenvalue problem, regression, scikit-learn and the null."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cross_decomposition import CCA
from sklearn.decomposition import PCA

from trichord.errors import InputError
from trichord.metrics.cca import canonical_correlations, mean_cca, pwcca, svcca
from trichord.metrics.faulty_cca import faulty_cca, faulty_correlations, product


@pytest.fixture
def pair():
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(200, 3))
    x = np.hstack([shared[:, :2], rng.normal(size=(200, 2))]) @ rng.normal(size=(4, 4))
    y = np.hstack([shared[:, 1:], rng.normal(size=(200, 3))]) @ rng.normal(size=(5, 5)) + 4.0
    return x, y + 0.1 * rng.normal(size=y.shape)


def test_they_are_roots_of_the_eigenvalues_of_the_product(pair):
    values = np.linalg.eigvals(product(*pair, ridge=0.0)).real
    assert canonical_correlations(*pair) == pytest.approx(np.sqrt(np.sort(values)[::-1]))


def test_the_first_is_that_of_scikit_learn(pair):
    u, v = CCA(1, max_iter=2000, tol=1e-12).fit_transform(*pair)
    found = np.corrcoef(u[:, 0], v[:, 0])[0, 1]
    assert canonical_correlations(*pair)[0] == pytest.approx(found, abs=1e-6)


def test_with_one_dimension_it_is_multiple_correlation(pair):
    x, y = pair[0], pair[1][:, :1]
    fitted = np.column_stack([x, np.ones(len(x))])
    predicted = fitted @ np.linalg.lstsq(fitted, y, rcond=None)[0]
    assert mean_cca(x, y) == pytest.approx(np.corrcoef(predicted[:, 0], y[:, 0])[0, 1])


def test_any_invertible_map_changes_nothing(pair):
    x, y = pair
    mixed = x @ np.random.default_rng(1).normal(size=(4, 4)) - 7.0
    assert mean_cca(mixed, y) == pytest.approx(mean_cca(x, y))
    assert mean_cca(x, mixed) == pytest.approx(1.0)


def test_repeated_columns_count_once(pair):
    x, y = pair
    assert canonical_correlations(np.hstack([x, x]), y) == pytest.approx(
        canonical_correlations(x, y)
    )


def test_as_many_dimensions_as_items_make_everything_one():
    rng = np.random.default_rng(2)
    assert mean_cca(rng.normal(size=(20, 30)), rng.normal(size=(20, 30))) == pytest.approx(1.0)


def test_the_null_is_small_only_with_many_items():
    rng = np.random.default_rng(3)
    assert mean_cca(rng.normal(size=(4000, 4)), rng.normal(size=(4000, 4))) < 0.05


def test_svcca_is_cca_after_principal_components(pair):
    x, y = pair
    kept = [PCA(0.9, svd_solver="full").fit_transform(side) for side in pair]
    assert svcca(x, y, share=0.9) == pytest.approx(mean_cca(*kept))
    assert svcca(x, y, share=1.0) == pytest.approx(mean_cca(x, y))


def test_pwcca_weighs_the_directions_of_the_first(pair):
    x, y = pair
    u, _ = CCA(4, max_iter=5000, tol=1e-13).fit_transform(x, y)
    u = u / np.linalg.norm(u, axis=0)
    weights = np.abs(u.T @ (x - x.mean(0))).sum(1)
    expected = weights @ canonical_correlations(x, y) / weights.sum()
    assert pwcca(x, y) == pytest.approx(expected, abs=1e-3)


def test_pwcca_forgets_directions_without_variance():
    rng = np.random.default_rng(4)
    shared, noise = rng.normal(size=(500, 1)), rng.normal(size=(500, 1))
    x, y = np.hstack([shared, 0.01 * noise]), np.hstack([shared, rng.normal(size=(500, 1))])
    assert mean_cca(x, y) < 0.6
    assert pwcca(x, y) > 0.95


def test_a_side_that_does_not_vary_correlates_with_nothing(pair):
    constant = np.ones((200, 2))
    for metric in (mean_cca, svcca, pwcca):
        assert np.isnan(metric(constant, pair[1]))
    assert canonical_correlations(constant, pair[1]).size == 0


def test_a_share_out_of_range_is_refused(pair):
    with pytest.raises(InputError, match="share"):
        svcca(*pair, share=0.0)


def test_the_faulty_one_exceeds_what_a_correlation_can_be():
    rng = np.random.default_rng(5)
    z = rng.normal(size=(300, 6))
    x, y = z @ rng.normal(size=(6, 6)), z[:, :3] + 0.1 * rng.normal(size=(300, 3))
    assert canonical_correlations(x, y).max() <= 1.0
    assert faulty_cca(x, y) > 1.2


def test_the_faulty_one_is_right_where_the_product_happens_to_be_symmetric():
    rng = np.random.default_rng(6)
    white = np.linalg.qr(rng.normal(size=(50, 6)) - rng.normal(size=(50, 6)).mean(0))[0]
    white = np.linalg.qr(white - white.mean(0))[0] * np.sqrt(49)
    x, y = white[:, :3], white[:, :3] * [1.0, 0.8, 0.5] + white[:, 3:] * [0.0, 0.6, 0.75**0.5]
    assert faulty_correlations(x, y, ridge=0.0) == pytest.approx([1.0, 0.8, 0.5])
