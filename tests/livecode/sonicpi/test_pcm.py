from __future__ import annotations

import io
import math

import numpy as np
import pytest
import soundfile

from trichord.livecode.sonicpi import pcm


def _wave(frames: np.ndarray, subtype: str = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, frames, 44100, format="WAV", subtype=subtype)
    return file.getvalue()


def test_samples_are_those_of_the_file():
    frames = np.linspace(-1, 0.99, 200, dtype=np.float32).reshape(-1, 2)
    expected, _ = soundfile.read(io.BytesIO(_wave(frames)), dtype="float32")
    assert np.array_equal(pcm.stereo(_wave(frames)), expected.T)


def test_the_level_of_a_square_is_its_height():
    frames = np.tile([[0.5, -0.5], [-0.5, 0.5]], (50, 1))
    level = pcm.level(_wave(frames))
    assert level.peak_db == pytest.approx(20 * math.log10(0.5), abs=0.01)
    assert level.rms_db == pytest.approx(level.peak_db)


def test_silence_has_no_level():
    level = pcm.level(_wave(np.zeros((10, 2))))
    assert (level.peak_db, level.rms_db) == (-math.inf, -math.inf)


def test_the_hash_is_of_the_samples_alone():
    wave = _wave(np.full((10, 2), 0.25))
    with_note = wave[:12] + b"note" + (4).to_bytes(4, "little") + b"abcd" + wave[12:]
    assert pcm.digest(wave) == pcm.digest(with_note)
    assert pcm.digest(wave) != pcm.digest(_wave(np.full((10, 2), 0.26)))


def test_what_is_no_wav_is_said():
    with pytest.raises(ValueError, match="no WAV"):
        pcm.samples(b"RIFF....WAVEnope")
