"""What is heard in synthetic sounds of which one thing is known, one descriptor at a time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from trichord.audio import yardstick as y
from trichord.audio.resample import resample
from trichord.audio.spectrum import power_spectrum
from trichord.errors import InputError

RATE = 32000


def noise(seconds=4.0, seed=0):
    samples = np.random.default_rng(seed).normal(size=int(seconds * RATE))
    return (0.1 * samples).astype(np.float32)


def tone(hz, seconds=4.0, level=0.3, rate=RATE):
    return (level * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype("f4")


def clicks(period, seconds=6.0):
    wave = 1e-4 * noise(seconds)
    for start in np.arange(0.3, seconds - 0.1, period):
        at = int(start * RATE)
        wave[at : at + 800] += noise(0.025, seed=at)
    return wave


def heard(wave, rate=RATE):
    return power_spectrum(wave, rate, y.WINDOW, y.HOP)


def low_passed(hz):
    return sosfilt(butter(6, hz, fs=RATE, output="sos"), noise()).astype(np.float32)


def test_the_families_are_as_long_as_they_say():
    for name, size in zip(y.FAMILIES, y.FAMILY_SIZES, strict=True):
        assert y.FAMILIES[name](heard(noise())).shape == (size,), name


def test_brighter_noise_has_its_centroid_width_and_roll_off_higher():
    dark, bright = (y.shape(heard(low_passed(hz))) for hz in (500.0, 4000.0))
    assert (bright[[0, 2]] > dark[[0, 2]] + 0.5).all()
    assert bright[1] > dark[1]
    assert bright[4] < dark[4]  # share of the lows


def test_the_centroid_of_a_tone_is_its_pitch():
    centroid, width, rolloff, *_ = y.shape(heard(tone(1000.0)))
    assert 2**centroid == pytest.approx(1000.0, rel=0.02)
    assert 2**rolloff == pytest.approx(1000.0, rel=0.03)
    assert width < 0.1


def test_noise_is_flat_and_a_tone_is_not():
    assert y.shape(heard(noise()))[3] > y.shape(heard(tone(440.0)))[3] + 5


@pytest.mark.parametrize("note", [45, 57, 62, 75])
def test_a_tone_shows_in_its_pitch_class(note):
    shares = y.chroma(heard(tone(440 * 2 ** ((note - 69) / 12))))[:12]
    assert int(np.argmax(shares)) == note % 12
    assert shares[note % 12] > 0.4


@pytest.mark.parametrize("period", [0.15, 0.25, 0.6])
def test_clicks_are_counted_and_their_period_is_the_pulse(period):
    told = y.rhythm(heard(clicks(period)))
    assert told[2] * 6.0 == pytest.approx(5.6 / period, abs=2)
    periods = y.PERIODS
    pulse = y.pulse_strength(y.onset_strength(heard(clicks(period))), 1 / y.HOP)
    near = np.abs(np.log2(periods / period)) < 0.12
    assert pulse[near].max() > 0.5
    assert pulse[periods < 0.8 * period].max(initial=0.0) < pulse[near].max()


def test_faster_clicks_have_a_shorter_pulse():
    slow, fast = (y.rhythm(heard(clicks(period)))[3] for period in (0.6, 0.15))
    assert (2**fast, 2**slow) == pytest.approx((0.15, 0.6), rel=0.08)


def test_a_steady_tone_has_no_strokes_and_no_pulse():
    told = y.rhythm(heard(tone(440.0)[1000:-1000]))
    assert told[2] < 1.0


def test_twice_the_amplitude_is_six_decibels():
    soft, loud = (y.loudness(heard(tone(440.0, level=level))) for level in (0.1, 0.2))
    assert loud[0] - soft[0] == pytest.approx(6.02, abs=0.1)
    assert soft[3] == pytest.approx(10 * np.log10(0.01 * 1.5), abs=0.2)  # a Hann window's 1.5 bins


def test_the_course_of_the_loudness_is_told_in_stretches():
    wave = np.concatenate([0.01 * noise(3.0), noise(3.0)])
    stretches = y.loudness(heard(wave))[-6:]
    assert (stretches[3:].min() - stretches[:3].max()) > 15
    assert y.loudness(heard(np.concatenate([0 * wave, wave])))[5] == pytest.approx(0.5, abs=0.02)


def test_cepstra_tell_timbres_apart_and_take_no_note_of_the_seed():
    first, again, other = (
        y.cepstra(heard(wave))[:20] for wave in (noise(seed=1), noise(seed=2), low_passed(800.0))
    )
    assert np.linalg.norm(first - again) < 0.05 * np.linalg.norm(first - other)


def test_a_clip_is_described_alike_at_another_rate():
    wave = low_passed(6000.0) + tone(220.0) + clicks(0.25, 4.0)
    here, there = (
        y.yardstick(each, rate)
        for each, rate in ((wave, RATE), (resample(wave, RATE, 44100), 44100))
    )
    far = y.yardstick(low_passed(500.0), RATE)
    assert np.linalg.norm(here - there) < 0.1 * np.linalg.norm(here - far)


@pytest.mark.parametrize("wave", [np.zeros(RATE, "f4"), np.zeros(10, "f4"), noise(0.01)])
def test_silence_and_short_clips_are_described_too(wave):
    found = y.yardstick(wave, RATE)
    assert found.shape == (sum(y.FAMILY_SIZES),)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


@pytest.mark.parametrize("wave", [np.zeros(0), np.zeros((2, 9)), np.array([0.0, np.nan])])
def test_what_is_no_clip_is_refused(wave):
    with pytest.raises(InputError, match="wave"):
        y.yardstick(wave, RATE)
