"""Models that do not belong together are refused before anything is made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from trichord.clip.models import load_models
from trichord.errors import InputError
from trichord.lm.config import LMConfig
from trichord.lm.model import CodecLM


def _with_lm(weights: Path, folder: Path, **changes: int) -> Path:
    shutil.copytree(weights, folder, dirs_exist_ok=True)
    fitting = {"num_codebooks": 2, "joint_dim": 128}
    CodecLM(LMConfig.debug(**fitting | changes)).save(folder / "clip_lm")
    return folder


def test_a_model_of_another_codec(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="5 codebooks of 16 entries, the codec has 3 of 16"):
        load_models(_with_lm(weights, tmp_path, num_codebooks=5))
    with pytest.raises(InputError, match="2 codebooks of 8"):
        load_models(_with_lm(weights, tmp_path, cardinality=8))


def test_a_model_of_another_space(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="vectors of 8 numbers"):
        load_models(_with_lm(weights, tmp_path, joint_dim=8))


def test_what_is_not_shipped_is_to_be_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trichord.clip.models.WEIGHTS", tmp_path)
    with pytest.raises(InputError, match="`trichord train clip`") as caught:
        load_models()
    assert "\n" not in str(caught.value)


def test_altered_weights(weights: Path, tmp_path: Path) -> None:
    shutil.copytree(weights, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "clip_lm" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(InputError, match="clip_lm"):
        load_models(tmp_path)
