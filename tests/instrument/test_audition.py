from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from trichord.codec.debug import DebugCodec
from trichord.instrument.audition import PITCHES, Audition
from trichord.instrument.generator import ModelPlayer, NoteRequest
from trichord.lm import CodecLM, LMConfig
from trichord.lm.sampling import Sampling

Waves = list[NDArray[np.float32]]


def loudness_as_vector(waves: object) -> torch.Tensor:
    """A space of one axis: how loud a wave is."""
    assert isinstance(waves, list)
    return torch.tensor([[float(np.abs(wave).mean())] for wave in waves])


def player(audition: Audition | None) -> ModelPlayer:
    torch.manual_seed(0)
    codec = DebugCodec()
    config = LMConfig.debug(num_codebooks=2, cardinality=64, max_frames=24)
    joint = torch.nn.functional.normalize(torch.randn(config.joint_dim), dim=0)
    return ModelPlayer(CodecLM(config), codec, joint, Sampling(guidance=1.0), audition=audition)


def test_the_nearest_candidate_is_taken() -> None:
    audition = Audition(loudness_as_vector, torch.tensor([1.0]), candidates=3)
    notes = len(PITCHES)
    levels = [0.1] * notes + [0.5, 0.1, 0.1] + [0.3] * notes
    waves = [np.full(10, level, dtype=np.float32) for level in levels]
    assert audition.best(waves) == 2


def test_an_audition_changes_the_draw_and_not_the_seed() -> None:
    requests = [NoteRequest(60, 100, 0.5), NoteRequest(64, 100, 0.5)]
    loud = player(Audition(loudness_as_vector, torch.tensor([1.0])))
    soft = player(Audition(loudness_as_vector, torch.tensor([-1.0])))
    first = loud.play(requests, 5)
    again = player(Audition(loudness_as_vector, torch.tensor([1.0]))).play(requests, 5)
    for left, right in zip(first, again, strict=True):
        np.testing.assert_array_equal(left, right)
    assert any(not np.array_equal(a, b) for a, b in zip(first, soft.play(requests, 5), strict=True))
    alone = loud.play(requests[1:], 5)[0]
    np.testing.assert_array_equal(alone, first[1])
