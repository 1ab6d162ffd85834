"""A small build with Sonic Pi itself."""

from __future__ import annotations

import json
from pathlib import Path

from trichord.data.clips import open_clips
from trichord.data.clips.programs import ProgramsOptions, build
from trichord.data.clips.store import decode
from trichord.score.as_json import from_json


def test_a_build_of_all_sources(tmp_path: Path) -> None:
    options = ProgramsOptions(
        out=tmp_path,
        sources="examples,own,generated",
        only=("blip_rhythm", "techno"),
        variations=1,
        generate=2,
        seconds=3.0,
        shard_clips=1,
        workers=1,
    )
    report = build(options)
    rows = {row["clip_id"]: row for row in open_clips(tmp_path).rows()}
    assert report["faults"] == {}
    assert set(rows) == {
        "example_blip_rhythm_0000",
        "own_techno_0000",
        "generated_00000",
        "generated_00001",
    }
    for row in rows.values():
        samples, rate = decode(row["audio"]["bytes"])
        assert (rate, samples.shape) == (44100, (132300, 2))
        assert -60 < row["loudness"] < 0
        assert from_json(json.loads(row["events"])).events
    techno = rows["own_techno_0000"]
    assert techno["code"].startswith("#")
    assert 100 < techno["tempo"] < 160
    assert any("techno" in caption for caption in techno["captions"])
    assert report["timing"]["render_cpu_seconds"] > 0
