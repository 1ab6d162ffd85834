from __future__ import annotations

import numpy as np
import torch

from trichord.studies.shots import Bank, as_recorded, found_share
from trichord.studies.words import AXES, measured_pairs, words_table

from .test_play import tiny_models


def test_a_recorded_note_is_found_at_its_pitch_whatever_its_rate_and_silence(study, tmp_path):
    for note in study.draw("shots", "test", 3):
        shot = as_recorded(note, tmp_path, np.random.default_rng(note.pitch))
        assert abs(shot.pitch - note.pitch) < 0.2
        assert not list(tmp_path.glob("*.wav"))


def test_a_twin_is_as_good_as_the_instrument_itself():
    bank = Bank(torch.eye(3), (7, 8, 7))
    vectors = torch.tensor([[0.1, 0.2, 0.9], [0.9, 0.1, 0.0], [0.9, 0.2, 0.0]])
    assert found_share(vectors, [7, 7, 8], bank) == 2 / 3


def test_there_are_thirty_pairs_and_their_traits_exist():
    from trichord.data.traits import Traits

    assert sum(len(set(axis.nouns)) for axis in AXES) == 30
    assert {axis.trait for axis in AXES} <= set(Traits.__dataclass_fields__)


def test_pairs_are_measured_and_counted(study):
    study.__dict__["models"] = tiny_models()
    values = measured_pairs(study, AXES[0], ["piano"])
    assert values.shape == (1, 2)
    assert np.isfinite(values).all()
    table = words_table(study)
    assert [row[2] for row in table.rows] == [1, 1, 1, 3]
    assert 0.0 <= table.rows[-1][3] <= 1.0
