"""The tables on a corpus of tones: every figure comes out, and what must be 1 or chance is."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.data.clips.stand_in import open_stand_in
from trichord.errors import InputError
from trichord.livecode import towers
from trichord.livecode.code_tower import debug_code_tower
from trichord.livecode.towers import load_tower
from trichord.studies.alignment import searching_vectors
from trichord.studies.alignment.by_scenario import scenarios_table
from trichord.studies.alignment.contents import TABLES, study_alignment
from trichord.studies.alignment.curve import curve_table, read_run
from trichord.studies.alignment.failures import failures_table, worst_pairs
from trichord.studies.alignment.geometry import geometry_table
from trichord.studies.alignment.prompts import DIRECTIONS, prompts_table
from trichord.studies.alignment.recall import flat, recall_table
from trichord.studies.alignment.rendering import render_sets
from trichord.studies.alignment.searching import search_table, write_folder
from trichord.studies.alignment.searching_vectors import ask, indexed, queries, synthetic
from trichord.studies.alignment.sentences import same_sentence, sentences_table
from trichord.studies.alignment.siblings import JUDGES, siblings_table
from trichord.studies.alignment.speed import speed_table
from trichord.studies.alignment.study import AlignmentOptions, AlignmentStudy
from trichord.studies.alignment.targets import targets_table
from trichord.studies.alignment.towers import SHOWN
from trichord.studies.alignment.variants import VARIANTS
from trichord.studies.alignment.why import ablations_table
from trichord.train.code import CodeTrainConfig
from trichord.train.code_loss import CodeLossConfig
from trichord.train.loop import LoopConfig


def test_siblings_name_every_tower_and_line(study: AlignmentStudy) -> None:
    table = siblings_table(study)
    assert len(table.rows) == 1 + len(JUDGES) * (len(SHOWN) + 2)
    assert len(table.targets) == 9
    assert {len(row) for row in table.rows} == {len(table.columns)}
    json.dumps(table.raw)


def test_what_is_measured_is_kept(study: AlignmentStudy) -> None:
    first = study.material.tower(study.material.siblings, "score")
    again = AlignmentStudy(study.options, study.progress).material
    kept = {path: path.stat().st_mtime_ns for path in study.options.out.rglob("*.safetensors")}
    assert np.array_equal(first, again.tower(again.siblings, "score"))
    assert kept == {path: path.stat().st_mtime_ns for path in kept}


def test_an_untrained_refiner_changes_nothing(study: AlignmentStudy) -> None:
    clips = study.material.siblings
    drawn, score = (study.material.tower(clips, name) for name in ("drawn", "score"))
    assert np.allclose(drawn, score, atol=1e-3)


def test_programs_are_recalled_and_described(study: AlignmentStudy) -> None:
    table = recall_table(study)
    labels = [str(row[1]) for row in table.rows]
    assert sum("mapped" in label for label in labels) == 3
    assert [row[1] for row in table.rows if "variations of 1 templates" in str(row[0])] == [
        "*chance*", "**code tower**", "sketch of the score, our audio door", "**score tower**",
    ]  # fmt: skip
    found = sentences_table(study)
    assert str(found.rows[-1][0]).startswith("*another caption")
    assert len(found.targets) == len(found.rows) - 2
    assert all("chance" in target.bound for target in found.targets)


def test_geometry_has_a_null_beside_every_figure(study: AlignmentStudy) -> None:
    table = geometry_table(study)
    assert all("null" in str(cell) for row in table.rows for cell in row[2:])


def test_parts_are_taken_away(study: AlignmentStudy) -> None:
    table = ablations_table(study)
    assert len(table.rows) == 2 + 1 + 1 + len(VARIANTS) + 1
    assert [row[-1] is None for row in table.rows].count(True) == 2
    assert all(row[4] is None for row in table.rows)  # one template alone: nothing to test


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Candidates are tones, rendered by the stand-in."""
    codes = tuple(f"play {45 + at} {0.2 + 0.01 * at}" for at in range(13))
    room = "trichord.studies.alignment"
    monkeypatch.setattr(
        f"{room}.bases.variants", lambda code, scenario, rng, count: rng.sample(codes, count)
    )
    monkeypatch.setattr(
        f"{room}.scenario_sets.render_sets", partial(render_sets, open_renderer=open_stand_in)
    )


