from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichord.audio.pitch import cents_from, estimate_pitch, midi_to_hz

RATE = 44100


def string(
    midi: float, *, stiffness: float = 0.0, seconds: float = 2.0, decay: float = 1.0, seed: int = 0
) -> np.ndarray:
    """A struck string whose fundamental has exactly the given pitch."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * RATE)) / RATE
    base = midi_to_hz(midi) / np.sqrt(1 + stiffness)
    wave = np.zeros(time.size)
    for k in range(1, 25):
        hz = k * base * np.sqrt(1 + stiffness * k * k)
        if hz < 16000:
            level = rng.uniform(0.3, 1.0) / k * np.exp(-time * decay * k**0.5)
            wave += level * np.sin(2 * np.pi * hz * time + rng.uniform(0, 6))
    return (0.2 * wave + 2e-4 * rng.normal(size=time.size)).astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(21, 108),
    st.floats(-80, 80),
    st.sampled_from([0.0, 1e-4, 6e-4]),
    st.integers(0, 99),
)
def test_known_pitch_is_read_to_a_cent(midi, cents, stiffness, seed):
    wave = string(midi + cents / 100, stiffness=stiffness, seed=seed)
    reading = cents_from(wave, RATE, midi)
    assert reading.cents == pytest.approx(cents, abs=1.0)
    assert not reading.octave_error
    assert reading.confidence > 0.5


@settings(max_examples=25, deadline=None)
@given(st.integers(24, 105), st.floats(-45, 45), st.integers(0, 99))
def test_unknown_pitch_is_found(midi, cents, seed):
    wave = np.concatenate([np.zeros(9000, np.float32), string(midi + cents / 100, seed=seed)])
    found = estimate_pitch(wave, RATE)
    assert found is not None
    assert found.midi == pytest.approx(midi + cents / 100, abs=0.05)
    assert not found.noisy


@pytest.mark.parametrize("octaves", [-2, -1, 1, 2])
@pytest.mark.parametrize("midi", [45, 60, 72])
def test_a_wrong_octave_is_told(midi, octaves):
    assert cents_from(string(midi + 12 * octaves), RATE, midi).octave_error


@pytest.mark.parametrize("rate", [8000, 48000, 96000])
def test_other_rates(rate):
    time = np.arange(rate) / rate
    wave = (0.3 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    assert cents_from(wave, rate, 69).cents == pytest.approx(0.0, abs=0.1)


def test_a_chorus_reads_as_the_pitch_between_its_voices():
    wave = string(60.08) + string(59.92, seed=1)
    assert cents_from(wave, RATE, 60).cents == pytest.approx(0.0, abs=3.0)


def test_silence_and_clicks_have_no_reading():
    assert cents_from(np.zeros(RATE, np.float32), RATE, 60).confidence == 0.0
    assert cents_from(np.zeros(0, np.float32), RATE, 60).confidence == 0.0
    assert estimate_pitch(np.zeros(RATE, np.float32), RATE) is None
    click = np.zeros(RATE, np.float32)
    click[100] = 1.0
    assert cents_from(click, RATE, 21).confidence == 0.0


def test_noise_and_chords_are_told():
    noise = 0.2 * np.random.default_rng(0).normal(size=RATE).astype(np.float32)
    found = estimate_pitch(noise, RATE)
    assert found is None or found.noisy
    chord = string(60) + string(64, seed=1) + string(67, seed=2)
    told = estimate_pitch(chord, RATE)
    assert told is not None
    assert told.polyphonic
    single = estimate_pitch(string(60), RATE)
    assert single is not None
    assert not single.polyphonic
