from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.train import space_corpus
from trichord.errors import InputError
from trichord.space.audio import AudioConfig
from trichord.space.features import FeatureConfig
from trichord.space.heads import HeadConfig
from trichord.space.joint import JointSpace, SpaceConfig, sentence_encoder
from trichord.space.prior import PriorConfig
from trichord.space.text import SentenceConfig
from trichord.train.loop import LoopConfig, generator_for
from trichord.train.space import SpaceTask, SpaceTrainConfig, train_space
from trichord.train.space_batches import BatchConfig, disturb, prompt_table
from trichord.train.space_data import NoteTable, as_images, build_cache, load_notes
from trichord.train.space_finish import FinishConfig, choose_prior
from trichord.train.space_report import instrument_means
from trichord.train.space_text import TextConfig, refit_text

GRID = FeatureConfig(bands=24, body=((4, 2), (4, 8)))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    space_corpus.write_corpus(folder)
    return folder


@pytest.fixture(scope="module")
def notes(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> NoteTable:
    return load_notes(build_cache(corpus, tmp_path_factory.mktemp("cache"), GRID, 1))


def tiny(corpus: Path, out: Path, steps: int = 12, *, resume: bool = False) -> SpaceTrainConfig:
    return SpaceTrainConfig(
        corpus=corpus,
        out=out,
        workers=1,
        resume=resume,
        space=SpaceConfig(
            dim=16,
            sentence=SentenceConfig("debug", sha256=None, dim=32),
            grid=GRID,
            audio=AudioConfig(channels=(4, 8, 8), width=16, queries=2),
            text_head=HeadConfig(hidden=32),
            audio_head=HeadConfig(hidden=32),
            prior=PriorConfig("none"),
        ),
        batch=BatchConfig(notes=2, paraphrases=6),
        finish=FinishConfig(
            neighbours=(1, 2),
            temperatures=(0.1,),
            learned_steps=10,
            text=TextConfig(steps=30, batch_size=16, distracted=2, head=HeadConfig(hidden=32)),
        ),
        loop=LoopConfig(
            steps=steps,
            batch_size=6,
            learning_rate=5e-3,
            warmup=2,
            log_every=1,
            valid_every=6,
            save_every=4,
            precision="bf16-mixed",
        ),
    )


def lines(out: Path) -> list[dict[str, Any]]:
    return [
        {k: v for k, v in json.loads(line).items() if k != "steps_per_second"}
        for line in (out / "metrics.jsonl").read_text().splitlines()
    ]


def test_the_cache_holds_every_note_once(corpus: Path, notes: NoteTable, tmp_path: Path) -> None:
    assert len(notes.note_ids) == 48 == len(set(notes.note_ids))
    assert notes.note_ids[0] == "organ-0-50"
    assert notes.images.shape[0] == 48
    assert len(notes.instruments) == 16
    assert len(notes.members("train")) == 8
    owner = notes.instruments[int(notes.owner[-1])]
    assert (owner.instrument_id, owner.family, owner.split) == ("flute-3", "flute", "test")
    assert notes.pitch[:3].tolist() == [50, 57, 64]
    done = build_cache(corpus, tmp_path, GRID, 1)
    written = [file.stat().st_mtime_ns for file in done]
    done[1].unlink()
    again = build_cache(corpus, tmp_path, GRID, 1)
    assert again[0].stat().st_mtime_ns == written[0]
    assert torch.equal(load_notes(again).images, notes.images)


def test_two_workers_hear_the_same(corpus: Path, notes: NoteTable, tmp_path: Path) -> None:
    found = load_notes(build_cache(corpus, tmp_path, GRID, 2))
    assert found.note_ids == notes.note_ids
    assert torch.equal(found.images, notes.images)


def test_another_corpus_with_shards_of_the_same_names_is_heard_anew(tmp_path: Path) -> None:
    for pitch in (52, 61):
        space_corpus.write_corpus(tmp_path / "corpus", (pitch,))
        heard = load_notes(build_cache(tmp_path / "corpus", tmp_path / "cache", GRID, 1))
        assert set(heard.pitch.tolist()) == {pitch}


def test_a_folder_without_a_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no notes-\*\.parquet"):
        build_cache(tmp_path, tmp_path / "cache", GRID, 1)


@pytest.fixture(scope="module")
def finished(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    out = tmp_path_factory.mktemp("runs") / "whole"
    return out, train_space(tiny(corpus, out))


def test_a_tiny_run_ends_in_a_usable_space(finished: tuple[Path, dict[str, Any]]) -> None:
    out, report = finished
    space = JointSpace.load(out / "space")
    text = space.embed_text(["bright organ", "short bass"])
    sound = space.embed_audio([space_corpus.note("organ", 3, 60)], 44100)
    assert space.text_to_audio(text).shape == (2, 16)
    assert sound.shape == (1, 16)
    assert report == json.loads((out / "report.json").read_text())
    assert {row["method"] for row in report["priors_on_valid"]} == {"none", "neighbours", "learned"}
    assert report["notes"] == 48
    assert 0 <= report["test"]["note_sound_R@1"] <= 1


def test_the_loss_falls(finished: tuple[Path, dict[str, Any]]) -> None:
    told = lines(finished[0])
    assert np.mean([line["loss"] for line in told[-3:]]) < 0.8 * told[0]["loss"]
    assert told[-1]["text_scale"] != told[0]["text_scale"]


def test_vectors_stand_in_corpus_order(
    finished: tuple[Path, dict[str, Any]], notes: NoteTable
) -> None:
    from safetensors.torch import load_file

    out, _ = finished
    vectors = load_file(out / "vectors.safetensors")["vectors"]
    assert vectors.dtype == torch.float16
    assert tuple(json.loads((out / "note_ids.json").read_text())) == notes.note_ids
    space = JointSpace.load(out / "space")
    place = notes.note_ids.index("bass-1-57")
    wave = space_corpus.note("bass", 1, 57)
    assert float(space.embed_audio([wave], 44100)[0] @ vectors[place].float()) > 0.99


def test_a_stopped_run_resumes_to_the_same_figures(
    corpus: Path, finished: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    class StopError(Exception):
        pass

    def stop(line: dict[str, Any]) -> None:
        if line["step"] == 7:
            raise StopError

    with pytest.raises(StopError):
        train_space(tiny(corpus, tmp_path), on_report=stop)
    report = train_space(tiny(corpus, tmp_path, resume=True))
    assert lines(tmp_path) == lines(finished[0])
    assert report == finished[1]


def test_the_text_head_is_fitted_again_and_the_audio_door_left_alone(
    corpus: Path, notes: NoteTable
) -> None:
    space = JointSpace(tiny(corpus, corpus).space).eval()
    prompts = prompt_table(notes.instruments, space.sentences, 6, 0)
    generator = torch.Generator().manual_seed(0)
    means = torch.nn.functional.normalize(torch.randn(16, 16, generator=generator), dim=1)
    config = TextConfig(steps=80, batch_size=32, distracted=2, head=HeadConfig(dropout=0))
    fitted = refit_text(space, means, notes, prompts, config, 0)
    again = refit_text(space, means, notes, prompts, config, 0)
    wave = [space_corpus.note("bell", 0, 60)]
    assert torch.equal(fitted.embed_audio(wave, 44100), space.embed_audio(wave, 44100))
    asked = ["bright organ", "bright bell"]
    assert torch.equal(fitted.embed_text(asked), again.embed_text(asked))
    members = notes.members("train")
    found = (fitted.embed_text(asked) @ means[members].T).argmax(1).tolist()
    named = [notes.instruments[members[i]].instrument_id for i in found]
    assert named == ["organ-0", "bell-0"]
    assert refit_text(space, means, notes, prompts, TextConfig(steps=0), 0) is space


def test_the_kept_prior_obeys_the_recipe(corpus: Path, notes: NoteTable) -> None:
    space = JointSpace(tiny(corpus, corpus).space).eval()
    prompts = prompt_table(notes.instruments, space.sentences, 2, 0)
    means = instrument_means(torch.ones(48, 16), notes.owner, 16)
    config = FinishConfig((1, 2, 4), (0.1,), learned_steps=1, keep="neighbours", keep_at_most=2)
    kept, compared = choose_prior(space, means, notes, prompts, config, 0)
    assert kept.config.prior.method == "neighbours"
    assert kept.config.prior.neighbours <= 2
    assert len(compared) == 1 + 3 + 3


def test_batches_are_pure_functions_of_the_generator(corpus: Path, notes: NoteTable) -> None:
    config = tiny(corpus, corpus)
    encoder = sentence_encoder(config.space.sentence)
    task = SpaceTask(config, notes, prompt_table(notes.instruments, encoder, 6, 0))
    a, b, c = (task.batch(torch.arange(6), generator_for(0, 2, step)) for step in (5, 5, 6))
    assert torch.equal(a.images, b.images)
    assert torch.equal(a.sentences, b.sentences)
    assert not torch.equal(a.sentences, c.sentences) or not torch.equal(a.images, c.images)
    assert a.images.shape[0] == 12
    assert a.owner.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert a.twins.sum() == 0
    twins = dataclasses.replace(notes.instruments[0], group=notes.instruments[1].group)
    doubled = dataclasses.replace(notes, instruments=(twins, *notes.instruments[1:]))
    task = SpaceTask(config, doubled, prompt_table(notes.instruments, encoder, 6, 0))
    batch = task.batch(torch.arange(6), generator_for(0, 2, 5))
    assert batch.twins[0, 1]
    assert batch.twins[1, 0]
    assert batch.twins.sum() == 2


def test_disturbed_notes_stay_images(notes: NoteTable) -> None:
    config = BatchConfig(cut=1.0, noise=1.0, low_pass=1.0)
    before = as_images(notes.images)
    images, lengths = disturb(before.clone(), notes.lengths, config, np.random.default_rng(0))
    assert images.min() >= 0
    assert images.max() <= 1
    assert images.shape[2] == int(lengths.max())
    assert (lengths <= notes.lengths).all()
    assert (lengths < notes.lengths).any()
    for image, length in zip(images, lengths.tolist(), strict=True):
        assert image[:, length:].sum() == 0
    calm = BatchConfig(cut=0, noise=0, low_pass=0, tilt_db=0, colour_db=0)
    same, lengths = disturb(before.clone(), notes.lengths, calm, np.random.default_rng(0))
    assert torch.equal(lengths, notes.lengths)
    inside = torch.arange(same.shape[2]) < lengths[:, None]
    kept = before[:, :, : same.shape[2]] * inside[:, None, :, None]
    loudest = kept[:, :1].amax((2, 3), keepdim=True)  # 254 or 255 of 255 after rounding
    assert (same[:, 0] - kept[:, 0]).abs().max() <= float(1 - loudest.min()) + 1e-6


def test_impossible_runs_are_refused(corpus: Path) -> None:
    config = tiny(corpus, corpus)
    with pytest.raises(InputError, match="batch_size is 1"):
        dataclasses.replace(config, loop=dataclasses.replace(config.loop, batch_size=1))
    with pytest.raises(InputError, match=r"batch\.notes is 1"):
        BatchConfig(notes=1)
