"""Notes through the codec beside the recordings: which, whose, cached, mixed into batches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.train import space_corpus
from trichord.errors import InputError
from trichord.instrument.models import WEIGHTS
from trichord.space.debug import HashedWords
from trichord.space.features import FeatureConfig
from trichord.train import space_coded
from trichord.train.space_batches import BatchConfig, BatchSource, prompt_table
from trichord.train.space_coded import CodedConfig, CodedNotes, coded_notes
from trichord.train.space_data import NoteTable, build_cache, load_notes

GRID = FeatureConfig(bands=24, body=((4, 2), (4, 8)))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    space_corpus.write_corpus(folder, (50, 64))
    space_corpus.write_plan(folder, (range(8), range(8, 16)))
    return folder


@pytest.fixture(scope="module")
def notes(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> NoteTable:
    return load_notes(build_cache(corpus, tmp_path_factory.mktemp("cache"), GRID, 1))


@pytest.fixture(scope="module")
def coded(corpus: Path, notes: NoteTable, tmp_path_factory: pytest.TempPathFactory) -> CodedNotes:
    folder = tmp_path_factory.mktemp("coded")
    config = CodedConfig(codec=WEIGHTS / "codec", blocks=folder / "blocks", notes=1)
    first = coded_notes(notes, config, corpus, folder, GRID, 1)
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*.safetensors")}
    again = coded_notes(notes, config, corpus, folder, GRID, 1)
    assert first is not None
    assert again is not None
    assert torch.equal(first.images, again.images)
    assert {path: path.stat().st_mtime_ns for path in times} == times, "nothing is made twice"
    return first


def test_two_workers_decode_the_same(
    corpus: Path,
    notes: NoteTable,
    coded: CodedNotes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(space_coded, "_SHARD", 4)
    config = CodedConfig(codec=WEIGHTS / "codec", blocks=tmp_path / "blocks", notes=1)
    found = coded_notes(notes, config, corpus, tmp_path, GRID, 2)
    assert found is not None
    assert len(list(tmp_path.glob("coded-*/*.safetensors"))) == 2
    assert torch.equal(found.images, coded.images)
    assert torch.equal(found.lengths, coded.lengths)


def test_only_training_instruments_are_heard_so(coded: CodedNotes, notes: NoteTable) -> None:
    splits = [notes.instruments[int(notes.owner[row])].split for row in coded.note]
    assert splits == ["train"] * len(notes.members("train"))


def test_a_coded_note_is_nearest_to_a_recording_of_its_kind(
    coded: CodedNotes, notes: NoteTable
) -> None:
    def flat(images: torch.Tensor) -> torch.Tensor:
        level = images[:, 0].float().flatten(1)
        return torch.nn.functional.normalize(level - level.mean(1, keepdim=True), dim=1)

    likeness = flat(coded.images) @ flat(notes.images[coded.note]).T
    families = [notes.instruments[int(notes.owner[row])].family for row in coded.note]
    heard = [families[i] for i in likeness.argmax(1).tolist()]
    right = np.mean([a == b for a, b in zip(heard, families, strict=True)])
    assert right > 0.8, "chance is one in four"


def test_no_codec_no_coded_notes(corpus: Path, notes: NoteTable, tmp_path: Path) -> None:
    assert coded_notes(notes, CodedConfig(), corpus, tmp_path, GRID, 1) is None


def test_a_batch_holds_as_many_of_them_as_was_asked(coded: CodedNotes, notes: NoteTable) -> None:
    marked = CodedNotes(torch.full_like(coded.images, 255), coded.lengths, coded.note)
    prompts = prompt_table(notes.instruments, HashedWords(32), 2, 0)
    still = BatchConfig(notes=4, cut=0, noise=0, tilt_db=0, colour_db=0, low_pass=0, paraphrases=2)
    for share in (0.0, 0.5, 1.0):
        source = BatchSource(notes, prompts, still, marked, share)
        rows = torch.arange(len(source.instruments)).repeat(10)
        batch = source.batch(rows, np.random.default_rng(0))
        full = (batch.images[:, 1, :2].mean((1, 2)) == 1).float().mean()
        assert full.item() == pytest.approx(share, abs=0.1)
        assert torch.equal(batch.owner, torch.arange(len(rows)).repeat_interleave(4))


def test_a_share_beyond_one_is_refused() -> None:
    with pytest.raises(InputError, match=r"coded.share is 1.5"):
        CodedConfig(share=1.5)
