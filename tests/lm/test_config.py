"""Configurations: sizes by name, files of earlier versions, and what is refused."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch

from trichord.errors import InputError
from trichord.lm import SIZES, CodecLM, Conditions, LMConfig, make_config
from trichord.lm.config import read_config
from trichord.lm.sizes import Size
from trichord.options import parse

SMALL = {"num_codebooks": 2, "cardinality": 8, "max_frames": 6, "joint_dim": 4}


def blocks(config: LMConfig) -> int:
    """Numbers of the blocks: four and twice `hidden` squares of the width, and norms."""
    return config.layers * (4 + 2 * config.hidden) * config.dim**2 + (2 * config.layers + 1) * (
        config.dim
    )


@pytest.mark.parametrize("name", SIZES)
def test_every_size_is_built_as_large_as_it_says(name: str) -> None:
    config = make_config(name, **SMALL)
    with torch.device("meta"):
        model = CodecLM(config)
    assert sum(p.numel() for p in model.transformer.parameters()) == blocks(config)
    assert Size(config.dim, config.layers, config.heads) == SIZES[name]


def test_the_largest_is_musicgens_300_million() -> None:
    assert 295e6 < blocks(make_config("large")) < 310e6


@pytest.mark.parametrize("name", ["nano", "small"])
def test_a_small_size_takes_a_step(name: str) -> None:
    torch.manual_seed(0)
    model = CodecLM(make_config(name, **SMALL))
    codes = torch.randint(0, 8, (2, 2, 6))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    losses: list[float] = []
    for _ in range(3):
        loss = model.loss(codes, Conditions()).total
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[2] < losses[0]


def test_a_size_on_the_command_line_overrides_a_recipe_that_spells_one_out() -> None:
    @dataclasses.dataclass(frozen=True)
    class Options:
        model: LMConfig = dataclasses.field(default_factory=lambda: LMConfig(**SMALL))

    def read(*words: str) -> LMConfig:
        return parse(Options, words, "train").model

    assert read().dim == 384
    assert read("--model.size", "60m") == make_config("60m", **SMALL)
    recipe = ("--model.dim", "256", "--model.layers", "8", "--model.heads", "4")
    assert read(*recipe, "--model.size", "nano") == make_config("nano", **SMALL)


def test_a_size_and_a_number_that_contradict_are_both_named() -> None:
    with pytest.raises(InputError, match="size is '60m', whose dim is 512, and dim is 640"):
        LMConfig(size="60m", dim=640)
    with pytest.raises(InputError, match=r"choose one of nano, small, .*large"):
        make_config("gigantic")
    assert make_config("60m", layers=2).layers == 2, "numbers of one's own are changes to a size"


def test_what_is_written_is_read_again() -> None:
    config = make_config("nano", text_dim=5, text_fuser="cross", codebook_weights=(2.0,) * 8)
    assert LMConfig.from_json(config.to_json()) == config
    assert "size" not in json.loads(config.to_json())


def test_a_file_of_an_earlier_version_lacks_fields_and_means_their_defaults() -> None:
    config = LMConfig.debug()
    values = json.loads(config.to_json())
    for name in ("text_dim", "text_tokens", "text_fuser"):
        del values[name]
    del values["drop"]["text"]
    assert LMConfig.from_json(json.dumps(values)) == config


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ('{"layer": 3}', "x.json: unknown field layer; perhaps layers"),
        ('{"drop": {"joints": 1}}', "x.json: unknown field drop.joints; perhaps drop.joint"),
        ('{"zzz": 3}', "x.json: unknown field zzz; known are num_codebooks, "),
        ('{"dim": 30, "heads": 4}', "x.json: dim 30 is no multiple of heads 4"),
        ('{"num_codebooks": 2, "codebook_weights": [1]}', "codebook_weights are (1,) and num_cod"),
        ('{"like_frames": 9, "max_frames": 8}', "like_frames is 9; it lies in 0..8 (max_frames)"),
        ('{"text_dim": 4, "text_tokens": 0}', "text_dim is 4 and text_tokens 0"),
        ("[1]", "x.json describes no codec language model"),
        ("{", "x.json describes no codec language model"),
        ('{"dim": "wide"}', "x.json describes no codec language model"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_in_one_line(values: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        LMConfig.from_json(values, "x.json")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"config\.json: no text"):
        read_config(tmp_path)
