"""The recipe of the general codec on a handful of crops."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from trichord.codec import load_codec
from trichord.codec.general import GeneralCodecConfig
from trichord.errors import InputError
from trichord.options import parse_with_config, peek
from trichord.train.crops import CropsConfig, load_crops
from trichord.train.general_codec import (
    GeneralCodecTask,
    GeneralCodecTrainConfig,
    train_general_codec,
)
from trichord.train.loop import LoopConfig
from trichord.train.schedule import generator_for

RECIPE = Path("src/trichord/train/recipes/general_codec.yaml")


def _cache(folder: Path, seconds: float = 1.0) -> CropsConfig:
    """Crops that need no corpus: the cache as `load_crops` writes it."""
    config = CropsConfig(cache=folder, seconds=seconds)
    folder.mkdir()
    rng = np.random.default_rng(0)
    for split, count in (("train", 8), ("valid", 3)):
        noise = 3000 * rng.standard_normal((count, int(seconds * 32000)))
        noise.astype(np.int16).tofile(folder / f"{split}.i16")
    told = {**dataclasses.asdict(config), "sample_rate": 32000}
    del told["cache"]
    text = json.dumps(told, indent=2, default=str) + "\n"
    (folder / "crops.json").write_text(text, encoding="utf-8")
    return config


def _config(folder: Path, **changes: Any) -> GeneralCodecTrainConfig:
    loop = LoopConfig(
        steps=4, batch_size=3, ema=0.0, log_every=1, valid_every=4, save_every=2, warmup=1
    )
    return GeneralCodecTrainConfig(
        out=folder / "run",
        frames=8,
        plain_steps=1,
        decoder_from=3,
        crops=_cache(folder / "crops"),
        model=GeneralCodecConfig.debug(),
        loop=dataclasses.replace(loop, **changes),
    )


def test_trains_and_exports(tmp_path: Path) -> None:
    figures = train_general_codec(_config(tmp_path))
    assert {"valid_mel", "valid_level_db", "valid_entries_used"} <= figures.keys()
    codec = load_codec(tmp_path / "run" / "model")
    codes = codec.encode(torch.zeros(1, 1, 2560))
    assert codec.decode(codes).shape == (1, 1, 2560)


def test_from_a_step_on_the_decoder_learns_alone(tmp_path: Path) -> None:
    config = _config(tmp_path)
    train, valid = load_crops(config.crops, 32000, 1)
    task = GeneralCodecTask(config, train, valid)
    objective = task.model
    for step in range(4):
        task.model.zero_grad()
        batch = task.batch(torch.arange(3), generator_for(0, step))
        entries = [stage.entries.clone() for stage in objective.codec.quantiser.stages]  # type: ignore[union-attr]
        loss, _ = task.loss(objective, batch)
        loss.backward()
        network = objective.codec.network
        settled = step >= config.decoder_from
        assert (network.enter.weight.grad is None) == settled
        assert network.leave.weight.grad is not None
        moved = [
            not torch.equal(old, stage.entries)  # type: ignore[arg-type]
            for old, stage in zip(entries, objective.codec.quantiser.stages, strict=True)
        ]
        assert any(moved) == (config.plain_steps <= step < config.decoder_from)


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    config = _config(tmp_path)
    train_general_codec(config)
    whole = (tmp_path / "run" / "model" / "model.safetensors").read_bytes()
    part = dataclasses.replace(config, out=tmp_path / "part")

    def stop(line: dict[str, Any]) -> None:
        if line["step"] == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_general_codec(part, stop)
    train_general_codec(dataclasses.replace(part, resume=True))
    assert (tmp_path / "part" / "model" / "model.safetensors").read_bytes() == whole


def test_a_cache_of_other_settings_is_refused(tmp_path: Path) -> None:
    config = _cache(tmp_path / "crops")
    with pytest.raises(InputError, match="other settings"):
        load_crops(dataclasses.replace(config, train_clips=7), 32000, 1)


def test_a_folder_without_shards_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no shards"):
        load_crops(CropsConfig(clips=tmp_path, cache=tmp_path / "cache"), 32000, 1)


def test_the_recipe_names_its_codec() -> None:
    words = ["--config", str(RECIPE)]
    assert peek("kind", words) == "general"
    config = parse_with_config(GeneralCodecTrainConfig, words, "trichord train codec")
    assert config.decoder_from < config.loop.steps
    assert peek("kind", ["--kind=note", *words]) == "note"
    assert peek("kind", ["--config", "src/trichord/train/recipes/codec.yaml"]) is None
    assert peek("kind", ["--config", "nowhere.yaml"]) is None
