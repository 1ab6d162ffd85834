from __future__ import annotations

import numpy as np
import pytest

from trichord.audio.bands import (
    GRID,
    BandGrid,
    band_power,
    filterbank,
    fit_frames,
    log_bands,
    picture,
    picture_of,
    pooled,
)
from trichord.errors import InputError


def sine(note: float, seconds: float = 2.0, rate: int = 44100, amplitude: float = 1.0):
    t = np.arange(int(seconds * rate)) / rate
    return (amplitude * np.sin(2 * np.pi * 440 * 2 ** ((note - 69) / 12) * t)).astype(np.float32)


def test_grid():
    assert (GRID.bands, GRID.frames(18.0)) == (108, 776)
    assert GRID.frame_rate == pytest.approx(43.07, abs=0.01)
    assert list(GRID.notes[[0, -1]]) == [20, 127]


@pytest.mark.parametrize("note", [50, 69, 88.5, 110])
@pytest.mark.parametrize("rate", [22050, 32000, 44100])
def test_sine_at_full_scale_has_power_one_in_its_band(note, rate):
    power = band_power(sine(note, rate=rate), rate)
    middle = power[:, 40]
    assert middle.sum() == pytest.approx(1.0, rel=0.03)
    assert abs(int(middle.argmax()) + GRID.low - note) <= 0.5


def test_power_of_noise_is_shared_by_the_bands():
    noise = np.random.default_rng(1).normal(0, 0.1, 22050 * 4).astype(np.float32)
    power = band_power(noise, 22050)[:, 10:-10]
    hz = 440 * 2 ** ((GRID.notes - 69) / 12)
    wide = GRID.notes >= 60  # below, bands overlap
    share = (2 ** (1 / 24) - 2 ** (-1 / 24)) * hz / 11025
    expected = 2 * 0.01 * share  # a sine of amplitude 1 counts 1, so a mean square counts double
    inside = wide & (GRID.notes < 124)
    assert power.mean(1)[inside] == pytest.approx(expected[inside], rel=0.35)
    assert power.mean(1)[inside].sum() == pytest.approx(expected[inside].sum(), rel=0.03)


def test_transposition_is_a_shift_by_rows():
    one, other = (band_power(sine(note), 44100)[:, 40] for note in (84, 96))
    assert np.abs(np.roll(one, 12) - other).max() < 0.03


def test_power_agrees_with_a_plain_fourier_transform():
    wave = np.random.default_rng(2).normal(0, 0.3, 9000).astype(np.float32)
    power = band_power(wave, 22050)
    padded = np.pad(wave, 2048)
    window = np.hanning(4097)[:-1]
    frame = np.abs(np.fft.rfft(padded[3 * 512 : 3 * 512 + 4096] * window)) ** 2
    expected = frame @ filterbank(GRID) * 4 / (4096 * (window**2).sum())
    assert power.shape == (108, 9000 // 512 + 1)
    assert power[:, 3] == pytest.approx(expected, rel=1e-3)


def test_every_band_has_a_bin():
    assert (filterbank(GRID).sum(0) > 0.4).all()
    assert filterbank(BandGrid(low=30, high=90, n_fft=1024)).shape == (513, 60)


def test_log_is_above_a_fixed_floor():
    assert log_bands(np.array([[0.0, 1e-8, 1.0]], np.float32)) == pytest.approx(
        np.array([[0.0, 3.01, 80.0]]), abs=0.01
    )
    assert log_bands(np.ones((1, 1), np.float32), -60.0)[0, 0] == pytest.approx(60.0, abs=1e-3)


def test_pooling_averages_and_keeps_the_rest():
    values = np.arange(20, dtype=np.float32).reshape(2, 10)
    assert pooled(values) == pytest.approx(np.array([[1.5, 5.5, 8.5], [11.5, 15.5, 18.5]]))


def test_fit_cuts_and_fills():
    power = np.ones((3, 5), np.float32)
    assert fit_frames(power, 2).shape == (3, 2)
    assert fit_frames(power, 7).sum() == 15


def test_picture_of_any_length_has_one_shape():
    for seconds in (0.01, 3.0, 20.0):
        image = picture(sine(60, seconds), 44100)
        assert image.shape == (108, 194)
        assert image.dtype == np.float32
    assert picture(np.zeros(0, np.float32), 44100).max() == 0.0
    assert picture(sine(60, 2.0), 44100, seconds=None).shape == (108, 22)
    assert picture_of(np.ones((108, 9), np.float32)).shape == (108, 3)


def test_two_channels_are_refused():
    with pytest.raises(InputError, match="one channel"):
        band_power(np.zeros((2, 100), np.float32), 44100)
