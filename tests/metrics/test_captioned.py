"""Scores of captions: by hand, against scikit-learn's cosine, and for what has no relation."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from trichord.errors import InputError
from trichord.metrics.captioned import adapted_score, naive_score, retrieval
from trichord.metrics.consistency import timbral_consistency


def test_the_naive_score_is_the_mean_cosine():
    rng = np.random.default_rng(0)
    text, notes = rng.normal(size=6), rng.normal(size=(9, 6))
    assert naive_score(text, notes) == pytest.approx(cosine_similarity([text], notes).mean())


def test_the_adapted_score_is_the_naive_one_without_the_instruments_spread():
    rng = np.random.default_rng(1)
    text = rng.normal(size=6)
    notes = text + 0.8 * rng.normal(size=(12, 6))
    squared = (timbral_consistency(notes) * 11 + 1) / 12  # ‖m‖², self-pairs included
    ratio = naive_score(text, notes) / np.sqrt(squared)
    assert adapted_score(text, notes) == pytest.approx(ratio)


def test_notes_on_either_side_of_the_text_agree_with_it_together():
    text, notes = [1.0, 0.0], [[1.0, 1.0], [1.0, -1.0]]
    assert adapted_score(text, notes) == pytest.approx(1.0)
    assert naive_score(text, notes) == pytest.approx(np.sqrt(0.5))


def test_texts_find_their_own_and_twins_count():
    eye = np.eye(4)
    notes = [np.tile(row, (3, 1)) for row in eye]
    assert retrieval(eye, notes, [0, 1, 2, 3]).share == 1.0
    swapped = retrieval(eye[[1, 0, 2, 3]], notes, [0, 1, 2, 3])
    assert (swapped.share, swapped.chance) == (0.5, 0.25)
    assert retrieval(eye[[1, 0, 2, 3]], notes, [0, 0, 2, 3]).share == 1.0


def test_what_is_unrelated_is_found_by_chance():
    rng = np.random.default_rng(2)
    texts, notes = rng.normal(size=(600, 16)), rng.normal(size=(600, 2, 16))
    found = retrieval(texts, list(notes), list(range(600)), k=60)
    assert found.chance == pytest.approx(0.1)
    assert found.share == pytest.approx(0.1, abs=0.05)


def test_what_has_no_direction_is_refused():
    with pytest.raises(InputError, match="no direction"):
        adapted_score([1.0, 0.0], [[1.0, 0.0], [-1.0, 0.0]])
    with pytest.raises(InputError, match="pairs"):
        retrieval([[1.0, 0.0]], [], [])
