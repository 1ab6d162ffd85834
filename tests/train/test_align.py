from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.train import align_corpus, space_corpus
from trichord.audio.bands import GRID, picture
from trichord.errors import InputError
from trichord.space.clips import ClipConfig, PictureConfig, load_clip_space
from trichord.space.clips.loss import ClipLossConfig, ClipObjective
from trichord.space.heads import HeadConfig
from trichord.space.refiner import RefinerConfig, load_refiner
from trichord.space.text import SentenceConfig
from trichord.train import align_sketches
from trichord.train.align import AlignTrainConfig, load_data, train_align
from trichord.train.align_batches import AlignBatchConfig, AlignData, BatchSource, louder, tilted
from trichord.train.align_data import CaptionTable, PictureTable, caption_table, load_table
from trichord.train.align_pictures import PictureOptions, build_pictures, plan_clips, plan_notes
from trichord.train.align_refiner import RefinerTrainConfig
from trichord.train.align_report import agreement, figures, held_out_rows, sibling_sets
from trichord.train.align_text import TextRefitConfig, refit_text
from trichord.train.loop import LoopConfig


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpora")
    align_corpus.write_clips(folder / "clips")
    space_corpus.write_corpus(folder / "notes")
    return folder


@pytest.fixture(scope="module", autouse=True)
def patches() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(align_sketches, "SonicPiPatches", align_corpus.BeepPatches)
        yield


def tiny(corpora: Path, out: Path, *, steps: int = 4, resume: bool = False) -> AlignTrainConfig:
    loop = LoopConfig(
        steps=steps,
        batch_size=2,
        learning_rate=3e-3,
        warmup=1,
        log_every=1,
        valid_every=4,
        save_every=2,
        ema=0.5,
    )
    return AlignTrainConfig(
        corpus=corpora / "clips",
        notes=corpora / "notes",
        out=out,
        workers=1,
        resume=resume,
        pictures=PictureOptions(seconds=3.0, of_instrument=2),
        space=ClipConfig(
            sentence=SentenceConfig(kind="debug", sha256=None, dim=32),
            picture=PictureConfig(channels=(4, 8, 8), time_strides=(2, 2, 1), width=16, queries=2),
            audio_head=HeadConfig(hidden=32),
            text_head=HeadConfig(hidden=32),
        ),
        batch=AlignBatchConfig(siblings=6, notes=4, columns=(33, 24)),
        refiner=RefinerTrainConfig(RefinerConfig(channels=8, blocks=1), 24, loop),
        loop=loop,
        text=TextRefitConfig(steps=6, clips=8, notes=2, every=3),
    )


