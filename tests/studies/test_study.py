from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest

from trichord.errors import InputError
from trichord.studies.corpus import corpus_table
from trichord.studies.study import Study


def test_notes_are_drawn_of_every_instrument_of_the_split_alone(study):
    notes = study.draw("some", "test", 4)
    assert [note.instrument.name for note in notes] == ["drawbar"] * 4 + ["upright"] * 4
    assert len({note.note_id for note in notes}) == 8
    for note in notes:
        assert note.wave.dtype == np.float32
        assert note.note_id == f"{note.instrument.name}_{note.pitch:03d}_{note.velocity:03d}"


def test_a_draw_follows_its_name_and_seed(study):
    first, again = study.draw("some", "test", 2), study.draw("some", "test", 2)
    assert [n.note_id for n in first] == [n.note_id for n in again]
    others = [[n.note_id for n in study.draw(name, "test", 2)] for name in "abcdef"]
    assert any(ids != others[0] for ids in others)


def test_a_share_leaves_at_least_a_few(study):
    assert study.count(100) == 5
    assert study.count(10) == 2
    assert study.count(1) == 1
    assert study.count(10, least=7) == 7


def test_the_corpus_table_counts_what_the_reports_say(study):
    table = corpus_table(study)
    assert table.rows[-1] == ("all", 4, 4, 24, 3)
    assert ("split test", 2, 2, 12, None) in table.rows
    assert "3 silent" in table.about
    assert [target.met for target in table.targets] == [False, False]


def test_a_corpus_without_timing_shows_no_cost(study, corpus, tmp_path):
    shutil.copytree(corpus, tmp_path / "varied")
    other = Study(dataclasses.replace(study.options, corpus=tmp_path / "varied"), study.progress)
    timed = corpus_table(other)
    assert "Built in 1 s of planning" in timed.about
    (tmp_path / "varied" / "timing.json").unlink()
    table = corpus_table(other)
    assert "What it cost to build: –." in table.about
    assert (table.rows, table.targets) == (timed.rows, timed.targets)
    report = tmp_path / "varied" / "report.json"
    for broken in ("{", "[]", "{}"):
        report.write_text(broken)
        with pytest.raises(InputError, match=r"report\.json: .*give --corpus"):
            corpus_table(other)
    report.unlink()
    with pytest.raises(InputError, match=r"report\.json: no such file; .*give --corpus"):
        corpus_table(other)


def test_missing_weights_are_named(study, tmp_path):
    object.__setattr__(study.options, "weights", tmp_path / "none")
    with pytest.raises(InputError, match="missing weights"):
        study.inputs(("codec",))
