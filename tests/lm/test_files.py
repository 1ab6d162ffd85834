"""Folders of models: what is missing, cut short or of another model is told in one line."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from trichord.errors import InputError
from trichord.lm import CodecLM, LMConfig
from trichord.lm.files import check_codec, read_weights

FIELDS = {
    "num_codebooks": 4,
    "cardinality": 17,
    "dim": 64,
    "layers": 3,
    "joint_dim": 9,
    "families": 12,
    "sources": 4,
    "like_frames": 6,
    "text_dim": 7,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lm")
    CodecLM(LMConfig.debug(like_frames=5, text_dim=6)).save(path)
    return path


@pytest.mark.parametrize("field", FIELDS)
def test_weights_of_another_size_or_codec_are_named_with_both_numbers(
    folder: Path, tmp_path: Path, field: str
) -> None:
    CodecLM(LMConfig.debug(like_frames=5, text_dim=6)).save(tmp_path)
    config = dataclasses.replace(
        LMConfig.debug(like_frames=5, text_dim=6), **{field: FIELDS[field]}
    )
    was = getattr(LMConfig.debug(like_frames=5, text_dim=6), field)
    (tmp_path / "config.json").write_text(config.to_json())
    with pytest.raises(InputError) as caught:
        CodecLM.load(tmp_path)
    said = str(caught.value)
    assert f"{field} is {was} in the weights and {FIELDS[field]} in the configuration" in said
    assert "\n" not in said


def test_what_shapes_cannot_tell_by_name_is_still_refused(folder: Path, tmp_path: Path) -> None:
    CodecLM(LMConfig.debug(fuser="sum")).save(tmp_path)
    (tmp_path / "config.json").write_text(LMConfig.debug(fuser="cross").to_json())
    with pytest.raises(InputError, match="weights of another model"):
        CodecLM.load(tmp_path)


def test_a_file_that_is_cut_short_is_told(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "lm")
    weights = tmp_path / "lm" / "model.safetensors"
    whole = weights.read_bytes()
    for left in (0, 4, 100, len(whole) // 2, len(whole) - 1):
        weights.write_bytes(whole[:left])
        with pytest.raises(InputError, match="cut short") as caught:
            CodecLM.load(tmp_path / "lm")
        assert "\n" not in str(caught.value)


def test_a_model_of_another_codec_is_named_with_both(folder: Path) -> None:
    config = LMConfig.debug()
    check_codec(config, 3, 16, "lm")
    check_codec(config, 4, 16, "lm")  # the first three of its four codebooks
    with pytest.raises(
        InputError, match=r"lm: .* 3 codebooks of 16 entries, the codec has 8 of 1024"
    ):
        check_codec(config, 8, 1024, "lm")
    with pytest.raises(InputError, match=r"the codec has 2 of 16"):
        check_codec(config, 2, 16, "lm")


def test_a_file_of_something_else_is_no_model(folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import save_file
    from torch import zeros

    shutil.copytree(folder, tmp_path / "lm")
    save_file({"x": zeros(3)}, tmp_path / "lm" / "model.safetensors")
    assert list(read_weights(tmp_path / "lm", LMConfig.debug(text_dim=0))) == ["x"]
    with pytest.raises(InputError, match="weights of another model"):
        CodecLM.load(tmp_path / "lm")
