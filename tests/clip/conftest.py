"""Tiny models of a clip, written to disk as a training writes them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from trichord.codec.general import GeneralCodec, GeneralCodecConfig
from trichord.lm.config import LMConfig
from trichord.lm.model import CodecLM
from trichord.space.clips.space import debug_clip_space


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `general`, `clip_lm` and `clips`."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    codec = GeneralCodec(GeneralCodecConfig.debug())
    for name, entries in codec.named_buffers():
        if name.endswith("entries"):
            entries.normal_()
    codec.save(folder / "general")
    space = debug_clip_space()
    space.save(folder / "clips")
    changes = {"num_codebooks": 2, "max_frames": 60, "joint_dim": space.dim, "text_dim": 32}
    CodecLM(LMConfig.debug(**changes)).save(folder / "clip_lm")
    (folder / "general" / "card.md").write_text("- Licence: MIT.\n", encoding="utf-8")
    return folder
