from __future__ import annotations

import numpy as np
import torch

from trichord.codec.debug import DebugCodec, DebugCodecConfig
from trichord.instrument.finish import prepare
from trichord.instrument.generator import NoteRequest
from trichord.instrument.models import Models
from trichord.instrument.wish import player_of, wishes_of
from trichord.lm import CodecLM, LMConfig
from trichord.progress import Progress
from trichord.space import debug_space
from trichord.studies.play import Wanted, play

SECONDS = 0.6


def tiny_models() -> Models:
    torch.manual_seed(0)
    codec = DebugCodec(DebugCodecConfig(sample_rate=16000, hop=800))
    space = debug_space()
    config = LMConfig.debug(
        num_codebooks=codec.num_codebooks,
        cardinality=codec.cardinality,
        max_frames=24,
        joint_dim=space.dim,
    )
    return Models(space, CodecLM(config), codec)


def test_notes_of_several_instruments_are_those_that_each_would_play_alone():
    models = tiny_models()
    wishes = wishes_of(models, ["dark organ", "bright bell"])
    wanted = [Wanted(s, pitch, 90, SECONDS) for s in (0, 1) for pitch in (55, 62)]
    waves = play(models, wishes, wanted, 3, Progress("quiet"))
    for index, note in enumerate(wanted):
        alone = player_of(models, wishes[note.sound])
        wave = alone.play([NoteRequest(note.pitch, 90, SECONDS)], 3)[0]
        expected = prepare(wave, alone.sample_rate, note.pitch).wave
        np.testing.assert_allclose(waves[index], expected, atol=1e-6)
