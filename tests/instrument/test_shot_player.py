"""Keys about a recording's own are played from its codes, the others by another player."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from trichord.codec.debug import DebugCodec
from trichord.instrument.debug import DebugPlayer
from trichord.instrument.generator import NoteRequest
from trichord.instrument.likeness import Likeness, likeness_of
from trichord.instrument.shot import Shot
from trichord.instrument.shot_player import DB_PER_OCTAVE, REACH, ShotPlayer, struck

CODEC = DebugCodec()
SECONDS = 2.0
CODES = torch.randint(CODEC.cardinality, (CODEC.num_codebooks, CODEC.frames(SECONDS)))
PLAYED = Likeness(CODES, 60)


def player(likeness: Likeness = PLAYED) -> ShotPlayer:
    return ShotPlayer(likeness, CODEC, DebugPlayer())


def test_near_keys_sound_by_the_codes_and_far_ones_are_drawn() -> None:
    requests = [NoteRequest(pitch, 100, 1.0) for pitch in (60 - REACH - 1, 60 - REACH, 60, 67, 68)]
    waves = player().play(requests, 3)
    drawn = DebugPlayer().play([requests[0], requests[4]], 3)
    np.testing.assert_array_equal(waves[0], drawn[0])
    np.testing.assert_array_equal(waves[4], drawn[1])
    for wave, request in zip(waves[1:4], requests[1:4], strict=True):
        decoded = CODEC.decode(CODES[None], torch.tensor([request.pitch]))[0, 0].numpy()
        np.testing.assert_allclose(wave, decoded[: wave.size], atol=1e-5)


def test_a_short_recording_serves_only_if_it_has_rung_out() -> None:
    short = dataclasses.replace(PLAYED, codes=CODES[:, : CODEC.frames(0.3)])
    request = NoteRequest(60, 100, 1.0)
    drawn = DebugPlayer().play([request], 3)[0]
    np.testing.assert_array_equal(player(short).play([request], 3)[0], drawn)
    rung = dataclasses.replace(short, rings_out=True)
    assert not np.array_equal(player(rung).play([request], 3)[0], drawn)


@pytest.mark.parametrize(("decay", "expected"), [(20.0, True), (0.5, False)])
def test_a_recording_rings_out_when_its_end_is_quiet(decay: float, expected: bool) -> None:
    time = np.arange(CODEC.sample_rate // 2) / CODEC.sample_rate
    wave = np.sin(2 * np.pi * 440 * time) * np.exp(-decay * time)
    shot = Shot(wave.astype(np.float32), 69.0, (), "")
    assert likeness_of(CODEC, shot, CODEC.sample_rate).rings_out == expected


def test_harder_is_brighter_by_as_much_as_was_measured() -> None:
    rate, pitch = 44100, 69
    time = np.arange(rate) / rate
    wave = (np.sin(2 * np.pi * 440 * time) + np.sin(2 * np.pi * 1760 * time)).astype(np.float32)
    assert np.allclose(struck(wave, rate, pitch, 100), wave, atol=1e-5)
    for velocity in (20, 127):
        spectrum = np.abs(np.fft.rfft(struck(wave, rate, pitch, velocity)))
        change = 20 * np.log10(spectrum[1760] / spectrum[440])
        assert change == pytest.approx(2 * DB_PER_OCTAVE * (velocity - 100), abs=0.01)
