from __future__ import annotations

import numpy as np
import pytest

from trichord.data.clips.sound import Sound, measure_sound

RATE = 44100
SECONDS = 4
TIME = np.arange(SECONDS * RATE) / RATE


def stereo(left: np.ndarray, right: np.ndarray | None = None) -> np.ndarray:
    return np.stack([left, left if right is None else right], axis=1).astype(np.float32)


def measure(left: np.ndarray, right: np.ndarray | None = None) -> Sound:
    return measure_sound(stereo(left, right), RATE)


def test_levels_of_a_sine_are_those_of_the_standard() -> None:
    """ITU-R BS.1770-4: a 997 Hz sine at full scale in one channel reads -3.01 LUFS."""
    sine = np.sin(2 * np.pi * 997 * TIME)
    one = measure(sine, 0.0 * sine)
    assert one.loudness == pytest.approx(-3.01, abs=0.15)
    assert one.peak == pytest.approx(0.0, abs=0.01)
    assert one.rms == pytest.approx(-6.02, abs=0.01)
    assert measure(sine).loudness == pytest.approx(0.0, abs=0.15)


def test_silence_between_notes_is_gated_out_of_the_loudness() -> None:
    sine = 0.1 * np.sin(2 * np.pi * 997 * TIME)
    half = np.where(TIME < 2.0, sine, 0.0)
    assert measure(half).loudness == pytest.approx(measure(sine).loudness, abs=0.5)
    assert measure(half).rms == pytest.approx(measure(sine).rms - 3.01, abs=0.05)


def test_antiphase_is_wide_and_not_silent() -> None:
    sine = 0.3 * np.sin(2 * np.pi * 440 * TIME)
    wide = measure(sine, -sine)
    assert wide.width > 40
    assert measure(sine).width < -40
    assert wide.brightness == pytest.approx(measure(sine).brightness, abs=0.02)


def test_brightness_and_shares_follow_the_spectrum() -> None:
    low, high = (0.3 * np.sin(2 * np.pi * hz * TIME) for hz in (80, 8000))
    assert measure(high).brightness > 2.5 > 0 > measure(low).brightness
    assert measure(low).bass > -0.5 > -30 > measure(high).bass
    assert measure(high).treble > -0.5 > -30 > measure(low).treble


def test_only_runs_at_full_scale_are_clipping() -> None:
    sine = np.sin(2 * np.pi * 440 * TIME)
    assert measure(np.clip(4.0 * sine, -1.0, 32767 / 32768)).clipped > 0.5
    assert measure(0.9999 * sine).clipped == 0.0
    lone = 0.1 * sine
    lone[1000] = 32767 / 32768
    assert measure(lone).clipped == 0.0


def test_strokes_are_jumps_of_the_level_and_swells_are_none() -> None:
    tone = np.sin(2 * np.pi * 440 * TIME)
    held, struck = measure(0.3 * tone), measure(0.3 * tone * np.exp(-20 * (TIME % 0.5)))
    assert held.contrast < 1 < 12 < struck.contrast
    swelling = measure(0.3 * tone * (1.0 + np.sin(2 * np.pi * 0.25 * TIME)))
    assert max(held.strokes, swelling.strokes) < 5 < 40 < struck.strokes


def test_noise_is_flat_and_a_fade_swells_downwards() -> None:
    noise = 0.2 * np.random.default_rng(0).standard_normal(len(TIME))
    assert measure(noise).flatness > -4 > -30 > measure(0.2 * np.sin(2764.6 * TIME)).flatness
    assert measure(noise * np.exp(-TIME)).swell < -15
    assert measure(noise * np.exp(TIME - 4)).swell > 15


@pytest.mark.parametrize("count", [0, 1, 500, RATE])
def test_nothing_is_measured_as_silence(count: int) -> None:
    sound = measure_sound(np.zeros((count, 2), np.float32), RATE)
    assert sound.loudness == sound.peak == -120.0
    assert sound.active == 0.0
    assert all(np.isfinite(value) for value in vars(sound).values())