@pytest.fixture(scope="module")
def data(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> AlignData:
    return load_data(tiny(corpora, tmp_path_factory.mktemp("data")))


def test_every_sound_clip_has_its_picture(data: AlignData) -> None:
    clips = data.clips
    assert len(clips.names) == 84 == len(set(clips.names))
    assert "broken" not in clips.names
    assert clips.pictures.shape == (84, GRID.bands, 33)
    place = clips.names.index("t2-3")
    wave = align_corpus.rendered(align_corpus.tune(2, 3))
    expected = torch.from_numpy(picture(wave, align_corpus.RATE, seconds=3.0))
    assert (clips.pictures[place] - expected).abs().max() < 0.1  # 16 bits in FLAC and cache
    assert clips.split[place] == "train"
    assert len(clips.members("valid")) == 16


def test_a_sketch_stands_beside_its_own_clip(data: AlignData) -> None:
    assert data.sketches is not None
    real, sketched = data.clips.pictures.float(), data.sketches.float()
    assert sketched.shape == real.shape
    apart = torch.cdist(sketched.flatten(1), real.flatten(1))
    assert (apart.argmin(1) == torch.arange(len(real))).float().mean() > 0.6  # chance 1 / 84


def test_what_was_pictured_is_kept(corpora: Path, tmp_path: Path) -> None:
    shards = plan_clips(corpora / "clips", tmp_path, PictureOptions(seconds=3.0), GRID)
    told: list[tuple[str, int, int]] = []
    files = build_pictures(shards, 1, lambda *what: told.append(what))
    assert told == [("pictures", i, 3) for i in (1, 2, 3)]
    times = [file.stat().st_mtime_ns for file in files]
    files[1].unlink()
    assert build_pictures(shards, 1) == files
    assert [file.stat().st_mtime_ns == t for file, t in zip(files, times, strict=True)] == [
        True,
        False,
        True,
    ]
    sketches = align_sketches.build_sketches(shards, 1)
    times = [file.stat().st_mtime_ns for file in sketches]
    assert align_sketches.build_sketches(shards, 1) == sketches
    assert [file.stat().st_mtime_ns for file in sketches] == times


def test_large_families_are_taken_evenly(corpora: Path, tmp_path: Path) -> None:
    options = PictureOptions(seconds=3.0, of_template=5, single=7)
    shards = plan_clips(corpora / "clips", tmp_path, options, GRID)
    table = load_table(
        build_pictures(shards, 1), name="clip_id", family="template_id", sound="render_hash"
    )
    families = [name.partition("-")[0] for name in table.names]
    assert [families.count(f"t{i}") for i in range(6)] == [5] * 6
    assert sum(name.startswith("s") for name in families) == 7
    assert {"t0-0", "t0-5"} <= set(table.names)


def test_other_settings_have_other_pictures(corpora: Path, tmp_path: Path) -> None:
    one = plan_clips(corpora / "clips", tmp_path, PictureOptions(seconds=3.0), GRID)
    two = plan_clips(corpora / "clips", tmp_path, PictureOptions(seconds=2.0), GRID)
    assert not {shard.target for shard in one} & {shard.target for shard in two}


def test_a_folder_without_a_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no clips-\*\.parquet"):
        plan_clips(tmp_path, tmp_path, PictureOptions(), GRID)
    with pytest.raises(InputError, match=r"no notes-\*\.parquet"):
        plan_notes(tmp_path, tmp_path, PictureOptions(), GRID)


def test_captions_are_embedded_once(tmp_path: Path) -> None:
    class Counting:
        dim = 4
        asked: list[str] = []  # noqa: RUF012

        def embed(self, items: list[str]) -> torch.Tensor:
            self.asked += items
            return torch.tensor([[float(len(text))] * 4 for text in items])

    encoder: Any = Counting()
    file = tmp_path / "captions.safetensors"
    first = caption_table([["a", "bb", "ccc"], ["bb"]], encoder, file, 2)
    assert sorted(encoder.asked) == ["a", "bb"]
    second = caption_table([["bb"], ["dddd"]], encoder, file, 2)
    assert sorted(encoder.asked) == ["a", "bb", "dddd"]
    assert [first.vectors[list(rows)][:, 0].tolist() for rows in first.rows] == [[1, 2], [2]]
    assert [second.vectors[list(rows)][:, 0].tolist() for rows in second.rows] == [[2], [4]]


def test_sets_are_siblings_or_strangers_of_the_training_split(data: AlignData) -> None:
    source = BatchSource(data, AlignBatchConfig(siblings=6, notes=3, columns=(33,)))
    family, split = data.clips.family, data.clips.split
    seen: set[int] = set()
    for row in range(len(source.clips)):
        own = source._set(row := int(source.clips[row]), np.random.default_rng(row))
        assert own[0] == row
        assert len(set(own.tolist())) == 6
        assert {split[i] for i in own.tolist()} == {"train"}
        seen.add(len(family[own].unique()))
    assert seen == {1, 6}


def test_a_batch_follows_its_seed_and_its_shapes(data: AlignData) -> None:
    config = AlignBatchConfig(siblings=6, notes=3, columns=(24,))
    source = BatchSource(data, config)
    a, b, c = (source.batch(torch.tensor([0, 30]), np.random.default_rng(s)) for s in (1, 1, 2))
    assert a.first.shape == a.second.shape == (12, GRID.bands, 24)
    assert a.notes.shape == (3, GRID.bands, 24)
    assert a.sentences.shape == (15, 32)
    assert torch.equal(a.first, b.first)
    assert torch.equal(a.second, b.second)
    assert not torch.equal(a.first, c.first)
    assert not torch.equal(a.first, a.second)
    assert int(a.sound[12:].max()) < 0 <= int(a.sound[:12].min())


def test_without_sketches_another_excerpt_stands_in(data: AlignData) -> None:
    source = BatchSource(
        dataclasses.replace(data, sketches=None),
        AlignBatchConfig(siblings=6, notes=3, columns=(16,), gain_db=0, tilt_db=0),
    )
    batch = source.batch(torch.tensor([0]), np.random.default_rng(0))
    for row, other in zip(batch.first, batch.second, strict=True):
        whole = min(data.clips.pictures, key=lambda p: _nearest(p.float(), row))
        assert _nearest(whole.float(), row) < 1e-6
        assert _nearest(whole.float(), other) < 1e-6


def _nearest(whole: torch.Tensor, part: torch.Tensor) -> float:
    return min(float((whole[:, i : i + 16] - part).abs().max()) for i in range(whole.shape[1] - 15))


def test_silence_stays_silent_under_gain_and_tilt() -> None:
    pictures = torch.zeros(2, 108, 4)
    pictures[0] = 50
    gains = np.array([6.0, 6.0])
    assert torch.equal(louder(pictures, gains)[0], torch.full((108, 4), 56.0))
    assert torch.equal(louder(pictures, gains)[1], pictures[1])
    slope = tilted(pictures, gains)[0, :, 0]
    assert slope[-1] - slope[0] == pytest.approx(6.0, abs=1e-4)


def test_a_run_ends_with_models_that_load(corpora: Path, tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = []
    report = train_align(tiny(corpora, tmp_path), lines.append)
    assert json.loads((tmp_path / "report.json").read_text()) == report
    assert report["clips"] == 84
    assert report["notes"] == 32
    for name in ("sketch", "refined"):
        assert 0 <= report[f"{name}_overlap@3"] <= 1
        assert 0 <= report[f"{name}_R@10"] <= 1
    assert {"loss", "views", "text", "relation", "valid_refined_spearman"} <= set(lines[-1])
    space = load_clip_space(tmp_path / "model")
    refiner = load_refiner(tmp_path / "refiner" / "model")
    assert space.embed_picture(refiner.refine(torch.rand(1, 108, 33))).shape == (1, 128)


def test_a_killed_run_ends_the_same(corpora: Path, tmp_path: Path) -> None:
    whole = tiny(corpora, tmp_path / "whole")
    train_align(whole)

    class Killed(Exception):
        """Stands for the power cut."""

    def stop(line: dict[str, Any]) -> None:
        if line["step"] == 3:
            raise Killed

    cut = dataclasses.replace(whole, out=tmp_path / "cut")
    with pytest.raises(Killed):
        train_align(cut, stop)
    train_align(dataclasses.replace(cut, resume=True))
    for model in ("model", "refiner/model"):
        a, b = (tmp_path / run / model / "model.safetensors" for run in ("whole", "cut"))
        assert a.read_bytes() == b.read_bytes()


def test_agreement_knows_perfect_and_none() -> None:
    rng = np.random.default_rng(0)
    points = rng.standard_normal((40, 3))
    gold = np.linalg.norm(points[:, None] - points, axis=-1)
    sets = sibling_sets(torch.arange(40) // 20, rng, most=60)
    assert len(sets) == 60
    assert all(len(set((some // 20).tolist())) == 1 for some in sets)
    assert agreement(gold, gold * 2, sets) == {"overlap@3": 1, "spearman": 1, "triplets": 1}
    other = rng.standard_normal((40, 3))
    by_chance = agreement(gold, np.linalg.norm(other[:, None] - other, axis=-1), sets)
    assert by_chance["overlap@3"] == pytest.approx(0.3, abs=0.12)
    assert abs(by_chance["spearman"]) < 0.2
    assert by_chance["triplets"] == pytest.approx(0.5, abs=0.1)


def test_figures_of_a_space_that_sees_all(data: AlignData) -> None:
    """Sketches that are the real pictures agree fully and find their own sound."""
    rows = held_out_rows(data, "valid")
    assert {data.clips.split[i] for i in rows.tolist()} == {"valid"}
    space = load_clip_space("debug")
    same = dataclasses.replace(data, sketches=data.clips.pictures)
    told = figures(space, same, rows)
    assert told["sketch_spearman"] == pytest.approx(1)
    assert told["sketch_R@10"] == 1
    assert "refined_spearman" not in told


def test_siblings_are_told_apart_by_the_loss() -> None:
    objective = ClipObjective(ClipLossConfig(relation=0, text=0), siblings=3)
    vectors = torch.nn.functional.normalize(torch.eye(6, 8), dim=-1)
    text = torch.nn.functional.normalize(torch.ones(6, 8), dim=-1)
    pictures = 50 * torch.rand(6, 108, 16, generator=torch.Generator().manual_seed(0))

    def loss(first: torch.Tensor, second: torch.Tensor, sound: torch.Tensor) -> float:
        empty = torch.zeros(0, 8)
        told = objective(first, second, empty, text, torch.eye(6), sound, pictures)
        return float(told.total.detach())

    met = loss(vectors, vectors, torch.arange(6))
    assert met < 0.01 < loss(vectors, vectors.roll(1, 0), torch.arange(6))
    swapped = vectors[[1, 0, 2, 3, 4, 5]]
    one_sound = torch.tensor([0, 0, 2, 3, 4, 5])
    assert loss(vectors, swapped, one_sound) < loss(vectors, swapped, torch.arange(6))


def test_the_relation_is_nought_where_distances_keep_their_order() -> None:
    from trichord.space.clips.distance import picture_distances

    pictures = 50 * torch.rand(6, 108, 16, generator=torch.Generator().manual_seed(0))
    pictures[:, 40:] *= torch.linspace(0, 1, 6)[:, None, None]
    objective = ClipObjective(ClipLossConfig(text=0), siblings=6)
    aim = picture_distances(pictures)
    # Classical scaling: vectors whose cosine distances are an affine map of the aimed ones.
    gram = 1 - 0.2 * aim / aim.max()
    values, axes = torch.linalg.eigh(gram.double())
    exact = (axes * values.clamp(min=0).sqrt()).float()
    assert torch.allclose(1 - exact @ exact.T, 0.2 * aim / aim.max(), atol=1e-3)
    kept = float(objective._relation(exact, exact, pictures))
    mixed = float(objective._relation(exact[torch.tensor([3, 5, 0, 1, 2, 4])], exact, pictures))
    assert kept < 0.01 < 0.1 < mixed


def test_the_text_door_is_refitted_and_nothing_else(data: AlignData) -> None:
    """Captions that tell the clip; the head learns them while the sounds stand still."""
    words = torch.nn.functional.normalize(
        data.clips.pictures.float().mean(2)[:, 16:80:2] - 10, dim=-1
    )
    captions = CaptionTable(words, tuple((i,) for i in range(len(words))))
    told = dataclasses.replace(
        data, note_captions=CaptionTable(torch.eye(32), ((0,),) * len(data.notes.names))
    )
    space = load_clip_space("debug")
    valid = data.clips.members("train")
    config = TextRefitConfig(120, 48, 4, 3e-3, 2.0, 40)
    refitted = refit_text(space, told, captions, valid, config, 0)
    for name, before in space.state_dict().items():
        kept = torch.equal(before, refitted.state_dict()[name])
        assert kept == (not name.startswith("text_head")), name
    heard = space.embed_picture(data.clips.pictures[valid])
    firsts = [(door.text_head(words[valid]) @ heard.T).argmax(1) for door in (space, refitted)]
    right = [float((first == torch.arange(len(valid))).float().mean()) for first in firsts]
    assert right[1] > right[0] + 0.05
    untouched = refit_text(space, told, captions, valid, TextRefitConfig(0), 0)
    pairs = zip(space.parameters(), untouched.parameters(), strict=True)
    assert all(torch.equal(before, after) for before, after in pairs)


def test_too_few_clips_are_refused(data: AlignData) -> None:
    few = PictureTable(
        data.clips.names[:3],
        data.clips.pictures[:3],
        data.clips.family[:3],
        data.clips.sound[:3],
        data.clips.captions[:3],
        ("train",) * 3,
    )
    captions = CaptionTable(torch.zeros(1, 32), ((0,),) * 3)
    with pytest.raises(InputError, match="3 training clips: a set takes 8"):
        BatchSource(AlignData(few, captions, few, captions), AlignBatchConfig())
    with pytest.raises(InputError, match=r"batch\.siblings: 2"):
        AlignBatchConfig(siblings=2)
