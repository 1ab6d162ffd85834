from __future__ import annotations

import numpy as np
import pytest

from trichord.audio.standard import LIMIT, Standard
from trichord.errors import InputError


@pytest.fixture
def vectors():
    rng = np.random.default_rng(0)
    return (rng.normal(size=(500, 5)) * [1, 10, 100, 0.1, 0] + [0, 5, -9, 1, 7]).astype(np.float32)


def test_every_family_weighs_the_same(vectors):
    scaled = Standard.fit(vectors, (1, 2, 1, 1)).apply(vectors)
    assert scaled.mean(axis=0) == pytest.approx(0, abs=1e-4)
    spread = (scaled**2).mean(axis=0)
    assert spread[:4] == pytest.approx([1, 0.5, 0.5, 1], rel=0.02)


def test_an_entry_that_never_varies_says_nothing(vectors):
    assert not Standard.fit(vectors, (5,)).apply(vectors)[:, 4].any()


def test_one_strange_clip_does_not_rule(vectors):
    strange = vectors[:1] + 1e6
    scaled = Standard.fit(vectors, (4, 1)).apply(strange)[0]
    assert scaled[:4] == pytest.approx(LIMIT / 2)


def test_other_widths_are_refused(vectors):
    with pytest.raises(InputError, match="families of 4"):
        Standard.fit(vectors, (4,))
    with pytest.raises(InputError, match="4 entries, not 5"):
        Standard.fit(vectors, (5,)).apply(vectors[:, :4])
