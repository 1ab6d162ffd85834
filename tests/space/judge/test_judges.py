"""The caption judge and the tagger: shapes, files, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from trichord.errors import InputError
from trichord.space.dual import DualConfig
from trichord.space.judge import (
    WIDTH,
    CaptionJudge,
    CaptionJudgeConfig,
    Tagger,
    TaggerConfig,
    WordsConfig,
    describe,
)
from trichord.space.judge.captions import scale_of, standardised

TAGS = (("family", ("bass", "brass", "flute")), ("decay", ("short", "long")))
WAVES = [np.random.default_rng(i).standard_normal(8000).astype(np.float32) for i in range(3)]


@pytest.fixture
def judge() -> CaptionJudge:
    torch.manual_seed(0)
    config = CaptionJudgeConfig(WordsConfig(buckets=64), DualConfig(16, 8, 1), seconds=0.1)
    return CaptionJudge(config).eval()


@pytest.fixture
def tagger() -> Tagger:
    torch.manual_seed(0)
    return Tagger(TaggerConfig(TAGS, hidden=8, seconds=0.1)).eval()


def test_vectors_are_unit_and_come_alike_from_waves_and_descriptors(judge: CaptionJudge) -> None:
    heard = judge.embed_audio(WAVES, 44100)
    described = np.stack([describe(wave, 44100, 0.1) for wave in WAVES])
    assert heard.norm(dim=1).tolist() == pytest.approx([1.0] * 3)
    assert torch.equal(heard, judge.embed_described(described))
    assert judge.embed_text(["warm piano", "x"]).shape == (2, 8)


def test_probabilities_add_up_to_one_for_every_question(tagger: Tagger) -> None:
    told = tagger.probabilities(WAVES, 44100)
    assert {name: rows.shape for name, rows in told.items()} == {"family": (3, 3), "decay": (3, 2)}
    for rows in told.values():
        assert rows.sum(axis=1) == pytest.approx(np.ones(3))


def test_a_folder_is_read_as_it_was_written(
    judge: CaptionJudge, tagger: Tagger, tmp_path: Path
) -> None:
    judge.mean, judge.scale = torch.full((WIDTH,), 0.5), torch.full((WIDTH,), 2.0)
    judge.half().float().save(tmp_path / "judge")
    tagger.half().float().save(tmp_path / "tagger")
    again = CaptionJudge.load(tmp_path / "judge")
    assert again.config == judge.config
    assert torch.equal(again.embed_audio(WAVES, 44100), judge.embed_audio(WAVES, 44100))
    read = Tagger.load(tmp_path / "tagger")
    assert read.config == tagger.config
    told, wanted = (one.probabilities(WAVES, 44100)["family"] for one in (read, tagger))
    assert (told == wanted).all()
    with pytest.raises(InputError, match="not a tagger"):
        Tagger.load(tmp_path / "judge")


def test_the_scale_is_that_of_the_training_split() -> None:
    rows = torch.randn(200, 5, generator=torch.Generator().manual_seed(1)) * 3 + 7
    rows[:, 4] = 2.0
    mean, scale = scale_of(rows)
    brought = standardised(rows, mean, scale)
    assert brought[:, :4].mean(0).abs().max() < 0.1
    assert brought[:, :4].std(0).tolist() == pytest.approx([1.0] * 4, abs=0.05)
    assert not brought[:, 4].any()
    assert float(standardised(rows + 1000.0, mean, scale).max()) == 5.0
    with pytest.raises(InputError, match="3 entries, not 5"):
        standardised(torch.zeros(2, 3), mean, scale)


def test_a_tagger_without_questions_is_refused() -> None:
    with pytest.raises(InputError, match="one or more questions"):
        TaggerConfig(())
    with pytest.raises(InputError, match="hidden"):
        TaggerConfig(TAGS, hidden=0)
