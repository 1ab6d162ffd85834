from __future__ import annotations

import json

import numpy as np
import pytest

from trichord.errors import InputError
from trichord.instrument.debug import DebugPlayer
from trichord.instrument.make import MakeOptions, Sound, check_options, make_from
from trichord.progress import Progress
from trichord.space import debug_space
from trichord.studies import consistency, instruments
from trichord.studies.bridge import bridge_table
from trichord.studies.prompts import held_out_prompts


@pytest.fixture(scope="module")
def sfz(tmp_path_factory):
    """An instrument of the debug player over all keys."""
    options = MakeOptions(
        out=tmp_path_factory.mktemp("made") / "out", prompt="piano", every=12, seconds=1.0
    )
    plan, _, _ = check_options(options)
    sound = Sound({"prompt": "piano"}, "piano", "piano", DebugPlayer(), {}, {})
    return make_from(options, sound, plan, Progress("quiet")).path


def test_an_instrument_is_heard_key_by_key(sfz, monkeypatch):
    monkeypatch.setattr(instruments, "_TUNED_KEYS", range(48, 73, 6))
    monkeypatch.setattr(instruments, "_ALL_KEYS", range(24, 109, 12))
    played = instruments.hear(sfz, held_out_prompts()[0])
    assert len(played.cents) == 3
    assert max(played.cents) < 10.0
    assert played.octave_errors == played.silent == 0
    assert played.rising == len(range(24, 109, 12))
    assert played.range_db >= 6.0


def test_loudness_rises_only_where_every_layer_is_louder():
    assert instruments.rises([-30.0, -26.0, -20.0])
    assert not instruments.rises([-30.0, -31.0, -20.0])
    assert not instruments.rises([-30.0, -28.0, -25.0])


def test_consistency_of_made_and_real_notes_stands_beside_its_floor(sfz, study, monkeypatch):
    study.__dict__["space"] = debug_space()
    monkeypatch.setattr(consistency, "made_instrument", lambda study, prompt: sfz)
    monkeypatch.setattr(consistency, "_NOTES", 3)
    table = consistency.consistency_table(study)
    assert len(table.rows) == 3
    for row in table.rows:
        assert -1.0 <= row[2] <= 1.0 + 1e-6
        assert np.isfinite(row[4])
    assert table.rows[0][5] == 1.0


def test_the_bridge_is_read_off_the_report_of_the_run(study, tmp_path):
    object.__setattr__(study.options, "space_run", tmp_path)
    with pytest.raises(InputError, match=r"report\.json"):
        bridge_table(study)
    figures = {"cosine": 0.5, "R@1": 0.1, "R@5": 0.3, "family": 0.6}
    held = {
        "caption_cosine": 0.6,
        "caption_R@1": 0.2,
        "caption_R@5": 0.4,
        "caption_chance@1": 0.05,
        "caption_chance@5": 0.2,
        "family_by_caption": 0.7,
        "family_chance": 0.09,
        "note_sounds": 20.0,
        "note_sound_R@1": 0.8,
        "note_sound_chance@1": 0.06,
    }
    report = {
        "prior": {"method": "neighbours", "neighbours": 4, "temperature": 0.05},
        "priors_on_valid": [
            {"method": "none", **figures},
            {
                "method": "neighbours",
                "neighbours": 4,
                "temperature": 0.05,
                **figures,
                "cosine": 0.7,
            },
            {"method": "learned", "noise": 0.3, **figures},
        ],
        "valid": held,
        "test": held,
        "valid_instruments": 35,
        "test_instruments": 34,
        "pitch_probe": {"pitch_r2": 0.2, "pitch_r2_within": 0.1},
    }
    (tmp_path / "report.json").write_text(json.dumps(report))
    table = bridge_table(study)
    assert [row[0] for row in table.rows if row[-1] == "yes"] == ["4 neighbours, temperature 0.05"]
    assert len(table.rows) == 7
    for broken in ("{", "[]", json.dumps(report | {"test": {}}), json.dumps(report | {"prior": 3})):
        (tmp_path / "report.json").write_text(broken)
        with pytest.raises(InputError, match=r"report\.json: .*give --space-run"):
            bridge_table(study)
