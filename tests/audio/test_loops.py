from __future__ import annotations

import numpy as np
import pytest

from trichord.audio.loops import LONGEST_LOOP, SHORTEST_LOOP, Loop, bake_crossfade, find_loops
from trichord.audio.notes import midi_to_hz
from trichord.audio.pitch import cents_from

RATE = 44100


def pad(midi: float, seconds: float = 4.0, noise: float = 0.0, vibrato: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(1)
    time = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * midi_to_hz(midi) * time + vibrato * np.sin(2 * np.pi * 5.0 * time)
    wave = sum(np.sin(k * phase + k) / k for k in range(1, 8) if k * midi_to_hz(midi) < 20000)
    wave = 0.2 * wave + noise * rng.normal(size=time.size)
    return (wave * np.minimum(1.0, time / 0.1)).astype(np.float32)


@pytest.mark.parametrize("midi", [21, 33, 60, 84, 108])
def test_a_loop_is_whole_periods_and_keeps_the_pitch(midi):
    wave = pad(midi)
    loop = find_loops(wave, RATE, midi, begin=0.5)[0]
    assert SHORTEST_LOOP <= loop.length / RATE <= LONGEST_LOOP
    periods = loop.length * midi_to_hz(midi) / RATE
    assert abs(periods - round(periods)) * RATE / midi_to_hz(midi) <= 0.51
    assert loop.score > 0.97
    baked = bake_crossfade(wave, loop)
    body = baked[loop.start : loop.end_inclusive + 1]
    assert abs(cents_from(np.tile(body, 8), RATE, midi).cents) < 0.5


@pytest.mark.parametrize("case", [{}, {"noise": 0.02}, {"vibrato": 0.4}])
def test_the_seam_is_no_larger_a_step_than_the_sound_itself(case):
    wave = pad(57, **case)
    loop = find_loops(wave, RATE, 57, begin=0.5)[0]
    baked = bake_crossfade(wave, loop)
    steps = np.abs(np.diff(baked[loop.start :]))
    jump = abs(float(baked[loop.start]) - float(baked[loop.end_inclusive]))
    assert jump <= 1.2 * steps.max()
    assert jump <= max(5 * np.sqrt(np.mean(steps**2)), 1e-4)


def test_after_the_end_comes_what_stood_before_the_start():
    wave = pad(60, noise=0.1)
    loop = Loop(60000, 99999, 1.0)
    baked = bake_crossfade(wave, loop)
    assert baked.size == 100000
    # The last sample is, but for the blend's last step, the one in front of the start.
    np.testing.assert_allclose(baked[-50:], wave[60000 - 50 : 60000], atol=2e-3)
    np.testing.assert_array_equal(baked[:60000], wave[:60000])


def test_the_power_stays_level_through_the_blend_of_unlike_sounds():
    rng = np.random.default_rng(3)
    wave = rng.normal(size=40000).astype(np.float32)
    baked = bake_crossfade(wave, Loop(20000, 39999, 0.0))
    middle = baked[33000:37000]
    assert np.mean(middle**2) == pytest.approx(1.0, abs=0.1)


def test_nothing_to_loop_in_a_short_note():
    assert find_loops(pad(60, seconds=0.3), RATE, 60) == []


def test_a_step_at_the_start_costs_a_loop_its_place():
    """Both starts are alike before them; what follows the first one is 6 dB louder."""
    wave = pad(57)
    loop = find_loops(wave, RATE, 57, begin=0.5)[0]
    louder = wave.copy()
    louder[loop.start : loop.start + int(0.1 * RATE)] *= 2.0
    other = find_loops(louder, RATE, 57, begin=0.5)[0]
    assert abs(other.start - loop.start) > 0.05 * RATE
