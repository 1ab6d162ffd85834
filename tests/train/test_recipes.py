"""Every recipe in the package is one that the command line takes."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import trichord.train
from trichord.options import parse_with_config

RECIPES = sorted((Path(trichord.train.__file__).parent / "recipes").glob("*.yaml"))
CONFIGS = {
    "align": "AlignTrainConfig",
    "clip": "ClipTrainConfig",
    "code": "CodeTrainConfig",
    "codec": "CodecTrainConfig",
    "general": "GeneralCodecTrainConfig",
    "lm": "LMTrainConfig",
    "motion": "MotionTrainConfig",
    "space": "SpaceTrainConfig",
}

MODULES = {"general": "general_codec"}
"""Where a trainer's module has another name than the first word of its recipe."""


def test_every_trainer_has_its_recipe() -> None:
    assert {path.stem.partition("_")[0] for path in RECIPES} == set(CONFIGS)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_read_whole(path: Path) -> None:
    trainer = path.stem.partition("_")[0]  # `lm_like` is a second part of the `lm` run
    module = import_module(f"trichord.train.{MODULES.get(trainer, trainer)}")
    config = getattr(module, CONFIGS[trainer])
    read = parse_with_config(config, ["--config", str(path)], "train")
    loop = read.lm.loop if trainer == "clip" else read.loop
    assert loop.steps > 100, "the recipe's own number of steps"
    assert read != config(), "the recipe says something"
