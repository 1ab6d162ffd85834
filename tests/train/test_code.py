from __future__ import annotations

import dataclasses
import json
import math
import random
from pathlib import Path

import pytest
import torch

from trichord.errors import InputError
from trichord.livecode.code_network import CodeConfig
from trichord.livecode.code_tower import load_code_tower
from trichord.livecode.reader import read
from trichord.train.code import CodeTask, CodeTrainConfig, chosen
from trichord.train.code_batches import SIBLINGS, Units, assemble
from trichord.train.code_figures import agreement, figures, recall, sibling_sets
from trichord.train.code_loss import CodeLossConfig, code_losses
from trichord.train.code_sets import CodeTable, cached_readings, join, kept, levels, only
from trichord.train.code_targets import band_listener, with_targets
from trichord.train.loop import LoopConfig, fit

SMALL = CodeConfig(names=8, effects=8, hidden=16, channels=(4, 8, 8))


def program(family: int, variant: int) -> str:
    return f"{2 + family % 3}.times do\n play {50 + 4 * family + variant}\n sleep 0.5\nend"


def table(families: int = 6, size: int = 12) -> CodeTable:
    """Families of siblings, the last one for validation; pictures with a bar where the note is."""
    codes = [program(f, v) for f in range(families) for v in range(size)]
    pictures = torch.zeros(len(codes), 108, 194)
    for row in range(len(codes)):
        note = 50 + 4 * (row // size) + row % size
        pictures[row, note - 20, : 5 * (2 + row // size % 3)] = 50.0
    vectors = torch.nn.functional.normalize(pictures.mean(-1)[:, 20:84], dim=1)
    last = families - 1
    return CodeTable(
        [read(code) for code in codes],
        kept(pictures),
        torch.cat([vectors, torch.zeros(len(codes), 64)], dim=1),
        torch.arange(len(codes)) // size,
        torch.arange(len(codes)),
        tuple("valid" if row // size == last else "train" for row in range(len(codes))),
    )


@pytest.fixture(scope="module")
def programs() -> CodeTable:
    return table()


def config(folder: Path, steps: int = 6) -> CodeTrainConfig:
    loop = LoopConfig(
        steps=steps, batch_size=3, warmup=1, log_every=2, valid_every=4, save_every=3,
        precision="32-true", learning_rate=3e-3,
    )  # fmt: skip
    return CodeTrainConfig(out=folder, model=SMALL, loop=loop)


def test_levels_are_kept_to_a_third_of_a_decibel() -> None:
    pictures = torch.rand(3, 108, 194) * 80
    assert (levels(kept(pictures)) - pictures).abs().max() < 1 / 6 + 1e-4


def test_a_template_counts_for_no_more_groups_than_it_may() -> None:
    families = [torch.arange(100), torch.tensor([100]), torch.tensor([101, 102])]
    units = Units(families, most=5)
    assert len(units) == 7
    rows = units.rows(range(7), random.Random(1))
    assert rows[5 * SIBLINGS :] == [100, 101, 102]
    assert all(row < 100 for row in rows[: 5 * SIBLINGS])
    assert len({*rows[:SIBLINGS]}) == SIBLINGS


def test_structures_are_whole_families(programs: CodeTable, tmp_path: Path) -> None:
    few = chosen(programs, dataclasses.replace(config(tmp_path), structures=2))
    assert [len(rows) for rows in few] == [12, 12]
    assert len(chosen(programs, config(tmp_path))) == 5


def test_the_truth_has_no_loss_but_that_of_contrast(programs: CodeTable) -> None:
    batch = assemble(programs, [0, 1, 2, 15])
    terms = code_losses(batch.vectors, batch.pictures, batch, CodeLossConfig())
    for name in ("picture", "blurred", "cosine", "relations"):
        assert float(terms[name]) == pytest.approx(0, abs=1e-5)
    worse = code_losses(-batch.vectors, batch.pictures + 1, batch, CodeLossConfig())
    assert float(worse["total"]) > float(terms["total"]) + 1


def test_contrast_takes_no_twin_for_a_stranger(programs: CodeTable) -> None:
    rows = [0, 20, 40]
    batch = assemble(programs, rows)
    vectors = torch.eye(3, 128)
    apart = dataclasses.replace(batch, vectors=vectors)
    read_ = torch.stack([vectors[0], vectors[0], vectors[2]])  # the second is taken for the first
    told = code_losses(read_, batch.pictures, apart, CodeLossConfig())
    same = dataclasses.replace(apart, sound=torch.tensor([7, 7, 9]))
    twins = code_losses(read_, batch.pictures, same, CodeLossConfig())
    assert float(twins["contrast"]) < float(told["contrast"])
    strangers = math.log(1 + 2 * math.exp(-1 / 0.07))
    own = code_losses(vectors, batch.pictures, apart, CodeLossConfig(contrast=1.0))
    assert float(own["contrast"]) == pytest.approx(strangers, abs=1e-4)


def test_siblings_alone_are_held_against_each_other(programs: CodeTable) -> None:
    batch = assemble(programs, [0, 20, 40])
    terms = code_losses(batch.vectors.flip(0), batch.pictures, batch, CodeLossConfig())
    assert float(terms["relations"]) == 0.0


def test_figures_of_truth_and_of_chance() -> None:
    truth = torch.randn(60, 16, generator=torch.Generator().manual_seed(3)).double()
    noise = torch.randn(60, 16, generator=torch.Generator().manual_seed(4)).double()
    assert agreement(truth[:10].numpy(), truth[:10].numpy(), cosine=True) == pytest.approx(
        {"overlap": 1.0, "spearman": 1.0, "triplets": 1.0}
    )
    told = agreement(noise[:10].numpy(), truth[:10].numpy(), cosine=False)
    assert abs(told["spearman"]) < 0.5
    assert recall(truth, truth, 0) == 1.0
    assert recall(noise, truth, 0) < 0.5


def test_sets_of_siblings_are_of_one_family(programs: CodeTable) -> None:
    (some, more) = sibling_sets(programs, "valid", 2, seed=1)
    assert len({*some}) == 10
    assert {int(programs.family[row]) for row in [*some, *more]} == {5}


def test_tables_are_joined_with_their_families_apart(programs: CodeTable) -> None:
    few = only(programs, torch.tensor([0, 1, 30]))
    both = join([few, few])
    assert len(both) == 6
    assert both.family[:3].tolist() == [0, 0, 2]
    assert not {*both.family[:3].tolist()} & {*both.family[3:].tolist()}
    with pytest.raises(InputError, match="no programs"):
        join([])


def test_programs_are_read_once(tmp_path: Path) -> None:
    codes = [program(0, 0), program(1, 3)]
    first = cached_readings(codes, tmp_path, workers=1)
    (kept_,) = tmp_path.glob("readings-*.npz")
    written = kept_.stat().st_mtime_ns
    again = cached_readings(codes, tmp_path, workers=1)
    assert kept_.stat().st_mtime_ns == written
    assert [r.names.tolist() for r in again] == [r.names.tolist() for r in first]
    cached_readings(codes[:1], tmp_path, workers=1)
    assert len([*tmp_path.glob("readings-*.npz")]) == 2


def test_a_tower_learns_and_is_written(programs: CodeTable, tmp_path: Path) -> None:
    task = CodeTask(config(tmp_path / "run", steps=30), programs)
    before = figures(task.model, programs, "valid")
    fit(task, task.config.loop, task.config.out, settings={})
    lines = [json.loads(x) for x in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert lines[-1]["valid_picture_error"] < 0.9 * before["picture_error"]
    assert {"valid_overlap", "valid_spearman", "valid_recall10"} <= lines[-1].keys()
    tower = load_code_tower(tmp_path / "run" / "model")
    assert tower.embed([program(0, 0)]).shape == (1, 128)
    begun = CodeTask(
        dataclasses.replace(config(tmp_path), start=tmp_path / "run" / "model"), programs
    )
    torch.testing.assert_close(
        begun.model.power.weight, tower.network.power.weight.detach(), atol=1e-6, rtol=0
    )


def test_what_is_taught_is_what_a_listener_hears(programs: CodeTable, tmp_path: Path) -> None:
    pictures = programs.pictures.clone()
    pictures[1] = pictures[0]
    bare = dataclasses.replace(programs, pictures=pictures, vectors=torch.empty(len(programs), 0))
    assert with_targets([bare], "none", tmp_path).vectors.shape == (len(bare), 0)
    told = with_targets([bare], "bands", tmp_path)
    assert told.vectors.shape == (len(bare), 3 * (108 + 1))
    torch.testing.assert_close(told.vectors.norm(dim=1), torch.ones(len(bare)))
    same, other = told.vectors[0] @ told.vectors[1], told.vectors[0] @ told.vectors[2]
    assert float(same) == pytest.approx(1.0)
    assert float(other) < 0.9
    assert len([*tmp_path.glob("vectors-*.safetensors")]) == 1
    again = with_targets([bare], "bands", tmp_path)
    assert torch.equal(again.vectors, told.vectors)
    # The tower becomes as wide as what it is taught.
    task = CodeTask(config(tmp_path / "run", steps=2), told)
    fit(task, task.config.loop, task.config.out, settings={})
    tower = tmp_path / "run" / "model"
    assert load_code_tower(tower).dim == told.vectors.shape[1]
    with pytest.raises(InputError, match=r"327 entries, those that are taught 128\); give --start"):
        CodeTask(dataclasses.replace(task.config, start=tower), programs)


def test_the_scale_of_bands_is_that_of_the_training_programs(programs: CodeTable) -> None:
    held = torch.tensor([split == "valid" for split in programs.split])
    louder = programs.pictures.clone()
    louder[held] = louder[held] // 2
    shifted = dataclasses.replace(programs, pictures=louder)
    assert band_listener(shifted)[1] == band_listener(programs)[1]
