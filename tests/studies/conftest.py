from __future__ import annotations

import json
from pathlib import Path

import pytest

from trichord.data.plan import save_plan_json
from trichord.data.schema import Instrument, Note
from trichord.data.shards import encode_flac, shard_name, write_shard
from trichord.instrument.debug import DebugPlayer
from trichord.instrument.generator import NoteRequest
from trichord.progress import Progress
from trichord.studies.study import SpineOptions, Study

PITCHES, VELOCITIES = (48, 60, 67), (50, 100)
KINDS = (
    ("organ", "organ", True, "train"),
    ("piano", "keyboard", False, "train"),
    ("drawbar", "organ", True, "test"),
    ("upright", "keyboard", False, "test"),
)


def _instrument(index: int) -> Instrument:
    name, family, _, split = KINDS[index]
    return Instrument(
        instrument_id=name,
        name=name,
        family=family,
        source="acoustic",
        captions=(f"warm {name}", f"bright {name}"),
        origin="test",
        licence="CC0",
        group=index,
        split=split,
    )


def _notes(index: int) -> list[Note]:
    owner = _instrument(index)
    player = DebugPlayer(sustained=KINDS[index][2], cents=2.0, lead=0.0, dc=0.0)
    requests = [NoteRequest(p, v, 1.0) for p in PITCHES for v in VELOCITIES]
    return [
        Note(
            f"{owner.name}_{r.pitch:03d}_{r.velocity:03d}", owner, r.pitch, r.velocity, 44100, wave
        )
        for r, wave in (
            (r, encode_flac(w, 44100))
            for r, w in zip(requests, player.play(requests, index), strict=True)
        )
    ]


@pytest.fixture(scope="session")
def corpus(tmp_path_factory) -> Path:
    """Four instruments of six notes of a second, in two shards."""
    folder = tmp_path_factory.mktemp("notes")
    shards = ((0, 1), (2, 3))
    rows = [vars(_instrument(index)) for index in range(len(KINDS))]
    save_plan_json(folder, {}, rows, shards)
    for number, members in enumerate(shards):
        notes = [note for index in members for note in _notes(index)]
        write_shard(folder / shard_name(number), notes, [])
    counts = {"instruments": 2, "distinct_sounds": 2, "notes": 12}
    report = {
        "notes": 24,
        "hours": 0.01,
        "instruments": 4,
        "distinct_sounds": 4,
        "dropped": {"silent": 3},
        "families": {"organ": {**counts, "dropped": 3}, "keyboard": {**counts, "dropped": 0}},
        "splits": {"train": counts, "test": counts},
    }
    timing = {
        "workers": 1,
        "planning_seconds": 1.0,
        "rendering_seconds": 2.0,
        "notes": 10,
        "notes_per_core_second": 12.0,
    }
    (folder / "report.json").write_text(json.dumps(report))
    (folder / "timing.json").write_text(json.dumps(timing))
    return folder


@pytest.fixture
def study(corpus: Path, tmp_path: Path) -> Study:
    return Study(SpineOptions(out=tmp_path, corpus=corpus, share=0.05), Progress("quiet"))
