from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trichord.errors import InputError
from trichord.space.audio import AudioConfig, AudioEncoder
from trichord.space.base import Sound
from trichord.space.features import (
    FeatureConfig,
    features,
    frame_starts,
    mel_filters,
    pad_features,
    prepare,
)

GRID = FeatureConfig()
RATE = GRID.sample_rate


def pluck(seconds: float, pitch: float = 220.0, decay: float = 3.0) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    partials = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 12))
    return (0.3 * partials * np.exp(-decay * t)).astype(np.float32)


@pytest.fixture(scope="module")
def encoder() -> AudioEncoder:
    torch.manual_seed(0)
    return AudioEncoder(AudioConfig(channels=(8, 16, 16), width=32, queries=2), GRID).eval()


def cosine(a: torch.Tensor, b: torch.Tensor) -> float:
    return float(torch.nn.functional.cosine_similarity(a, b, dim=0))


def test_the_grid_is_fast_then_slow() -> None:
    starts = frame_starts(GRID)
    assert len(starts) == GRID.frames + 1
    assert starts[-1] == GRID.samples
    assert GRID.samples / RATE > 10
    steps = np.diff(starts)
    assert (np.diff(steps) >= 0).all()
    assert steps[0] / RATE < 0.006
    assert steps[-1] / RATE > 0.18


def test_filters_leave_no_band_empty() -> None:
    filters = mel_filters(GRID, GRID.body_window // 2 + 1)
    assert filters.shape == (1025, GRID.bands)
    assert (filters.amax(0) > 0).all()


def test_a_tone_lights_its_band() -> None:
    t = np.arange(RATE) / RATE
    image = features(
        prepare(Sound(np.sin(2 * np.pi * 1000 * t).astype(np.float32), RATE), GRID), GRID
    )
    filters = mel_filters(GRID, GRID.body_window // 2 + 1)
    expected = int(filters[round(1000 / (RATE / GRID.body_window))].argmax())
    assert int(image[0, 45].argmax()) == expected
    assert image[1, 45:50].max() < 0.1  # a steady tone has no flux


def test_beating_shows_as_flux() -> None:
    t = np.arange(2 * RATE) / RATE
    steady = np.sin(2 * np.pi * 440 * t)
    beating = steady + np.sin(2 * np.pi * 446 * t)
    flux = [
        float(features(prepare(Sound(w.astype(np.float32), RATE), GRID), GRID)[1, 45:-2].max())
        for w in (steady, beating)
    ]
    assert flux[1] > 3 * flux[0]


@settings(max_examples=8, deadline=None)
@given(gain_db=st.floats(-70, 12), silence=st.integers(0, 60000), seconds=st.floats(0.05, 2))
def test_level_and_silence_do_not_matter(gain_db: float, silence: int, seconds: float) -> None:
    wave = pluck(seconds)
    quiet = wave * np.float32(10 ** (gain_db / 20))
    moved = np.concatenate([np.zeros(silence, np.float32), quiet, np.zeros(30000, np.float32)])
    a = features(prepare(Sound(wave, RATE), GRID), GRID)
    b = features(prepare(Sound(moved, RATE), GRID), GRID)
    shared = min(a.shape[1], b.shape[1])
    assert abs(a.shape[1] - b.shape[1]) <= 2  # the fade of the last window
    assert (a[0, : shared - 2] - b[0, : shared - 2]).abs().max() < 1e-3


def test_any_length_level_and_rate(encoder: AudioEncoder) -> None:
    long = pluck(12.0, decay=0.2)
    sounds = [Sound(long[: int(s * RATE)], RATE) for s in (0.05, 0.3, 1.0, 10.1, 12.0)]
    vectors = encoder.embed(sounds)
    assert vectors.shape == (5, encoder.dim)
    assert torch.isfinite(vectors).all()
    assert torch.allclose(vectors[3], vectors[4], atol=1e-4)  # what comes after ten seconds is cut
    louder = encoder.embed([Sound(pluck(1.0), RATE), Sound(pluck(1.0) * 1e-3, RATE)])
    assert torch.allclose(louder[0], louder[1], atol=1e-4)
    t = np.arange(48000) / 48000
    other = (0.3 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)
    t = np.arange(RATE) / RATE
    same = (0.3 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)
    resampled = encoder.embed([Sound(other, 48000), Sound(same, RATE)])
    assert cosine(resampled[0], resampled[1]) > 0.99


def test_padding_in_a_batch_does_not_matter(encoder: AudioEncoder) -> None:
    sounds = [Sound(pluck(s), RATE) for s in (0.1, 0.7, 3.0)]
    together = encoder.embed(sounds)
    alone = torch.cat([encoder.embed([sound]) for sound in sounds])
    assert torch.allclose(together, alone, atol=1e-4)


def test_padded_batches_have_lengths() -> None:
    images = [torch.ones(2, 3, GRID.bands), torch.ones(2, 5, GRID.bands)]
    batch, lengths = pad_features(images, GRID)
    assert batch.shape == (2, 2, 5, GRID.bands)
    assert lengths.tolist() == [3, 5]
    assert batch[0, :, 3:].sum() == 0


@pytest.mark.parametrize(
    ("wave", "message"),
    [
        (np.zeros(1000, np.float32), "silent"),
        (np.zeros(0, np.float32), "at least one sample"),
        (np.zeros((2, 100), np.float32), "one channel"),
        (np.full(100, np.nan, np.float32), "NaN"),
    ],
)
def test_bad_sounds_are_refused(wave: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        prepare(Sound(wave, RATE), GRID)


def test_one_sample_is_a_sound(encoder: AudioEncoder) -> None:
    assert torch.isfinite(encoder.embed([Sound(np.ones(1, np.float32), RATE)])).all()


def test_an_encoder_without_stages_is_refused() -> None:
    with pytest.raises(InputError, match=r"audio\.channels"):
        AudioConfig(channels=(8,))
