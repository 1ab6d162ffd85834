"""Training with notes to sound like: which are drawn, how they are altered, where a run begins."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.train import lm_run
from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions, LMConfig
from trichord.train.lm import LMTask, train_lm
from trichord.train.lm_like import LikeConfig, alter, begin_with, draw_likened, told_by_the_shown
from trichord.train.recolour import RecolourConfig
from trichord.train.schedule import generator_for
from trichord.train.tokens import Instruments, TokenSet


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokens")
    lm_run.write_tokens(folder)
    return folder


def liked(tokens: Path, out: Path, **changes: Any) -> Any:
    tiny = lm_run.tiny(tokens, out)
    return dataclasses.replace(tiny, model=LMConfig.debug(like_frames=6), **changes)


def test_a_likened_note_is_of_the_same_instrument_and_not_the_note_itself(tokens: Path) -> None:
    notes = TokenSet.read(tokens)
    instruments = Instruments(notes)
    rows = torch.arange(len(notes.codes)).repeat(20)
    generator = torch.Generator().manual_seed(0)
    others = draw_likened(instruments, rows, LikeConfig(middle=0), generator)
    assert torch.equal(notes.instrument[others], notes.instrument[rows])
    assert bool((others != rows).all())
    middle = draw_likened(instruments, rows, LikeConfig(middle=1), generator)
    assert len(middle.unique()) == len(notes.instrument.unique())


def test_altered_codes_keep_their_head_and_end_early() -> None:
    codes = torch.full((4000, 3, 8), 5, dtype=torch.int32)
    config = LikeConfig(cut=0.5, shortest=3, replaced=0.25)
    altered = alter(codes, 16, config, torch.Generator().manual_seed(0))
    assert bool((altered[:, :, 0] == 5).all())
    ends = (altered >= 0).all(1).sum(1)
    assert (ends < 8).float().mean().item() == pytest.approx(0.5 * 5 / 6, abs=0.03)
    assert ends.min() == 3
    kept = altered[:, :, 1:3]
    assert (kept != 5).float().mean().item() == pytest.approx(0.25 * 15 / 16, abs=0.02)
    same = alter(codes, 16, LikeConfig(cut=0, replaced=0), torch.Generator())
    assert torch.equal(same, codes)


def test_validation_tells_what_a_shown_note_is_worth(tokens: Path, tmp_path: Path) -> None:
    figures = train_lm(liked(tokens, tmp_path / "run"))
    assert figures["valid_loss_like"] > 0
    assert figures["valid_loss_like"] != figures["valid_loss_mean"]
    per_codebook = [figures[f"valid_like_codebook_{k}"] for k in range(3)]
    assert sum(per_codebook) / 3 == pytest.approx(figures["valid_loss_like"])


def test_batches_depend_on_their_step_alone(tokens: Path, tmp_path: Path) -> None:
    task = LMTask(liked(tokens, tmp_path), TokenSet.read(tokens))
    rows = torch.arange(8)
    one, two = (task.batch(rows, generator_for(0, 2, 5)) for _ in range(2))
    assert one.conditions.like is not None
    assert two.conditions.like is not None
    assert torch.equal(one.conditions.like, two.conditions.like)


def test_a_recoloured_note_is_told_by_the_shown_note_alone() -> None:
    known = Conditions(
        joint=torch.ones(3, 2),
        pitch=torch.tensor([60, 61, 62]),
        like=torch.ones(3, 1, 2, dtype=torch.int64),
        like_pitch=torch.tensor([50, 51, 52]),
        like_velocity=torch.tensor([90, 91, 92]),
    )
    everything = torch.ones(3, dtype=torch.bool)
    dropped = known.hide(dict.fromkeys(("like", "like_pitch", "like_velocity"), everything))
    told = told_by_the_shown(known, dropped, torch.tensor([True, False, True]))
    assert told.joint is not None
    assert told.like_pitch is not None
    assert told.like is not None
    assert told.joint[:, 0].tolist() == [0, 1, 0]
    assert told.like_pitch.tolist() == [50, -1, 52]
    assert told.like[:, 0, 0].tolist() == [1, -1, 1]


def test_recolouring_without_shown_notes_is_a_contradiction(tokens: Path, tmp_path: Path) -> None:
    tiny = lm_run.tiny(tokens, tmp_path)
    with pytest.raises(InputError, match=r"recolour.chance is 0.5 and model.like_frames 0"):
        dataclasses.replace(tiny, recolour=RecolourConfig(0.5))


def test_a_run_begins_with_the_weights_it_is_given(tokens: Path, tmp_path: Path) -> None:
    train_lm(lm_run.tiny(tokens, tmp_path / "first"))
    start = tmp_path / "first" / "model"
    task = LMTask(liked(tokens, tmp_path, start=start), TokenSet.read(tokens))
    first = CodecLM.load(start).state_dict()
    assert all(torch.equal(task.model.state_dict()[name], first[name]) for name in first)
    train_lm(liked(tokens, tmp_path / "second", start=start))
    settings = json.loads((tmp_path / "second" / "config.json").read_text())
    assert settings["start"] == str(start)


def test_a_start_that_does_not_fit_is_named(tokens: Path, tmp_path: Path) -> None:
    wide = CodecLM(LMConfig.debug(dim=64))
    wide.save(tmp_path / "wide")
    with pytest.raises(InputError, match=r"start: .*of another shape"):
        begin_with(CodecLM(LMConfig.debug()), tmp_path / "wide")
    deep = CodecLM(LMConfig.debug(layers=3))
    deep.save(tmp_path / "deep")
    with pytest.raises(InputError, match="has no counterpart"):
        begin_with(CodecLM(LMConfig.debug()), tmp_path / "deep")
    with pytest.raises(InputError, match="is missing"):
        begin_with(CodecLM(LMConfig.debug()), tmp_path / "nowhere")
