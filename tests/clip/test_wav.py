"""A WAV written as it comes is one that others read, and no sample passes full scale."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from trichord.clip.wav import header, limited, stream_wav


@pytest.mark.parametrize("samples", [6, 7])
def test_others_read_it(samples: int) -> None:
    wave = np.linspace(-0.5, 0.5, samples, dtype=np.float32)
    file = io.BytesIO()
    stream_wav(file, [wave[:4], wave[4:]], samples, 32000)
    assert len(file.getvalue()) % 2 == 0
    file.seek(0)
    read, rate = soundfile.read(file)
    assert rate == 32000
    np.testing.assert_allclose(read, wave, atol=2**-23)


def test_the_header_tells_the_length() -> None:
    told = header(100, 32000)
    assert len(told) == 44
    assert int.from_bytes(told[4:8], "little") == 36 + 300
    assert int.from_bytes(told[40:44], "little") == 300


def test_peaks_are_bent_and_the_rest_is_left_alone() -> None:
    wave = np.linspace(-4, 4, 2001, dtype=np.float32)
    bent = limited(wave)
    assert np.abs(bent).max() <= 1
    assert (np.diff(bent) >= 0).all()
    soft = np.abs(wave) <= 0.8
    np.testing.assert_array_equal(bent[soft], wave[soft])
