from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from tests.studies.alignment import test_letter
from tests.studies.alignment.letter_stand_in import open_study
from trichord.metrics.overlap import overlap
from trichord.studies.alignment import wrong_cut, wrong_metrics
from trichord.studies.alignment.letter_fit import METRICS
from trichord.studies.alignment.letter_reading import CUT, CodeReader
from trichord.studies.alignment.letter_sets import CandidateSet
from trichord.studies.alignment.wrong_chance import (
    at_least,
    chance_table,
    overlap_chances,
    overlap_spread,
    sets_needed,
)

corpus, _letters = test_letter.corpus, test_letter._letters


def test_chances_are_those_of_all_choices() -> None:
    gold = (0, 1, 2)
    found = [overlap(each, gold) for each in combinations(range(10), 3)]
    assert overlap_chances(10, 3) == pytest.approx(
        [np.mean(np.isclose(found, shared / 3)) for shared in range(4)]
    )
    assert overlap_spread(10, 3) == pytest.approx(np.std(found))
    assert at_least(0.67) == pytest.approx(np.mean(np.array(found) > 0.6))
    assert at_least(0.0) == pytest.approx(1.0)


def test_sets_that_would_show_it_do() -> None:
    rng = np.random.default_rng(0)
    count = sets_needed(0.47)
    spread = overlap_spread(10, 3)
    means = rng.normal(0.47, spread, size=(4000, count)).mean(axis=1)
    assert np.mean(means - 1.96 * spread / count**0.5 > 0.3) == pytest.approx(0.8, abs=0.03)
    assert sets_needed(0.27) is None


def test_the_table_of_chance_needs_nothing(tmp_path: Path) -> None:
    table = chance_table(open_study(tmp_path, tmp_path))
    assert [row[1] for row in table.rows] == ["0.33", "0.47", "0.00", "0.27", "0.33", "0.67"]
    assert ".300" in table.about


def test_every_metric_stands_beside_its_null(corpus: Path, tmp_path: Path) -> None:
    table = wrong_metrics.wrong_metrics_table(open_study(corpus, tmp_path))
    assert [row[0] for row in table.rows][:-1] == [*METRICS, wrong_metrics.WITHIN]
    for kind in ("raw", "by sample", "by template"):
        found = table.raw[kind]
        assert abs(found["debiased CKA"]["mean"]) < abs(found["biased CKA"]["mean"])
        assert found["mean canonical correlation"]["value"] <= 1.0


def test_the_cut_makes_different_programs_the_same(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = tuple(f"play 50 {step / 10}" for step in range(1, 11))
    audio = np.random.default_rng(0).normal(size=(10, 4)).astype(np.float32)
    made = [CandidateSet("drum", "one", codes, audio)]
    monkeypatch.setattr(wrong_cut, "three_sets", lambda study, examples: made)
    rows = wrong_cut.cut_table(open_study(corpus, tmp_path)).rows
    assert rows[-1][:2] == ("drum, ten candidates", 10)
    assert rows[-1][3:7] == ("0 %", 1, 10, "0.00")


def test_equal_vectors_are_counted_once() -> None:
    assert wrong_cut.different(np.array([[1.0, 2.0], [1.0 + 1e-7, 2.0], [1.1, 2.0]])) == 2


def test_the_shipped_encoder_sees_what_it_says() -> None:
    reader = CodeReader()
    long = "play 60, amp: 0.5\nsleep 1\n" * 40
    assert reader.seen("play 60") == 1.0
    assert 0.05 < reader.seen(long) < 0.5
    assert (reader.cut([long]) == reader.cut([long + "play 72\n"])).all()
    assert (reader.whole([long]) != reader.whole([long + "play 72\n"])).any()
    assert CUT == 128
