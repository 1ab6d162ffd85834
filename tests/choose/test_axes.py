"""Every axis moves the way its name says, on sounds whose place is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.choose.sounds import RATE, noise, strokes, tone
from trichord.audio.bands import picture
from trichord.choose.axes import axes, measure, played
from trichord.livecode.towers import Strokes


def at(wave: NDArray[np.float32], axis: str) -> float:
    return measure(picture(wave, RATE, seconds=None))[axis]


def joined(*waves: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate(waves)


PAIRS = {
    "brightness": (tone(200), tone(3000)),
    "pace": (strokes(800, 1.0), strokes(800, 0.3)),
    "density": (strokes(800, 1.0), strokes(800, 0.3)),
    "attacks": (tone(800), strokes(800, 0.5)),
    "loudness": (tone(800, level=0.05), tone(800, level=0.4)),
    "register": (tone(200), tone(1600)),
    "bass": (tone(1000) + 0.1 * tone(80), tone(80) + 0.1 * tone(1000)),
    "noise": (tone(800), noise()),
    "range": (tone(800, 6.0), joined(tone(800, 3.0), tone(800, 3.0, level=0.02))),
    "swell": (
        joined(tone(800, 2.0), tone(800, 2.0, level=0.05)),
        joined(tone(800, 2.0, level=0.05), tone(800, 2.0)),
    ),
    "length": (tone(800, 1.0), tone(800, 5.0)),
}


def test_every_axis_of_the_table_is_measured_and_tested() -> None:
    names = {axis.name for axis in axes()}
    assert names == set(PAIRS)
    assert names == set(measure(picture(tone(440), RATE)))


@pytest.mark.parametrize("axis", PAIRS)
def test_an_axis_grows_with_what_it_is_called_after(axis: str) -> None:
    low, high = PAIRS[axis]
    spread = next(each.spread for each in axes() if each.name == axis)
    assert at(high, axis) - at(low, axis) > 0.5 * spread


def test_brightness_is_told_in_octaves() -> None:
    assert at(tone(2000), "brightness") == pytest.approx(1.0, abs=0.15)
    assert at(tone(500), "brightness") == pytest.approx(-1.0, abs=0.15)


def test_register_is_told_in_midi_notes() -> None:
    assert at(tone(440), "register") == pytest.approx(69, abs=1)


def test_level_is_told_in_db_and_leaves_colour_alone() -> None:
    soft, loud = tone(1000, level=0.03), tone(1000, level=0.3)
    assert at(loud, "loudness") - at(soft, "loudness") == pytest.approx(20, abs=0.5)
    assert at(loud, "brightness") == pytest.approx(at(soft, "brightness"), abs=0.1)


def test_pace_counts_strokes() -> None:
    assert at(strokes(800, 0.5), "pace") == pytest.approx(1.0, abs=0.2)


def test_silence_has_finite_values() -> None:
    values = measure(np.zeros((108, 20), np.float32))
    assert all(np.isfinite(value) for value in values.values())


def test_strokes_tell_pace_density_and_the_median_note() -> None:
    strokes = Strokes(
        seconds=4.0,
        starts=np.array([0.0, 0.0, 0.005, 1.0, 1.0, 1.0]),
        lengths=np.ones(6),
        notes=np.array([40.0, 60, 80, 40, 60, 80]),
    )
    values = played(strokes)
    assert values["pace"] == pytest.approx(np.log2(2 / 4))
    assert values["density"] == pytest.approx(np.log2(6 / 4))
    assert values["register"] == 60


def test_strokes_without_notes_have_no_register() -> None:
    drum = Strokes(4.0, np.zeros(1), np.ones(1), np.array([np.nan]))
    assert set(played(drum)) == {"pace", "density"}
    assert set(played(Strokes(4.0, np.zeros(0), np.zeros(0), np.zeros(0)))) == {"pace", "density"}