@pytest.mark.usefixtures("rendered")
def test_scenarios_are_rendered_and_failures_written(study: AlignmentStudy) -> None:
    few = AlignmentStudy(replace(study.options, sets=2), study.progress)
    table = scenarios_table(few)
    assert table.targets[0].measured == "2"
    assert not table.targets[0].met
    wrong = failures_table(few)
    assert len(wrong.rows) == 6
    assert all((few.options.out / page).is_file() for page in wrong.pages)


@pytest.mark.usefixtures("rendered")
def test_wishes_are_counted_and_ranking_is_timed(
    study: AlignmentStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(towers, "load_tower", lambda name, space: load_tower("debug", space))
    table = prompts_table(study)
    assert len(table.rows) == len(DIRECTIONS) + 1
    assert [target.measured.endswith("of 40") for target in table.targets] == [True] * 3
    assert [row[0] for row in speed_table(study).rows] == ["`code`", "`score`", "`audio`"]


def test_a_curve_begins_with_nothing_learnt(study: AlignmentStudy, tmp_path: Path) -> None:
    usual = CodeTrainConfig(structures=50, loop=LoopConfig(steps=9))
    unrelated = replace(usual, sketched=1000, objective=CodeLossConfig(relations=0.0))
    more = replace(usual, structures=60)
    runs = tmp_path / "run", tmp_path / "unrelated", tmp_path / "more"
    for seed, (run, config) in enumerate(zip(runs, (usual, unrelated, more), strict=True)):
        debug_code_tower(seed).save(run / "model")
        (run / "config.json").write_text(json.dumps(asdict(config), default=str))
    table = curve_table(AlignmentStudy(replace(study.options, curve=runs), study.progress))
    assert [row[:3] for row in table.rows] == [
        (0, "", 0), (50, "", 9), (60, "", 9), (50, "relations 0, 1,000 sketched", 9),
        ("all", "", None),
    ]  # fmt: skip
    assert (study.options.out / "curve.png").is_file()
    with pytest.raises(InputError, match=r"--curve .*nothing"):
        read_run(tmp_path / "nothing")


def test_towers_of_other_teachers_stand_before_every_listener(
    study: AlignmentStudy, tmp_path: Path
) -> None:
    runs = tuple(tmp_path / space for space in ("default", "none", "bands"))
    for run in runs:
        debug_code_tower().save(run / "model")
        config = CodeTrainConfig(space=run.name, loop=LoopConfig(steps=9))
        (run / "config.json").write_text(json.dumps(asdict(config), default=str))
    table = targets_table(AlignmentStudy(replace(study.options, targets=runs), study.progress))
    taught = ("our audio door", "pictures alone", "band statistics")
    judges = ("our audio door", "second ears", "hand-made yardstick")
    assert [row[:3] for row in table.rows] == [(j, t, 9) for j in judges for t in taught]
    # The same weights: one taught no vectors is heard by its picture, not by its own vector.
    figures = {row[:2]: row[3:] for row in table.rows}
    assert figures["our audio door", "pictures alone"] != figures["our audio door", taught[0]]
    assert figures["our audio door", "band statistics"] == figures["our audio door", taught[0]]
    told_bands = AlignmentStudy(replace(study.options, curve=runs[2:]), study.progress)
    with pytest.raises(InputError, match=r"--curve .*bands.* --targets"):
        curve_table(told_bands)
    longer = CodeTrainConfig(space="bands", loop=LoopConfig(steps=8))
    (runs[2] / "config.json").write_text(json.dumps(asdict(longer), default=str))
    with pytest.raises(InputError, match=r"bands: differs from .*default in loop\.steps;"):
        targets_table(AlignmentStudy(replace(study.options, targets=runs), study.progress))
    with pytest.raises(InputError, match=r"--targets .*nothing"):
        targets_table(
            AlignmentStudy(replace(study.options, targets=(tmp_path / "nothing",)), study.progress)
        )


def test_a_folder_to_search_is_mixed(tmp_path: Path) -> None:
    write_folder(tmp_path, 30, np.random.default_rng(0))
    kinds = Counter(path.suffix for path in tmp_path.rglob("*.*") if path.is_file())
    assert kinds == {".wav": 27, ".rb": 3, ".sfz": 1}
    sounds = [path.read_bytes() for path in tmp_path.rglob("*.wav")]
    assert len(set(sounds)) == len(sounds)


def test_vectors_are_found_again_with_and_without_an_index(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    matrices = synthetic(2000, rng)
    assert np.allclose(np.linalg.norm(matrices.vectors, axis=1), 1.0, atol=1e-5)
    asked = list(queries(matrices, 4, rng))
    exact = ask(matrices, asked)
    firsts = [int(np.argmax(matrices.vectors @ one)) for one in asked]
    assert [numbers[0] for numbers in exact.numbers] == firsts
    shortlist, _ = indexed(matrices, tmp_path / "lance")
    assert ask(matrices, asked, shortlist).recall(exact) == 1.0
    half = replace(exact, numbers=tuple((*each[:5], -1, -2, -3, -4, -5) for each in exact.numbers))
    assert half.recall(exact) == 0.5


def test_searches_are_timed(study: AlignmentStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching_vectors, "VECTORS", 500)
    vectors = searching_vectors.vectors_table(study)
    assert [(row[0], row[4]) for row in vectors.rows] == [("exact", "100 %"), ("LanceDB", "100 %")]
    files = search_table(AlignmentStudy(replace(study.options, files=20), study.progress))
    assert not files.targets[0].met
    assert all(isinstance(value, float) and value > 0.0 for _, value in files.rows)


def test_the_most_misjudged_pair_is_found(study: AlignmentStudy) -> None:
    clips = study.material.siblings
    heard = np.tile(np.eye(10, dtype=np.float32), (1, 1, 1)) + 0.1
    heard[0, 1] = heard[0, 0]
    told = heard.copy()
    told[0, 1] = 0.0
    told[0, 1, 1] = -1.0
    (wrong,) = worst_pairs(clips, told, heard)
    assert wrong.at == (0, 0, 1)
    assert wrong.heard == 1.0
    assert wrong.said > 40


def test_shared_captions_are_right_answers_for_each_other() -> None:
    found = same_sentence([("a", "b"), ("b", "c"), ("a",)])
    assert found.tolist() == [[True, False, True], [True, True, False], [True, False, True]]


def test_sets_lie_flat_in_order(study: AlignmentStudy) -> None:
    vectors = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    assert np.array_equal(flat(vectors)[4], vectors[1, 1])


def test_a_book_resumes_and_names_what_is_wrong(study: AlignmentStudy, tmp_path: Path) -> None:
    options = AlignmentOptions(
        tmp_path / "book", only="recall", corpus=study.options.corpus,
        weights=study.options.weights, unseen=20, siblings=1,
    )  # fmt: skip
    study_alignment(options, study.progress)
    kept = (tmp_path / "book" / "recall.json").stat().st_mtime_ns
    study_alignment(options, study.progress)
    assert (tmp_path / "book" / "recall.json").stat().st_mtime_ns == kept
    assert "--only recall" in (tmp_path / "book" / "alignment.md").read_text("utf-8")
    with pytest.raises(InputError, match="no such table"):
        study_alignment(AlignmentOptions(tmp_path, only="nothing"), study.progress)
    missing = AlignmentOptions(tmp_path, corpus=tmp_path / "none", only="recall")
    with pytest.raises(InputError, match="build the corpus"):
        study_alignment(missing, study.progress)


@pytest.mark.parametrize("field", ["sets", "siblings", "unseen", "workers", "seconds"])
def test_options_out_of_range_are_named(field: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=field):
        AlignmentOptions(tmp_path, **{field: 0})


def test_every_table_has_a_function() -> None:
    import importlib

    for entry in TABLES.values():
        module = importlib.import_module(f"trichord.studies.{entry.module}")
        assert callable(getattr(module, entry.function))
