"""Clips to tokens, and the clip model on them, on a corpus of a few synthetic clips."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.train import align_corpus
from trichord.codec import load_codec
from trichord.codec.general import GeneralCodec, GeneralCodecConfig
from trichord.data.plan import PLAN_FORMAT
from trichord.errors import InputError
from trichord.lm import CodecLM, LMConfig
from trichord.space.text import SentenceConfig
from trichord.train import clip_tokens
from trichord.train.captions import Captions
from trichord.train.clip import ClipTrainConfig, train_clip
from trichord.train.clip_tokens import ClipTokensConfig, write_clip_tokens
from trichord.train.crops import CropsConfig, choose_rows, load_crops
from trichord.train.lm import LMTrainConfig
from trichord.train.loop import LoopConfig
from trichord.train.tokens import TRAIN, VALID, TokenSet


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips in three shards, with the plan that says so."""
    folder = tmp_path_factory.mktemp("clips")
    align_corpus.write_clips(folder)
    shards = [{"file": path.name} for path in sorted(folder.glob("*.parquet"))]
    plan = {"format": PLAN_FORMAT, "options": {"kind": "programs"}, "shards": shards}
    (folder / "plan.json").write_text(json.dumps(plan))
    (folder / "report.json").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def source(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> ClipTokensConfig:
    """Settings with a tiny codec and the debug space."""
    folder = tmp_path_factory.mktemp("codec")
    torch.manual_seed(0)
    codec = GeneralCodec(GeneralCodecConfig.debug())
    for name, entries in codec.named_buffers():
        if name.endswith("entries"):
            entries.normal_()
    codec.save(folder)
    return ClipTokensConfig(
        clips=corpus,
        codec=str(folder),
        space="debug",
        train_clips=20,
        valid_clips=6,
        seconds=1.0,
        codebooks=2,
        workers=1,
        sentence=SentenceConfig(kind="debug", sha256=None, dim=32),
    )


@pytest.fixture(scope="module")
def tokens(
    source: ClipTokensConfig, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, TokenSet]:
    """The folder of tokens, written once."""
    folder = tmp_path_factory.mktemp("tokens") / "tokens"
    return folder, write_clip_tokens(source, folder)


def test_templates_take_turns_and_faulty_clips_are_left_out(corpus: Path) -> None:
    rows = choose_rows(corpus, "template_id", "train", 12, np.random.default_rng(0))
    assert len(set(rows)) == 12
    everything = choose_rows(corpus, "template_id", "train", 999, np.random.default_rng(0))
    assert len(everything) == 4 * 12 + 8  # four templates of twelve, eight single, none faulty
    assert everything[:12] == rows


def test_crops_are_the_clips_own_samples(corpus: Path, tmp_path: Path) -> None:
    config = CropsConfig(corpus, None, tmp_path, train_clips=5, valid_clips=2, seconds=1.0)
    train, valid = load_crops(config, 32000, 1)
    assert (train.shape, valid.shape) == ((5, 32000), (2, 32000))
    assert all(np.abs(row).max() > 1000 for row in train)
    again, _ = load_crops(config, 32000, 1)
    np.testing.assert_array_equal(train, again)


def test_two_workers_cut_the_same(corpus: Path, tmp_path: Path) -> None:
    config = CropsConfig(corpus, None, tmp_path / "one", train_clips=20, seconds=1.0)
    one = load_crops(config, 32000, 1)
    two = load_crops(dataclasses.replace(config, cache=tmp_path / "two"), 32000, 2)
    for left, right in zip(one, two, strict=True):
        np.testing.assert_array_equal(left, right)


def test_two_excerpts_of_each_clip(tokens: tuple[Path, TokenSet], source: ClipTokensConfig) -> None:
    folder, made = tokens
    assert made.codes.shape == (52, 2, 25)
    assert (made.split == TRAIN).sum() == 40
    assert (made.split == VALID).sum() == 12
    assert bool((made.pitch < 0).all())
    assert made.instrument.unique(return_counts=True)[1].tolist() == [2] * 26
    read = TokenSet.read(folder)
    assert torch.equal(read.frames(torch.arange(52)), made.frames(torch.arange(52)))
    parts = sorted((folder / "parts").glob("*.safetensors"))
    assert len(parts) == 3
    codec = load_codec(source.codec)
    assert int(made.frames(torch.arange(52)).max()) < codec.cardinality


def test_vectors_come_through_both_doors(tokens: tuple[Path, TokenSet]) -> None:
    _, made = tokens
    joint = made.joint.float()
    torch.testing.assert_close(joint.norm(dim=1), torch.ones(52), atol=1e-2, rtol=0)
    pairs = joint.unflatten(0, (26, 2))
    alike = (pairs[:, 0] - pairs[:, 1]).norm(dim=1) < 1e-3
    assert 0 < int(alike.sum()) < 26, "some clips have one excerpt by sound and one by words"


def test_captions_lie_beside_them(tokens: tuple[Path, TokenSet]) -> None:
    captions = Captions.read(tokens[0])
    drawn = captions.draw(torch.arange(26), torch.Generator().manual_seed(0))
    assert all("beeps" in captions.sentences[i] for i in drawn.tolist())


def test_a_stopped_run_goes_on(
    tokens: tuple[Path, TokenSet], source: ClipTokensConfig, tmp_path: Path
) -> None:
    _, made = tokens
    own = tmp_path / "tokens"
    write_clip_tokens(source, own)
    parts = sorted((own / "parts").glob("*.safetensors"))
    kept = parts[0].stat().st_mtime_ns
    parts[1].unlink()
    (own / "meta.json").unlink()
    again = write_clip_tokens(source, own)
    assert parts[0].stat().st_mtime_ns == kept, "what was there is not made again"
    rows = torch.arange(52)
    assert torch.equal(again.frames(rows), made.frames(rows))


def test_two_workers_encode_the_same(
    tokens: tuple[Path, TokenSet], source: ClipTokensConfig, tmp_path: Path
) -> None:
    _, made = tokens
    found = write_clip_tokens(dataclasses.replace(source, workers=2), tmp_path / "tokens")
    assert torch.equal(found.codes, made.codes)
    assert torch.equal(found.joint, made.joint)


def test_a_worker_that_is_this_process_gives_its_threads_back(
    source: ClipTokensConfig, tmp_path: Path
) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        write_clip_tokens(source, tmp_path / "tokens")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("part", ["codec", "space"])
def test_parts_of_another_model_are_refused(
    part: str, source: ClipTokensConfig, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.safetensors").write_bytes(b"one")
    config = dataclasses.replace(source, **{part: str(model)})
    clip_tokens._keep_settings(config, tmp_path)
    clip_tokens._keep_settings(config, tmp_path)
    (model / "model.safetensors").write_bytes(b"another")
    with pytest.raises(InputError, match="another codec or space"):
        clip_tokens._keep_settings(config, tmp_path)


def test_what_does_not_fit_is_refused(
    tokens: tuple[Path, TokenSet], source: ClipTokensConfig, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="other settings"):
        write_clip_tokens(dataclasses.replace(source, seed=5), tokens[0])
    with pytest.raises(InputError, match=r"codebooks is 9 and .* has 3"):
        write_clip_tokens(dataclasses.replace(source, codebooks=9), tmp_path)
    with pytest.raises(InputError, match=r"source\.text_door is 2"):
        dataclasses.replace(source, text_door=2.0)
    with pytest.raises(InputError, match=r"source\.seconds"):
        dataclasses.replace(source, seconds=0.0)


def test_the_clip_model_trains_on_them(
    tokens: tuple[Path, TokenSet], source: ClipTokensConfig, tmp_path: Path
) -> None:
    loop = LoopConfig(
        steps=2, batch_size=4, log_every=1, valid_every=2, save_every=2, warmup=1, ema=0.0
    )
    lm = LMTrainConfig(
        tokens=tokens[0],
        out=tmp_path / "run",
        scheme="baseline",
        text=True,
        valid_notes=4,
        model=LMConfig.debug(text_tokens=8),
        loop=loop,
    )
    figures = train_clip(ClipTrainConfig(source, lm))
    assert np.isfinite(figures["valid_loss_text"])
    model = CodecLM.load(tmp_path / "run" / "model")
    assert (model.config.text_dim, model.config.max_frames) == (32, 25)
    liking = dataclasses.replace(lm, model=LMConfig.debug(like_frames=4))
    with pytest.raises(InputError, match="like_frames is 4"):
        ClipTrainConfig(source, liking)


def test_tokens_that_stand_are_those_of_the_settings(
    tokens: tuple[Path, TokenSet], source: ClipTokensConfig
) -> None:
    lm = LMTrainConfig(tokens=tokens[0], scheme="baseline", text=True)
    other = dataclasses.replace(source, text_door=0.25)
    with pytest.raises(InputError, match="other settings"):
        train_clip(ClipTrainConfig(other, lm))
