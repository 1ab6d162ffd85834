from __future__ import annotations

import numpy as np
import pytest

from trichord.audio import second_ears as s
from trichord.audio.resample import resample

RATE = 32000


def noise(seconds=8.0, seed=0):
    return (0.1 * np.random.default_rng(seed).normal(size=int(seconds * RATE))).astype(np.float32)


def throbbing(hz, seconds=8.0):
    at = np.arange(int(seconds * RATE)) / RATE
    return (noise(seconds) * (1 + 0.9 * np.sin(2 * np.pi * hz * at))).astype(np.float32)


def families(wave):
    found = s.second_ears(wave, RATE)
    return np.split(found, np.cumsum(s.FAMILY_SIZES)[:-1])


@pytest.mark.parametrize("hz", [0.7, 3.0, 12.0])
def test_the_speed_of_a_throb_is_where_modulation_is_deepest(hz):
    depths = families(throbbing(hz))[1].reshape(-1, s.GROUPS).mean(axis=1)
    deepest = int(np.argmax(depths))
    assert s.MODULATIONS[deepest] <= hz < s.MODULATIONS[deepest + 1]
    assert depths[deepest] > 2 * families(noise())[1].reshape(-1, s.GROUPS).mean(axis=1)[deepest]


def test_bands_that_throb_together_correlate():
    assert families(throbbing(2.0))[2].mean() > 0.8
    assert abs(families(noise())[2].mean()) < 0.2


def test_a_tone_sounds_in_its_band_alone():
    at = np.arange(4 * RATE) / RATE
    for hz in (200.0, 1000.0, 5000.0):
        means = families(np.sin(2 * np.pi * hz * at).astype(np.float32))[0][: s.BANDS]
        filters = s._filters(RATE, 1472)
        assert abs(int(np.argmax(means)) - int(np.argmax(filters[round(hz / RATE * 1472)]))) <= 1


def test_rare_bursts_are_skewed_and_spread():
    bursts = noise() * (np.arange(8 * RATE) % RATE < RATE // 10)
    even, rare = families(noise())[0], families(bursts)[0]
    for part in (slice(s.BANDS, 2 * s.BANDS), slice(2 * s.BANDS, None)):
        assert rare[part].mean() > 3 * abs(even[part].mean())


def test_modulation_and_correlation_take_no_note_of_the_level():
    soft, loud = (families(level * throbbing(3.0)) for level in (0.1, 1.0))
    assert soft[1] == pytest.approx(loud[1], abs=1e-2)
    assert soft[2] == pytest.approx(loud[2], abs=1e-2)


def test_a_clip_is_described_alike_at_another_rate():
    wave = throbbing(2.0, 4.0)
    other = resample(wave, RATE, 44100)
    here, there = s.second_ears(wave, RATE), s.second_ears(other, 44100)
    assert np.linalg.norm(here - there) < 0.25 * np.linalg.norm(
        here - s.second_ears(np.cumsum(wave).astype(np.float32) / 50, RATE)
    )


@pytest.mark.parametrize("samples", [1, 10, RATE])
def test_silence_and_short_clips_are_described_too(samples):
    found = s.second_ears(np.zeros(samples, np.float32), RATE)
    assert found.shape == (sum(s.FAMILY_SIZES),)
    assert np.isfinite(found).all()
