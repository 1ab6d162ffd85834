from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichord.audio.onset import onset, trim

RATE = 44100


def note(seconds: float = 1.0, attack: float = 0.005) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    return 0.5 * np.sin(2 * np.pi * 330 * time) * np.minimum(1.0, time / attack) * np.exp(-2 * time)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.0, 0.7), st.sampled_from([0.001, 0.01, 0.1]), st.floats(1e-6, 1e-3))
def test_onset_is_found_within_10_ms(lead, attack, noise):
    rng = np.random.default_rng(0)
    wave = np.concatenate([np.zeros(int(lead * RATE)), note(attack=attack)])
    wave = (wave + noise * rng.normal(size=wave.size)).astype(np.float32)
    late = 0.012 * attack / 0.1  # a swell is heard a little after it starts
    assert -0.003 < onset(wave, RATE) / RATE - int(lead * RATE) / RATE < 0.004 + late


@pytest.mark.parametrize("level", [0.0, 1e-6])
def test_silence_has_its_onset_at_zero(level):
    assert onset(np.full(4000, level, np.float32), RATE) == 0


def test_trim_keeps_the_note():
    wave = np.concatenate([np.zeros(5000), note()]).astype(np.float32)
    kept = trim(wave, RATE)
    assert kept.size == pytest.approx(RATE, abs=60)
