from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.space import debug_space
from trichord.train.space_data import InstrumentRow, NoteTable
from trichord.train.space_erase import erase, pitch_eraser
from trichord.train.space_report import pitch_probe

DIM = 16


def leaking(instruments: int = 40, notes: int = 12) -> tuple[Tensor, NoteTable]:
    """Vectors of instruments that lean towards one direction as their notes get higher."""
    generator = torch.Generator().manual_seed(0)
    owner = torch.arange(instruments).repeat_interleave(notes)
    pitch = torch.randint(30, 100, (len(owner),), generator=generator)
    base = torch.randn(instruments, DIM, generator=generator)[owner]
    noise = 0.2 * torch.randn(len(owner), DIM, generator=generator)
    lean = torch.randn(DIM, generator=generator) * (pitch[:, None] - 65) / 60
    rows = tuple(
        InstrumentRow(
            f"i{i}", f"i{i}", "bass", "acoustic", ("x",), i, "train" if i < 30 else "test"
        )
        for i in range(instruments)
    )
    ones = torch.ones_like(owner)
    images = torch.zeros(len(owner), 2, 1, 1, dtype=torch.uint8)
    ids = tuple(map(str, range(len(owner))))
    return F.normalize(base + noise + lean, dim=1), NoteTable(
        ids, images, ones, pitch, ones, owner, rows
    )


def test_pitch_cannot_be_read_after_erasure_and_little_else_moves() -> None:
    vectors, notes = leaking()
    assert pitch_probe(vectors, notes)["pitch_r2_within"] > 0.5
    erased = F.normalize(vectors @ pitch_eraser(vectors, notes).float().T, dim=1)
    assert pitch_probe(erased, notes)["pitch_r2_within"] < 0.15
    assert float((erased * vectors).sum(1).mean()) > 0.85


def test_the_audio_door_itself_is_changed() -> None:
    space = debug_space()
    wave = [torch.sin(torch.arange(8000) * 0.05).numpy()]
    before = space.embed_audio(wave, 16000)
    eraser = torch.eye(space.dim, dtype=torch.double)
    eraser[0, 0] = 0
    erase(space, eraser)
    after = space.embed_audio(wave, 16000)
    expected = before.clone()
    expected[:, 0] = 0
    torch.testing.assert_close(after, F.normalize(expected, dim=1))
