from __future__ import annotations

import numpy as np
import pytest

from trichord.audio.notes import hz_to_midi
from trichord.audio.octaves import heard_octave
from trichord.audio.partials import Peaks


def peaks(hz: float, **levels_db: float) -> Peaks:
    """Peaks at multiples of a frequency: p3=-10 is the third, 10 dB under full scale."""
    numbers = np.array([float(name[1:].replace("_", ".")) for name in levels_db])
    amplitude = 10.0 ** (np.array(list(levels_db.values())) / 20.0)
    order = np.argsort(-amplitude, kind="stable")
    return Peaks(hz * numbers[order], amplitude[order])


def test_an_organ_with_a_deep_stop_sounds_an_octave_above_it():
    drawbars = peaks(110.0, p1=-4, p2=-8, p3=-3, p4=-12, p5=-31, p6=0, p7=-33, p8=-11)
    assert heard_octave(110.0, drawbars, held=True) == 220.0
    assert heard_octave(110.0, drawbars, held=False) == 110.0


def test_strings_in_octaves_sound_the_low_one():
    """Each partial is a cluster of voices, and no fifth is loud."""
    layers = {"p1": -8, "p2": 0, "p3": -16, "p4": -3, "p8": -6}
    voices = {
        f"p{number * spread:.3f}".replace(".", "_"): level - 2
        for number, level in ((1, -8), (2, 0), (4, -3), (8, -6))
        for spread in (0.992, 0.996, 1.005, 1.011)
    }
    pad = peaks(220.0, **layers, **voices)
    assert heard_octave(220.0, pad, held=True) == 220.0


@pytest.mark.parametrize("held", [False, True])
def test_a_vibraphone_is_not_its_own_twelfth_below(held):
    bar = peaks(110.0, p1=-43, p3=0, p9=-31, p12=-39, p31=-22)
    assert hz_to_midi(heard_octave(110.0, bar, held=held)) == pytest.approx(hz_to_midi(330.0))


def test_a_missing_fundamental_stays_missing():
    """Partials 2, 3, 4, 5 and 6 of a low piano string, its first one too soft to be seen."""
    string = peaks(55.0, p2=0, p3=-3, p4=-6, p5=-10, p6=-14)
    assert heard_octave(55.0, string, held=False) == 55.0


def test_a_soft_fundamental_is_still_the_pitch():
    drum = peaks(440.0, p0_5=-12, p1=0, p1_5=-21, p2=-4)
    assert heard_octave(440.0, drum, held=False) == 220.0
