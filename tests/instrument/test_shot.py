from __future__ import annotations

import numpy as np
import pytest
import soundfile

from trichord.errors import InputError
from trichord.instrument.debug import DebugPlayer
from trichord.instrument.generator import NoteRequest
from trichord.instrument.shot import SAMPLE_RATE, read_shot


def note(pitch: int, seconds: float = 1.0) -> np.ndarray:
    return DebugPlayer(cents=0, dc=0).play([NoteRequest(pitch, 100, seconds)], 0)[0]


def write(path, wave, rate=44100):
    soundfile.write(path, wave, rate, subtype="FLOAT")
    return path


@pytest.mark.parametrize("pitch", [33, 57, 76])
def test_silence_is_cut_and_the_pitch_found(tmp_path, pitch):
    silence = np.zeros(SAMPLE_RATE, np.float32)
    path = write(tmp_path / "shot.wav", np.concatenate([silence, note(pitch), silence]))
    shot = read_shot(path)
    assert shot.warnings == ()
    assert shot.pitch == pytest.approx(pitch, abs=0.1)
    assert shot.wave.size < 1.1 * SAMPLE_RATE
    assert len(shot.sha256) == 64


@pytest.mark.parametrize("rate", [8000, 192000])
def test_other_rates_and_stereo(tmp_path, rate):
    time = np.arange(rate) / rate
    tone = 0.3 * np.sin(2 * np.pi * 440 * time) * np.exp(-time)
    shot = read_shot(write(tmp_path / "shot.wav", np.stack([tone, 0.5 * tone], axis=1), rate))
    assert shot.pitch == pytest.approx(69, abs=0.1)


def test_noise_is_taken_with_a_warning_that_says_what_was_assumed(tmp_path):
    noise = 0.1 * np.random.default_rng(0).normal(size=SAMPLE_RATE).astype(np.float32)
    shot = read_shot(write(tmp_path / "noise.wav", noise))
    assert shot.pitch == 60.0
    assert "assumed C4" in shot.warnings[0]


def test_a_chord_is_taken_with_a_warning(tmp_path):
    player = DebugPlayer(sustained=True, cents=0, dc=0)
    requests = [NoteRequest(pitch, 110, 1.0) for pitch in (57, 61, 66)]
    chord = np.sum(player.play(requests, 0), axis=0)
    shot = read_shot(write(tmp_path / "chord.wav", chord))
    assert "several notes" in shot.warnings[0]


def test_a_very_long_recording_is_cut_with_a_warning(tmp_path):
    shot = read_shot(write(tmp_path / "long.wav", np.tile(note(60), 30), 44100))
    assert shot.wave.size == 20 * SAMPLE_RATE
    assert "first 20 s" in shot.warnings[0]


def test_what_cannot_serve_is_refused(tmp_path):
    with pytest.raises(InputError, match="silent"):
        read_shot(write(tmp_path / "silent.wav", np.zeros(SAMPLE_RATE, np.float32)))
