"""The shipped model draws the notes that it drew when it was shipped, to the last code."""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from trichord.instrument.models import WEIGHTS
from trichord.lm import CodecLM, Conditions, Sampling

GOLDEN = Path(__file__).parent / "golden" / "shipped_notes.safetensors"
NOTES, FRAMES = 6, 16


def known(shown: bool) -> Conditions:
    generator = torch.Generator().manual_seed(11)
    joint = F.normalize(torch.randn(NOTES, 128, generator=generator), dim=1)
    like = torch.randint(0, 512, (NOTES, 8, 28), generator=generator)
    reference = {
        "like": like,
        "like_pitch": torch.full((NOTES,), 60),
        "like_velocity": torch.full((NOTES,), 100),
    }
    return Conditions(
        joint=joint,
        pitch=40 + 5 * torch.arange(NOTES),
        velocity=30 + 11 * torch.arange(NOTES),
        family=torch.full((NOTES,), -1),
        **(reference if shown else {}),
    )


def test_shipped_weights_draw_the_notes_that_they_drew_when_they_were_shipped() -> None:
    """The file is drawn anew with new weights, by code that still drew the same with the old."""
    golden = load_file(GOLDEN)
    model = CodecLM.load(WEIGHTS / "lm")
    guided = Sampling(temperature=0.7, top_p=0.95, guidance=3.0, seed=7)
    like = model.generate(known(True), FRAMES, guided, seeds=[0, 0, 1, 2, 3, 4])
    assert torch.equal(like, golden["like"].long())
    free = Sampling(temperature=1.0, top_k=50, guidance=1.0, seed=8)
    assert torch.equal(model.generate(known(False), FRAMES, free), golden["plain"].long())
