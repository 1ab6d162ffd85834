"""KL against scipy, and what a sure tagger must not do to it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy

from trichord.errors import InputError
from trichord.metrics.divergence import divergences, mean_kl


def test_it_is_that_of_scipy_from_the_reference_to_the_made():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(5), 8), rng.dirichlet(np.ones(5), 8)
    assert divergences(p, q) == pytest.approx(entropy(p, q, axis=1), rel=1e-3)
    assert mean_kl(p, q) == pytest.approx(entropy(p, q, axis=1).mean(), rel=1e-3)
    assert mean_kl(p, q) != pytest.approx(mean_kl(q, p))


def test_agreement_is_zero_and_a_sure_error_finite():
    sure = np.eye(3)
    assert mean_kl(sure, sure) == 0.0
    assert mean_kl(sure, np.roll(sure, 1, axis=0)) == pytest.approx(np.log(1e6), rel=1e-3)


@pytest.mark.parametrize("rows", [[[0.5, 0.6]], [[1.5, -0.5]]])
def test_what_are_no_probabilities_is_refused(rows):
    with pytest.raises(InputError, match="add up to 1"):
        mean_kl(rows, [[0.5, 0.5]])


def test_other_classes_are_refused():
    with pytest.raises(InputError, match="2 and 3 classes"):
        mean_kl([[0.5, 0.5]], [[0.2, 0.3, 0.5]])
