from __future__ import annotations

import numpy as np
import pytest

from trichord.audio.pitch import cents_from
from trichord.audio.resample import resample


@pytest.mark.parametrize("cents", [-180.0, -3.3, 0.7, 25.0])
def test_a_ratio_of_cents_moves_the_pitch_by_them(cents):
    time = np.arange(44100) / 44100
    wave = (0.3 * np.sin(2 * np.pi * 261.6255653 * time)).astype(np.float32)
    moved = resample(wave, 44100 * 2 ** (cents / 1200), 44100)
    assert cents_from(moved, 44100, 60).cents == pytest.approx(cents, abs=0.05)


def test_equal_rates_change_nothing():
    wave = np.ones(10, np.float32)
    assert resample(wave, 44100, 44100) is wave
    assert resample(np.zeros(0, np.float32), 8000, 44100).size == 0
