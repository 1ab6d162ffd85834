"""Three words on how each differs, from values whose order is known."""

from __future__ import annotations

import numpy as np
import pytest

from trichord.choose.axes import axes
from trichord.choose.differences import ALIKE, common_axes, differences, steps

PLAIN = {axis.name: 0.0 for axis in axes()}
SPREAD = {axis.name: axis.spread for axis in axes()}


def test_the_largest_difference_is_said_first() -> None:
    other = PLAIN | {"brightness": -2 * SPREAD["brightness"], "pace": -SPREAD["pace"]}
    words = differences([other, PLAIN, PLAIN])
    assert words[0] == ("darker", "slower")
    assert words[1] == ("brighter", "faster")


def test_no_more_than_three_words() -> None:
    far = {name: 3 * spread for name, spread in SPREAD.items()}
    assert [len(words) for words in differences([far, PLAIN])] == [3, 3]


def test_equal_sounds_are_alike() -> None:
    assert differences([PLAIN, PLAIN]) == [(ALIKE,), (ALIKE,)]
    assert differences([PLAIN]) == [(ALIKE,)]


def test_steps_are_spreads_above_the_mean_of_the_others() -> None:
    values = [PLAIN | {"pace": SPREAD["pace"] * x} for x in (0.0, 1.0, 5.0)]
    column = [axis.name for axis in axes()].index("pace")
    assert steps(values)[:, column] == pytest.approx([-3.0, -1.5, 4.5])
    assert np.count_nonzero(steps(values)) == 3


def test_events_count_only_where_all_have_them() -> None:
    told = {"pace": 7.0, "register": 50.0}
    mixed = common_axes([PLAIN, PLAIN], [told, {"pace": 8.0}])
    assert [each["pace"] for each in mixed] == [7.0, 8.0]
    assert [each["register"] for each in mixed] == [0.0, 0.0]
    assert [each["pace"] for each in common_axes([PLAIN, PLAIN], [told, {}])] == [0.0, 0.0]
