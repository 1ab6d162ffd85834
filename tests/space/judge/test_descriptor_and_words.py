"""What the judges hear and read: level and silence do not count, words and their letters do."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from trichord.errors import InputError
from trichord.space.judge import SIZES, WIDTH, WordsConfig, describe, word_features

RATE = 44100
WORDS = WordsConfig(buckets=4096)


def tone(hz: float, seconds: float = 2.0) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * hz * t) * np.exp(-2 * t)).astype(np.float32)


def test_level_and_leading_silence_do_not_count():
    wave = tone(440.0)
    plain = describe(wave, RATE, 1.0)
    assert plain.shape == (WIDTH,)
    assert sum(SIZES) == WIDTH
    quiet = describe(0.01 * wave, RATE, 1.0)
    late = describe(np.concatenate([np.zeros(RATE // 2, np.float32), wave]), RATE, 1.0)
    far = np.abs(plain - describe(tone(880.0), RATE, 1.0)).mean()
    assert np.abs(plain - quiet).mean() < 0.01 * far
    assert np.abs(plain - late).mean() < 0.05 * far


def test_what_comes_after_the_seconds_does_not_count():
    wave = tone(440.0)
    longer = np.concatenate([wave, 0.5 * tone(3000.0)])
    assert (describe(wave, RATE, 1.0) == describe(longer, RATE, 1.0)).all()
    assert (describe(wave, RATE, 3.0) != describe(longer, RATE, 3.0)).any()


def test_silence_and_a_click_have_a_descriptor():
    for wave in (np.zeros(100, np.float32), np.eye(1, 50, dtype=np.float32)[0]):
        assert np.isfinite(describe(wave, RATE, 2.0)).all()


def test_what_is_no_sound_is_refused():
    for wave in (np.zeros((2, 5)), np.zeros(0), np.array([np.nan])):
        with pytest.raises(InputError, match="sound of shape"):
            describe(wave, RATE, 1.0)


def cosine(first: str, second: str, config: WordsConfig = WORDS) -> float:
    a, b = word_features([first, second], config)
    return float(a @ b)


def test_words_and_their_letters_count_and_their_order_does_not():
    assert cosine("warm felt piano", "Piano, warm: felt!") == pytest.approx(1.0)
    assert cosine("warm piano", "a warm piano with the") == pytest.approx(1.0)
    assert cosine("piano", "pianos", WORDS) > 0.3
    plain = WordsConfig(buckets=4096, triples=0.0)
    assert cosine("piano", "pianos", plain) == pytest.approx(0.0, abs=1e-6)
    assert cosine("warm piano", "warm organ", plain) == pytest.approx(0.5, abs=1e-6)


def test_unrelated_words_are_at_right_angles_on_average():
    rows = word_features([f"{letter * 5}" for letter in "abcdefghijklmnop"], WORDS)
    others = (rows @ rows.T)[~torch.eye(16, dtype=torch.bool)]
    assert abs(float(others.mean())) < 0.02


def test_a_caption_without_words_is_refused():
    with pytest.raises(InputError, match="no word"):
        word_features(["?!"], WORDS)
    with pytest.raises(InputError, match="16 or more"):
        WordsConfig(buckets=2)
