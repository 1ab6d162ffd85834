from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from tests.studies.regularisation.stand_in import open_study
from trichord.errors import InputError
from trichord.progress import Progress
from trichord.studies.regularisation.cells import GROUPS, NONE, PAPER, Cell, in_order
from trichord.studies.regularisation.contents import study_regularisation
from trichord.studies.regularisation.figures import losses_of
from trichord.studies.regularisation.making import heard_name, stands
from trichord.studies.regularisation.study import RegularisationOptions
from trichord.studies.regularisation.tables import difference, heard_table, read_table
from trichord.train.schedule import Order


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trichord.studies.regularisation.agreement._EACH", 2)
    monkeypatch.setattr("trichord.studies.regularisation.runs._MOST", 3)


def test_every_setting_has_a_name_of_its_own_and_a_run_without() -> None:
    cells = {cell for group in GROUPS.values() for cell in group}
    assert len({cell.name for cell in cells}) == len(cells)
    assert len({cell.said for cell in cells}) == len(cells)
    for cell in cells:
        assert cell.without.weight == 0
        assert (cell.without.ratio, cell.without.batch_size) == (cell.ratio, cell.batch_size)
    assert PAPER.said == "λ = 3"
    assert dataclasses.replace(PAPER, steps="all", centre="centred").said == (
        "λ = 3, all steps, centred"
    )


def test_cells_come_once_with_every_seed() -> None:
    wanted = list(in_order(list(GROUPS), 3))
    assert len(wanted) == len(set(wanted))
    assert wanted[:4] == [(NONE, 0), (NONE, 1), (NONE, 2), (PAPER, 0)]


def test_settings_of_a_seed_see_the_same_notes(tmp_path: Path) -> None:
    runs = open_study(tmp_path).runs
    one, other = runs.config(Cell(batch_size=16), 1), runs.config(Cell(batch_size=32), 1)
    assert one.loop.steps * 16 == other.loop.steps * 32 == 64
    drawn = [
        np.concatenate([Order(50, c.loop.batch_size, 1)(s) for s in range(c.loop.steps)])
        for c in (one, other)
    ]
    assert np.array_equal(*drawn)


def test_the_study_goes_on_where_it_stopped(tmp_path: Path) -> None:
    options = open_study(tmp_path, only="steps", most_runs=2).options
    report = study_regularisation(options, Progress())
    assert report == {"steps": []}
    kept = {p.name: p.read_bytes() for p in (options.out / "runs").glob("*/*.json")}
    assert len(kept) == 2
    page = (options.out / "regularisation.md").read_text()
    assert "Not trained yet: λ = 3; λ = 3, all steps." in page
    study_regularisation(dataclasses.replace(options, most_runs=0), Progress())
    after = {p.name: p.read_bytes() for p in (options.out / "runs").glob("*/*.json")}
    assert len(after) == 6
    assert {name: after[name] for name in kept} == kept
    table = json.loads((options.out / "steps.json").read_text())["table"]
    assert [row[1] for row in table["rows"]] == [2, 2, 2]
    assert table["rows"][0][3] is None
    assert "[" in table["rows"][1][3]


def test_a_run_belongs_to_its_tokens_captions_and_base(tmp_path: Path) -> None:
    first = open_study(tmp_path)
    first.runs.train(NONE, 0)
    assert open_study(tmp_path).runs.seeds(NONE) == [0]
    base = first.runs.model_folder(NONE, 0)
    begun = open_study(tmp_path, base=base)
    assert begun.runs.seeds(NONE) == []
    assert begun.inputs(()) != first.inputs(())
    tokens = tmp_path / "tokens"
    for name in ("meta.json", "captions.json"):
        told = (tokens / name).read_text()
        (tokens / name).write_text(told + "\n")
        assert open_study(tmp_path).runs.seeds(NONE) == []
        assert open_study(tmp_path).runs.standing() == []
        (tokens / name).write_text(told)
    weights = base / "model.safetensors"
    key = begun.runs.key
    weights.write_bytes(weights.read_bytes() + b" ")
    assert open_study(tmp_path, base=base).runs.key != key
    assert open_study(tmp_path).runs.seeds(NONE) == [0]


def test_captions_of_another_corpus_are_written_anew(tmp_path: Path) -> None:
    folders: list[Path] = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.json").write_text(name)
        study = open_study(tmp_path, captioned=tmp_path / name)
        (tmp_path / "tokens" / "captions.json").unlink(missing_ok=True)
        folders.append(study.runs.config(NONE, 0).captions)
    again = open_study(tmp_path, captioned=tmp_path / "one").runs
    assert folders[0] == again.config(NONE, 0).captions != folders[1]


def test_what_is_heard_belongs_to_its_run(tmp_path: Path) -> None:
    study = open_study(tmp_path)
    base = tmp_path / "base"
    base.mkdir()
    folder = study.listening.material.folder
    folder.mkdir(parents=True)
    name = heard_name(study, PAPER, 1, 3.0)
    (folder / f"{name}-12-0.npz").write_bytes(b"")
    assert stands(study, PAPER, 1, 3.0)
    assert study.runs.standing() == [f"{name}-12-0.npz"]
    other = open_study(tmp_path, base=base)
    assert not stands(other, PAPER, 1, 3.0)
    assert other.runs.standing() == []


def test_a_table_says_what_the_runs_show(tmp_path: Path) -> None:
    study = open_study(tmp_path)
    for cell in (NONE, PAPER):
        for seed in (0, 1):
            study.runs.train(cell, seed)
    table = read_table("steps")(study)
    losses = losses_of(study, PAPER)
    assert losses is not None
    assert table.rows[1][2] == f"{losses.shown.mean():.3f}"
    first = study.runs.readings(PAPER, 0).unheard.shown
    second = study.runs.readings(PAPER, 1).unheard.shown
    assert np.allclose(losses.shown, np.mean([first, second], axis=0))
    assert table.rows[2][1] == 0
    assert "Not trained yet: λ = 3, all steps." in table.about
    silent = heard_table("steps")(study)
    assert [target.measured for target in silent.targets] == ["not run", "not run"]
    assert "Not heard yet: none; λ = 3; λ = 3, all steps." in silent.about


def test_reserved_notes_are_not_trained_on(tmp_path: Path) -> None:
    study = open_study(tmp_path)
    rows = study.runs.panels[1].rows.flatten()
    assert (study.runs.notes.split[rows] > 2).all()
    assert (study.runs.notes.split > 2).sum() == len(rows)


def test_differences_need_two_common_seeds() -> None:
    one = np.array([1.0, 2.0])
    assert difference(one, (0, 1), one, (1, 2)) is None
    assert difference(one, (0, 1), one, (0, 1)) == "+0.000 [+0.000, +0.000], 1.000"


def test_senseless_options_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="seeds = 1"):
        RegularisationOptions(tmp_path, seeds=1)
    with pytest.raises(InputError, match="guidance"):
        RegularisationOptions(tmp_path, guidance=-1.0)
    with pytest.raises(InputError, match="leave --tables-only out"):
        study_regularisation(open_study(tmp_path, tables_only=True).options, Progress())
    with pytest.raises(InputError, match="no such table"):
        study_regularisation(open_study(tmp_path, only="colour").options, Progress())
