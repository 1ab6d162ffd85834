from __future__ import annotations

import numpy as np
import pytest

from trichord.data.clips.diversity import compare, describe, nearest_distances

RATE = 44100
TIME = np.arange(4 * RATE) / RATE


def tone(hz: float, step: float = 0.5) -> np.ndarray:
    wave = 0.3 * np.sin(2 * np.pi * hz * TIME) * np.exp(-5 * (TIME % step))
    return np.stack([wave, wave], axis=1).astype(np.float32)


def test_another_pitch_is_nearer_than_another_kind_of_sound() -> None:
    noise = 0.2 * np.random.default_rng(0).standard_normal((len(TIME), 2)).astype(np.float32)
    vectors = np.array([describe(x, RATE) for x in (tone(220), tone(233), tone(440, 0.2), noise)])
    scaled = vectors / (vectors.std(axis=0) + 1e-9)
    distance = np.linalg.norm(scaled[0] - scaled[1:], axis=1)
    assert distance[0] < distance[1] < distance[2]


def test_rhythm_is_described() -> None:
    slow, fast = describe(tone(220, 1.0), RATE), describe(tone(220, 0.125), RATE)
    assert np.argmax(fast[-12:]) > np.argmax(slow[-12:])


def test_channels_and_the_shortest_clip_do_no_harm() -> None:
    mono = describe(tone(220)[:, :1], RATE)
    assert mono == pytest.approx(describe(tone(220), RATE), abs=1e-3)
    assert np.isfinite(describe(np.zeros((10, 2), np.float32), RATE)).all()


def test_nearest_distances_are_those_of_brute_force() -> None:
    vectors = np.random.default_rng(1).standard_normal((50, 7))
    brute = np.linalg.norm(vectors[:, None] - vectors[None], axis=-1)
    np.fill_diagonal(brute, np.inf)
    assert nearest_distances(vectors) == pytest.approx(brute.min(axis=1) / np.sqrt(7))


def test_variations_lie_closer_than_different_programs() -> None:
    rng = np.random.default_rng(2)
    centres = 3.0 * rng.standard_normal((10, 5))
    siblings = np.repeat(centres, 20, axis=0) + 0.1 * rng.standard_normal((200, 5))
    programs = 3.0 * rng.standard_normal((300, 5))
    sets = {
        "variations": (siblings, [str(i // 20) for i in range(200)]),
        "programs": (programs, [str(i) for i in range(300)]),
    }
    spreads = compare(sets, 1000, np.random.default_rng(3))
    assert spreads["programs"].count == spreads["variations"].count == 200
    assert spreads["programs"].median > 3 * spreads["variations"].median
    assert spreads["variations"].templates == 10
    assert compare(sets, 1000, np.random.default_rng(3)) == spreads
