from __future__ import annotations

import numpy as np
import torch

from trichord.codec.debug import DebugCodec
from trichord.instrument.debug import DebugPlayer
from trichord.instrument.generator import ModelPlayer, NoteRequest
from trichord.lm import CodecLM, LMConfig, Sampling

REQUESTS = [NoteRequest(60, 90, 1.0), NoteRequest(40, 30, 0.6), NoteRequest(72, 127, 0.8)]


def model_player(**changes: object) -> ModelPlayer:
    torch.manual_seed(0)
    codec = DebugCodec()
    config = LMConfig.debug(
        num_codebooks=codec.num_codebooks, cardinality=codec.cardinality, max_frames=24
    )
    joint = torch.nn.functional.normalize(torch.ones(config.joint_dim), dim=0)
    return ModelPlayer(CodecLM(config), codec, joint, Sampling(guidance=1.5), **changes)


def test_the_debug_player_depends_on_seed_and_request_alone():
    player = DebugPlayer()
    together = player.play(REQUESTS, 5)
    for request, wave in zip(REQUESTS, together, strict=True):
        np.testing.assert_array_equal(player.play([request], 5)[0], wave)
        assert wave.dtype == np.float32
        assert wave.size == int(request.seconds * player.sample_rate)
        assert not np.array_equal(player.play([request], 6)[0], wave)


def test_the_model_player_gives_the_lengths_asked_for():
    player = model_player()
    waves = player.play(REQUESTS, 1)
    assert [wave.size for wave in waves] == [8000, 4800, 6400]
    assert all(wave.dtype == np.float32 for wave in waves)


def test_the_same_seed_gives_the_same_samples():
    first, again = model_player().play(REQUESTS, 1), model_player().play(REQUESTS, 1)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    other = model_player().play(REQUESTS, 2)
    assert any(not np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_its_longest_note_is_what_the_models_frames_hold():
    player = model_player()
    assert 1.1 < player.longest_seconds < 1.21
    long = player.play([NoteRequest(60, 90, 9.0)], 1)[0]
    assert long.size <= 8000 * 1.3


def test_shared_draws_can_be_turned_off():
    alike = model_player().play(REQUESTS, 1)
    own = model_player(shared_draws=False).play(REQUESTS, 1)
    assert any(not np.array_equal(a, b) for a, b in zip(alike, own, strict=True))
