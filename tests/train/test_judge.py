"""The judges end to end on synthetic instruments: described once, trained, read back."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.train import space_corpus
from trichord.errors import InputError
from trichord.space.dual import DualConfig, DualFitConfig
from trichord.space.judge import CaptionJudge, CaptionJudgeConfig, Tagger, WordsConfig
from trichord.train.judge import JudgeTrainConfig, train_judge
from trichord.train.judge_data import Described, described_corpus
from trichord.train.schedule import LoopConfig
from trichord.train.tagger import TRAITS, TaggerTrainConfig, train_tagger


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    space_corpus.write_corpus(folder)
    decays = {"organ": 4.0, "mallet": 1.0, "bass": 0.2, "flute": 3.0}
    constant = dict.fromkeys(TRAITS, lambda one: 0.0)
    own = {
        "decay_s": lambda one: decays[one["family"]],
        "brightness": lambda one: float(one["group"] % 4),
    }
    space_corpus.write_plan(folder, **(constant | own))
    return folder


@pytest.fixture(scope="module")
def cache(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    described_corpus(corpus, folder, 2, 0.5)
    return folder


def test_every_instrument_gives_as_many_notes_and_keeps_its_captions(corpus, cache):
    sounds = described_corpus(corpus, cache, 2, 0.5)
    names, counts = np.unique(sounds.owner, return_counts=True)
    assert (len(names), set(counts.tolist())) == (16, {2})
    row = sounds.owner.tolist().index("bass-1")
    assert sounds.captions[row] == "short bass\nwarm bass"
    assert (sounds.family[row], sounds.split[row]) == ("bass", "train")
    assert set(sounds.of_split("test").owner) == {f"{k}-3" for k in space_corpus.SOUNDS}


def test_what_is_described_is_not_described_again(corpus, cache, monkeypatch):
    first = described_corpus(corpus, cache, 2, 0.5)
    monkeypatch.setattr("trichord.train.judge_data.describe", None)
    again = described_corpus(corpus, cache, 2, 0.5)
    assert (first.values == again.values).all()
    assert (first.owner == again.owner).all()


def test_a_shard_written_anew_is_described_anew(corpus, tmp_path):
    import shutil

    import pyarrow.parquet as pq

    copy = shutil.copytree(corpus, tmp_path / "corpus")
    before = described_corpus(copy, tmp_path / "cache", 2, 0.5)
    shard = min(copy.glob("notes-*.parquet"))
    table = pq.read_table(shard)
    pq.write_table(table.slice(0, table.num_rows // 2), shard)
    after = described_corpus(copy, tmp_path / "cache", 2, 0.5)
    assert len(after.values) < len(before.values)


def judge_config(corpus: Path, out: Path) -> JudgeTrainConfig:
    return JudgeTrainConfig(
        corpus=corpus,
        out=out,
        each=2,
        captions=2,
        model=CaptionJudgeConfig(WordsConfig(buckets=256), DualConfig(32, 16, 1), seconds=0.5),
        fit=DualFitConfig(loss="symmetric", epochs=20, batch_size=16, learning_rate=3e-3),
    )


def test_the_judge_finds_instruments_that_it_never_heard(corpus, tmp_path):
    told: list[dict[str, Any]] = []
    report = train_judge(judge_config(corpus, tmp_path / "run"), told.append)
    assert [line["step"] for line in told] == list(range(1, 21))
    assert report["test"]["chance_1"] == 0.25
    assert report["test"]["recall_1"] >= 0.75
    assert report["test"]["cosine"] > report["test"]["cosine_others"] + 0.2
    assert report["valid"]["recall_5"] == max(line["recall_5"] for line in told)
    judge = CaptionJudge.load(tmp_path / "run" / "model")
    assert judge.embed_text(["short bass"]).shape == (1, 16)


def test_the_same_seed_gives_the_same_judge(corpus, tmp_path):
    first, again = (
        train_judge(judge_config(corpus, tmp_path / name)) for name in ("first", "again")
    )
    assert first == again


def test_the_tagger_tells_families_and_thirds(corpus, cache, tmp_path):
    loop = LoopConfig(steps=60, batch_size=8, learning_rate=3e-3, ema=0.9, precision="32-true")
    config = TaggerTrainConfig(
        corpus=corpus, out=tmp_path / "tagger", cache=cache, each=2, hidden=16, seconds=0.5,
        loop=loop,
    )  # fmt: skip
    told = train_tagger(config)
    with pytest.raises(InputError, match="resume it"):
        train_tagger(config)
    again = train_tagger(dataclasses.replace(config, resume=True))
    assert again["test_family"] == told["test_family"]
    assert told["valid_family"] >= 0.75
    assert told["test_family"] >= 0.75
    assert told["test_decay_s"] >= 0.75
    tagger = Tagger.load(tmp_path / "tagger" / "model")
    assert [tags.name for tags in tagger.config.questions] == ["family", *TRAITS]


def test_what_cannot_be_learnt_from_is_refused(corpus, tmp_path):
    with pytest.raises(InputError, match="build a corpus"):
        described_corpus(tmp_path, tmp_path / "cache", 2, 0.5)
    empty = Described(**dict.fromkeys(Described.__annotations__, np.array([])))
    with pytest.raises(InputError, match="no sounds of the valid split"):
        empty.of_split("valid")
    with pytest.raises(InputError, match="each: 0"):
        JudgeTrainConfig(each=0)
