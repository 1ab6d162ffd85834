from __future__ import annotations

import numpy as np
import pytest

from trichord.audio.loudness import SILENCE_DB, envelope, k_weighted, loudness, peak_db


def sine(hz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate).astype(np.float32)


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_the_standards_calibration_tone(rate):
    # BS.1770: a full-scale 997 Hz sine in one channel reads -3.01 LKFS.
    assert loudness(sine(997.0, rate), rate) == pytest.approx(-3.01, abs=0.02)


def test_filters_match_the_standards_table_at_48_khz():
    from scipy.signal import lfilter

    noise = np.random.default_rng(0).normal(size=48000)
    shelf = (
        [1.53512485958697, -2.69169618940638, 1.19839281085285],
        [1.0, -1.69065929318241, 0.73248077421585],
    )
    high = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])
    expected = lfilter(*high, lfilter(*shelf, noise))
    np.testing.assert_allclose(k_weighted(noise.astype(np.float32), 48000), expected, atol=2e-4)


def test_the_loudest_part_counts_and_a_gain_is_a_gain():
    quiet, loud = 0.01 * sine(500.0, 44100), 0.5 * sine(500.0, 44100)
    both = np.concatenate([quiet, loud, quiet])
    assert loudness(both, 44100) == pytest.approx(loudness(loud, 44100), abs=0.1)
    assert loudness(0.5 * both, 44100) - loudness(both, 44100) == pytest.approx(-6.02, abs=0.01)


def test_a_short_note_is_not_diluted():
    short, long = sine(1000.0, 44100, 0.1), sine(1000.0, 44100, 1.0)
    assert loudness(short, 44100) == pytest.approx(loudness(long, 44100), abs=0.5)


def test_silence_is_finite():
    assert loudness(np.zeros(1000, np.float32), 44100) == SILENCE_DB
    assert loudness(np.zeros(0, np.float32), 44100) == SILENCE_DB
    assert peak_db(np.zeros(0, np.float32)) == SILENCE_DB


def test_envelope_averages_the_last_window_over_what_there_is():
    wave = np.full(1050, 0.5, np.float32)
    levels = envelope(wave, 10000, 0.01)
    assert levels.shape == (11,)
    np.testing.assert_allclose(levels, 20 * np.log10(0.5), atol=1e-4)
