from __future__ import annotations

import numpy as np
import pytest

from trichord.audio.notes import midi_to_hz
from trichord.audio.pitch import estimate_pitch

RATE = 44100


def struck(midi: float, partials: dict[float, float], seconds: float = 1.2) -> np.ndarray:
    """Dying partials: ratio to the pitch -> level in dB."""
    rng = np.random.default_rng(0)
    time = np.arange(int(seconds * RATE)) / RATE
    wave = np.zeros(time.size)
    for ratio, level in partials.items():
        phase = 2 * np.pi * ratio * midi_to_hz(midi) * time + rng.uniform(0, 6)
        wave += 10 ** (level / 20) * np.exp(-5.0 * time) * np.sin(phase)
    return (0.2 * wave + 2e-5 * rng.normal(size=time.size)).astype(np.float32)


@pytest.mark.parametrize("midi", [72, 80, 96])
def test_a_glockenspiel_sounds_its_lowest_partial(midi):
    found = estimate_pitch(struck(midi, {1.0: -2, 2.75: -10, 5.3: -18, 6.9: 0, 8.7: -26}), RATE)
    assert found is not None
    assert found.midi == pytest.approx(midi, abs=0.1)


@pytest.mark.parametrize("midi", [60, 67, 76])
def test_a_tubular_bell_sounds_an_octave_below_its_fourth_partial(midi):
    """As a tube swings: its modes, and nothing at the pitch itself."""
    modes = {9: -30, 25: -12, 49: -10, 81: 0, 121: -3, 169: -8, 225: -16}
    bell = struck(midi, {number / 40.5: level for number, level in modes.items()})
    found = estimate_pitch(bell, RATE)
    assert found is not None
    assert found.midi == pytest.approx(midi, abs=0.1)


def test_a_vibraphone_is_read_by_its_harmonics():
    found = estimate_pitch(struck(60, {1.0: 0, 4.0: -20, 10.3: -22, 1 / 3: -43}), RATE)
    assert found is not None
    assert found.midi == pytest.approx(60, abs=0.1)
