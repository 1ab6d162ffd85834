"""The paper's protocol on tones: what is paired with what, what is trained, what resumes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import pearsonr, spearmanr

from tests.studies.alignment.letter_stand_in import LetterReader, build_corpus, open_study
from trichord.errors import InputError
from trichord.instrument.models import WEIGHTS
from trichord.livecode.tree import parse
from trichord.metrics.cka import cka
from trichord.studies.alignment import (
    letter_examples,
    letter_grid,
    letter_pairs,
    letter_raw,
    wrong_metrics,
)
from trichord.studies.alignment.letter_examples import Examples
from trichord.studies.alignment.letter_fit import GRID, Cell, FitJob, figures, fit, held_out
from trichord.studies.alignment.letter_hearing import open_hearer
from trichord.studies.alignment.letter_perturbation import FACTORS, change_one

SMALL = (Cell(16, 8, 1, 3e-3, 8), Cell(16, 16, 1, 1e-3, 8))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_corpus(tmp_path_factory.mktemp("letter") / "clips")


@pytest.fixture(autouse=True)
def _letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter_examples, "CodeReader", LetterReader)
    for module in (letter_grid, wrong_metrics):
        monkeypatch.setattr(module, "GRID", SMALL)


def test_codes_and_sounds_are_in_one_order(corpus: Path, tmp_path: Path) -> None:
    examples = Examples(open_study(corpus, tmp_path))
    assert len(examples.audio) == len(examples.codes) == len(examples.cut) > 30
    pitch = [float(code.split()[1]) for code in examples.codes]
    # Bands are a semitone apart from MIDI 20: the loudest band of a tone is its pitch.
    loudest = np.argmax(examples._heard[:, :108], axis=1) + 20
    assert loudest == pytest.approx(pitch, abs=1)


def test_made_by_hand_means_on_the_scale_of_the_training_split(
    corpus: Path, tmp_path: Path
) -> None:
    examples = Examples(open_study(corpus, tmp_path))
    training = [at for at, row in enumerate(examples.rows) if row["split"] == "train"]
    assert examples.audio[training].mean(axis=0) == pytest.approx(0, abs=1e-2)


def test_the_bases_are_the_first_variations(corpus: Path, tmp_path: Path) -> None:
    examples = Examples(open_study(corpus, tmp_path, letter_clips=1))
    assert examples.bases == list(range(len(examples.rows)))
    assert len(set(examples.templates)) == len(examples.rows)


def test_what_was_heard_is_not_heard_again(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Examples(open_study(corpus, tmp_path)).audio
    monkeypatch.setattr(letter_examples, "hear_shard", None)
    assert (Examples(open_study(corpus, tmp_path)).audio == first).all()


def test_a_corpus_without_examples_is_refused(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no variations"):
        _ = Examples(open_study(corpus, tmp_path, letter_clips=0)).rows


def test_raw_correlation_pairs_every_two_programs(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_raw, "SHUFFLES", 60)
    table = letter_raw.raw_table(open_study(corpus, tmp_path))
    bases = len(table.raw["programs"])
    ours = [row for row in table.rows if not str(row[0]).startswith("the paper")]
    assert {row[-1] for row in ours} == {bases * (bases - 1) // 2}
    examples = Examples(open_study(corpus, tmp_path))
    codes, sounds = (pdist(v[examples.bases]) for v in (examples.cut, examples.audio))
    expected = (pearsonr(codes, sounds), spearmanr(codes, sounds))
    for row, oracle in zip(ours[:2], expected, strict=True):
        assert float(str(row[2])) == pytest.approx(oracle.statistic, abs=6e-4)
        assert float(str(row[3])) == pytest.approx(oracle.pvalue, rel=0.06)
        assert 1 / 61 <= float(str(row[4])) + 1e-3 <= 1


def test_by_sample_siblings_stand_on_both_sides_and_by_template_on_one() -> None:
    templates = np.repeat(np.arange(10), 20)
    leaky = held_out(templates, "sample", 3, seed=0)
    assert leaky.sum() == 40
    assert (leaky == held_out(templates, "sample", 4, seed=0)).all()
    assert set(templates[leaky]) & set(templates[~leaky])
    folds = [held_out(templates, "template", run, seed=0) for run in range(5)]
    assert np.sum(folds, axis=0).tolist() == [1] * 200
    assert not any(set(templates[fold]) & set(templates[~fold]) for fold in folds)


def job(corpus: Path, folder: Path, **changes: object) -> FitJob:
    pairs = letter_pairs.write_pairs(Examples(open_study(corpus, folder)))
    fields = {"cell": SMALL[0], "run": 0, "epochs": 30, "split": "sample", "seed": 0}
    return FitJob(pairs=pairs, kept=folder / "figures.json", **(fields | changes))


def test_a_run_is_the_same_again_and_another_run_is_not(corpus: Path, tmp_path: Path) -> None:
    first, again = fit(job(corpus, tmp_path)), fit(job(corpus, tmp_path))
    other = fit(job(corpus, tmp_path, run=1))
    assert (first.mapped_code == again.mapped_code).all()
    assert (first.mapped_code != other.mapped_code).any()
    assert (first.code == other.code).all()


def test_training_aligns_what_belongs_together(corpus: Path, tmp_path: Path) -> None:
    aligned = fit(job(corpus, tmp_path))
    found = figures(aligned.mapped_code, aligned.mapped_audio, aligned.templates, aligned.sounds)
    assert found["biased CKA"] == pytest.approx(cka(aligned.mapped_code, aligned.mapped_audio))
    # Eleven pitches, of which the letters tell all: a sound's own pitch is among the first.
    same = np.equal.outer(aligned.templates, aligned.templates)
    nearest = np.argmax(aligned.mapped_code @ aligned.mapped_audio.T, axis=1)
    assert same[np.arange(len(nearest)), nearest].mean() > 2 * same.mean()


def test_the_grid_resumes_and_names_its_best(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = open_study(corpus, tmp_path)
    table = letter_grid.grid_table(study)
    kept = sorted((tmp_path / "letter" / "by-sample").glob("*.json"))
    assert len(kept) == len(SMALL) * 2
    assert len(table.raw["runs"]) == len(kept)
    means = {
        cell.name: np.mean(
            [json.loads(path.read_text())["biased CKA"] for path in kept
             if path.name.startswith(cell.name + "-")]
        )
        for cell in SMALL
    }  # fmt: skip
    assert table.raw["best"] == max(means, key=lambda name: means[name])
    assert table.targets[1].measured == f"{max(means.values()):.3f}"
    monkeypatch.setattr(letter_pairs, "fit_cell", None)
    assert letter_grid.grid_table(open_study(corpus, tmp_path)).rows == table.rows


def test_the_whole_grid_is_twenty_four_settings() -> None:
    assert len({cell.name for cell in GRID}) == 24


@pytest.mark.parametrize("meaning", FACTORS)
def test_one_number_is_changed_and_nothing_else(meaning: str) -> None:
    code = "use_bpm 100\nplay 60, amp: 2\nsleep 1\nplay 64, amp: 0.5\nsleep 0.25\nsleep 2\n"
    changed = change_one(code, meaning)
    before, after = code.split(), changed.code.split()
    differing = [
        at for at, words in enumerate(zip(before, after, strict=True)) if len(set(words)) > 1
    ]
    assert len(differing) == 1
    number = float(before[differing[0]].strip(","))
    assert float(after[differing[0]].strip(",")) == pytest.approx(number * FACTORS[meaning])
    assert not parse(changed.code).faults
    assert changed.where == pytest.approx(code.index(before[differing[0]]) / len(code), abs=0.35)


def test_a_program_without_that_number_is_left_alone() -> None:
    assert change_one("play 60\nsleep 1\n", "bpm") is None


@pytest.mark.parametrize(("name", "width"), [("space", 128), ("bands", 327)])
def test_what_stands_in_for_the_papers_ears_hears(name: str, width: int) -> None:
    hear = open_hearer(name, WEIGHTS)
    time = np.arange(22050) / 22050
    low, high = (np.sin(2 * np.pi * hz * time).astype(np.float32) for hz in (110.0, 1760.0))
    vectors = [hear(wave, 22050) for wave in (low, high, low)]
    assert {vector.shape for vector in vectors} == {(width,)}
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert np.linalg.norm(vectors[0] - vectors[1]) > 0.1
