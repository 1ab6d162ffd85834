from __future__ import annotations

import numpy as np
import pytest

from trichord.audio.mel import log_mel_distance, mel_filterbank
from trichord.audio.mel_scale import hz_to_mel, mel_to_hz

RATE = 44100


def tone(hz: float, seconds: float = 0.5, level: float = 0.5) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def test_mel_scale_and_its_inverse_agree() -> None:
    hz = np.asarray([0.0, 440.0, 1000.0, 20000.0])
    assert mel_to_hz(hz_to_mel(hz)) == pytest.approx(hz, abs=1e-6)
    assert float(hz_to_mel(1000.0)) == pytest.approx(1000.0, rel=1e-3)  # by definition of the scale


@pytest.mark.parametrize(("window", "bands"), [(2048, 80), (512, 40), (128, 16)])
def test_every_filter_has_unit_sum(window: int, bands: int) -> None:
    weights = mel_filterbank(RATE, window, bands)
    assert weights.shape == (bands, window // 2 + 1)
    assert weights.sum(1).numpy() == pytest.approx(np.ones(bands), abs=1e-5)


def test_a_wave_is_at_no_distance_from_itself_and_gain_is_measured_in_log10() -> None:
    noise = np.random.default_rng(0).normal(size=RATE).astype(np.float32)
    assert log_mel_distance(noise, noise, RATE) == 0.0
    assert log_mel_distance(noise, noise / 10, RATE) == pytest.approx(1.0, abs=0.01)


def test_distance_does_not_depend_on_the_level_of_the_reference() -> None:
    wave = tone(440) + 0.01 * np.random.default_rng(1).normal(size=RATE // 2).astype(np.float32)
    other = tone(660)
    quiet = np.float32(0.01)
    loud = log_mel_distance(wave, other, RATE)
    assert log_mel_distance(wave * quiet, other * quiet, RATE) == pytest.approx(loud, rel=1e-3)


def test_what_lies_below_the_floor_does_not_count() -> None:
    wave = tone(440)
    hiss = 1e-5 * np.random.default_rng(2).normal(size=len(wave)).astype(np.float32)
    lenient = log_mel_distance(wave, wave + hiss, RATE, floor_db=-60)
    assert lenient < 0.02 < log_mel_distance(wave, wave + hiss, RATE, floor_db=-140)
