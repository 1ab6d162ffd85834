from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from trichord.codec.debug import DebugCodec
from trichord.codec.note import NetworkConfig, NoteCodec, NoteCodecConfig
from trichord.instrument.audition import Audition
from trichord.instrument.debug import DebugPlayer
from trichord.instrument.generator import ModelPlayer, NoteRequest
from trichord.instrument.likeness import Likeness, conditions_of, likeness_of
from trichord.instrument.shot import Shot
from trichord.lm import CodecLM, LMConfig, Sampling

REQUESTS = [NoteRequest(60, 90, 1.0), NoteRequest(40, 30, 0.6), NoteRequest(72, 127, 0.8)]


def model_player(like_frames: int = 0, **changes: object) -> ModelPlayer:
    torch.manual_seed(0)
    codec = DebugCodec()
    config = LMConfig.debug(
        num_codebooks=codec.num_codebooks,
        cardinality=codec.cardinality,
        max_frames=24,
        like_frames=like_frames,
    )
    joint = torch.nn.functional.normalize(torch.ones(config.joint_dim), dim=0)
    model = CodecLM(config)
    if like_frames:  # far from the shy initial weights, so that what is shown is heard
        for parameter in model.parameters():
            if parameter.dim() == 2:
                torch.nn.init.normal_(parameter, std=0.2)
    return ModelPlayer(model, codec, joint, Sampling(guidance=1.5), **changes)


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


def test_notes_sound_like_the_note_that_is_given():
    codec = DebugCodec()
    codes = torch.randint(codec.cardinality, (codec.num_codebooks, 9))
    other = (codes + 1) % codec.cardinality
    first = model_player(8, likeness=Likeness(codes, 60)).play(REQUESTS, 1)
    second = model_player(8, likeness=Likeness(other, 60)).play(REQUESTS, 1)
    assert any(not np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_without_one_the_middle_note_of_the_chosen_draw_is_the_likeness():
    """The third of five draws is chosen, so its middle note must be what all notes hear."""

    class Third(Audition):
        def best(self, waves: Sequence[NDArray[np.float32]]) -> int:
            assert len(waves) == 15
            heard.extend(waves[6:9])
            return 2

    heard: list[NDArray[np.float32]] = []

    audition = Third(lambda waves: torch.zeros(len(waves), 8), torch.zeros(8), candidates=5)
    free = model_player(8)
    middle = [NoteRequest(60, 100, free.longest_seconds)]
    like = Likeness(free._draw(middle, 1, [2], [None])[0], 60, 100)
    chosen = model_player(8, audition=audition)
    waves = chosen.play(REQUESTS, 1)
    expected = free._draw(REQUESTS, 1, [2] * len(REQUESTS), [like] * len(REQUESTS))
    for wave, wanted in zip(waves, free._decode(expected, REQUESTS), strict=True):
        np.testing.assert_array_equal(wave, wanted)
    # What was auditioned is what is played.
    few = [NoteRequest(pitch, 100, free.longest_seconds) for pitch in (48, 60, 72)]
    for wave, played in zip(heard, chosen.play(few, 1), strict=True):
        np.testing.assert_array_equal(wave, played)


def test_a_recording_is_read_at_the_key_it_is_nearest_to():
    codec = DebugCodec()
    rate = codec.sample_rate
    time = np.arange(rate) / rate
    wave = (0.3 * np.sin(2 * np.pi * 440 * 2 ** (0.2 / 12) * time)).astype(np.float32)
    likeness = likeness_of(codec, Shot(wave, 69.2, (), ""), rate)
    assert likeness.pitch == 69
    assert likeness.codes.shape[0] == codec.num_codebooks
    assert likeness.codes.shape[1] == codec.frames(1.0 * 2 ** (0.2 / 12)), "slower by .2"
    told = conditions_of([likeness] * 3)
    assert told["like"].shape[0] == 3
    assert told["like_velocity"].tolist() == [-1, -1, -1]
    assert conditions_of([None, None]) == {}


def test_a_model_may_draw_the_first_codebooks_of_its_codec():
    """It reads those alone of a recording, and the codec fills up what is missing."""
    torch.manual_seed(0)
    network = NetworkConfig(dim=16, layers=1, latent=8)
    codec = NoteCodec(NoteCodecConfig(network, num_codebooks=5, cardinality=64)).eval()
    config = LMConfig.debug(num_codebooks=4, cardinality=64, max_frames=24, like_frames=8)
    likeness = Likeness(torch.randint(64, (5, 9)), 60)
    joint = torch.nn.functional.normalize(torch.ones(config.joint_dim), dim=0)
    player = ModelPlayer(CodecLM(config), codec, joint, Sampling(), likeness=likeness)
    waves = player.play([NoteRequest(60, 90, 0.3)], 1)
    assert waves[0].size == int(0.3 * codec.sample_rate)
    assert np.isfinite(waves[0]).all()
