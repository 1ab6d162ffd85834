from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest

from trichord.data.schema import FAMILIES
from trichord.studies import judge as judges
from trichord.studies.family import judge_prompts
from trichord.studies.judge import (
    NoteFeatures,
    accuracies,
    even_weights,
    fit,
    real_features,
    unknown_sounds,
)
from trichord.studies.study import Study

from .test_play import tiny_models


def synthetic(count: int = 120) -> NoteFeatures:
    """Three families of four instruments each, told apart by one feature."""
    rng = np.random.default_rng(0)
    owners = np.arange(count) % 12
    families = owners % 3
    values = rng.standard_normal((count, 4))
    values[:, 0] += 6 * families
    return NoteFeatures(
        values=values,
        families=families,
        pitches=rng.integers(40, 77, count),
        groups=owners,
        instruments=np.array([f"i{owner}" for owner in owners]),
        note_ids=np.array([f"n{index}" for index in range(count)]),
    )


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(judges, "_TREES", 20)


def test_the_judge_hears_families_of_sounds_it_never_heard():
    features = synthetic()
    scores = unknown_sounds(features, 0)
    assert scores.shape == (120, len(FAMILIES))
    notes, instruments = accuracies(scores, features)
    assert notes > 0.9
    assert instruments == 1.0


def test_probabilities_have_a_floor():
    features = synthetic()
    scores = fit(features, 0).log_probabilities(features.values)
    assert scores.min() == pytest.approx(np.log(1e-4))


def test_weights_make_families_even_in_every_half_octave():
    features = synthetic()
    weights = even_weights(features)
    assert weights.mean() == pytest.approx(1.0)
    places = features.pitches // 6
    for place in np.unique(places):
        sums = [
            weights[(places == place) & (features.families == family)].sum()
            for family in np.unique(features.families[places == place])
        ]
        assert sums == pytest.approx([sums[0]] * len(sums))


def test_features_of_real_notes_are_kept(study, monkeypatch):
    first = real_features(study)
    assert set(first.instruments) == {"organ", "piano", "drawbar", "upright"}
    monkeypatch.setattr(judges, "timbre_of", None)
    again = real_features(study)
    np.testing.assert_array_equal(first.values, again.values)
    assert first.note_ids.tolist() == again.note_ids.tolist()


def test_features_of_another_corpus_are_measured_anew(study, corpus, tmp_path, monkeypatch):
    real_features(study)
    shutil.copytree(corpus, tmp_path / "other")
    plan = tmp_path / "other" / "plan.json"
    plan.write_text(plan.read_text() + "\n")
    before = study.inputs(())
    other = Study(dataclasses.replace(study.options, corpus=plan.parent), study.progress)
    assert other.inputs(()) != before == study.inputs(())
    monkeypatch.setattr(judges, "timbre_of", lambda wave, pitch: np.full(3, float(pitch)))
    assert real_features(other).values.shape[1] == 3
    assert real_features(study).values.shape[1] != 3


def test_made_instruments_are_judged_by_several_notes(study):
    study.__dict__["models"] = tiny_models()
    judge = fit(real_features(study), 0)
    prompts = [("warm organ", "organ"), ("dark piano", "keyboard")]
    verdicts, shares = judge_prompts(study, judge, prompts)
    assert [FAMILIES[verdict.asked] for verdict in verdicts] == ["organ", "keyboard"]
    assert all(0.0 < share < 1.0 for share in shares)
