from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import torch

from trichord.codec.note import NetworkConfig, NoteCodec, NoteCodecConfig
from trichord.studies.family import codings, round_trip
from trichord.studies.study import HeldNote, Study


def small_codec() -> NoteCodec:
    torch.manual_seed(0)
    config = NoteCodecConfig(NetworkConfig(dim=16, layers=1, latent=8), 4, 16)
    return NoteCodec(config).eval()


def study(drawn: int) -> Study:
    lm = SimpleNamespace(config=SimpleNamespace(num_codebooks=drawn))
    return cast(Study, SimpleNamespace(models=SimpleNamespace(lm=lm), codec=small_codec()))


def test_notes_go_through_all_codebooks_and_through_those_that_are_drawn() -> None:
    assert [count for _, count in codings(study(3))] == [4, 3]
    assert list(codings(study(4))) == [
        ("the same through the 4 codebooks that made notes have", 4)
    ]  # fmt: skip


def test_a_note_passes_no_more_codebooks_than_it_is_given() -> None:
    codec = small_codec()
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(44100) / 44100)
    note = HeldNote("n", cast(Any, None), 69, 100, tone.astype(np.float32))
    codes = codec.encode(torch.from_numpy(note.wave)[None, None], torch.tensor([69]))
    for codebooks in (3, 4):
        expected = codec.decode(codes[:, :codebooks], torch.tensor([69]))[0, 0].numpy()
        np.testing.assert_array_equal(round_trip(codec, note, codebooks), expected)
    assert not np.array_equal(round_trip(codec, note, 3), round_trip(codec, note, 4))
