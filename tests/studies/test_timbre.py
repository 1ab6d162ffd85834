from __future__ import annotations

import numpy as np

from trichord.instrument.debug import DebugPlayer
from trichord.instrument.generator import NoteRequest
from trichord.studies.timbre import timbre_of


def note(sustained: bool, pitch: int = 60, seconds: float = 2.5) -> np.ndarray:
    player = DebugPlayer(sustained=sustained, cents=0.0, dc=0.0)
    return player.play([NoteRequest(pitch, 100, seconds)], 0)[0]


def test_level_and_leading_silence_do_not_count():
    wave = note(sustained=False)
    led = np.concatenate([np.zeros(5000, np.float32), 0.1 * wave]).astype(np.float32)
    np.testing.assert_allclose(timbre_of(wave, 60), timbre_of(led, 60), atol=1.0)


def test_held_and_struck_sounds_lie_apart():
    held, struck = timbre_of(note(sustained=True), 60), timbre_of(note(sustained=False), 60)
    assert held.shape == struck.shape
    assert np.abs(held - struck).max() > 10.0


def test_short_high_low_and_silent_sounds_have_finite_features():
    for pitch in (21, 60, 108):
        assert np.isfinite(timbre_of(note(sustained=False, pitch=pitch, seconds=0.3), pitch)).all()
    assert np.isfinite(timbre_of(np.zeros(4410, np.float32), 60)).all()
