from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trichord.errors import InputError
from trichord.progress import Progress
from trichord.studies.rendering import shell, speed
from trichord.studies.rendering.corpus import corpus_table
from trichord.studies.rendering.examples import examples_table
from trichord.studies.rendering.generator import generator_table
from trichord.studies.rendering.study import Example, SonicPiOptions, SonicPiStudy

WELL = Example("well", "use_synth :beep\nplay 60, release: 0.2\nsleep 0.5\nplay 64\nsleep 1")
BROKEN = Example("broken", "play 60\nsleep 0.5\nplay 64\nthis_is_not_known 3")


def study(folder: Path, *examples: Example, **changes: object) -> SonicPiStudy:
    made = SonicPiStudy(SonicPiOptions(folder, seconds=1.5, **changes), Progress("quiet"))
    made.__dict__["examples"] = list(examples)
    return made


def test_one_core_is_one_core_for_what_is_started_on_it() -> None:
    allowed = os.sched_getaffinity(0)
    count = [sys.executable, "-c", "import os; print(len(os.sched_getaffinity(0)))"]
    with speed.on_one_core():
        held = subprocess.run(count, capture_output=True, text=True, check=True)
    assert held.stdout.strip() == "1"
    assert os.sched_getaffinity(0) == allowed


def test_examples_are_counted_with_their_errors(tmp_path: Path) -> None:
    table = examples_table(study(tmp_path, WELL, BROKEN))
    rendered, same = table.targets
    assert (rendered.measured, rendered.met) == ("1 of 2", False)
    assert (same.measured, same.met) == ("2 of 2", True)
    assert table.rows[0][1] == 2
    assert "this_is_not_known" in str(table.rows[1][-1])


def test_all_ways_are_timed_on_the_same_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "_ROUNDS", 1)
    peer = tmp_path / "peer"
    peer.write_text('#!/bin/sh\nmkdir -p "$1"\nshift 2\ntest $# = 2 && sleep 0.05\n')
    peer.chmod(0o755)
    table = speed.speed_table(study(tmp_path, WELL, WELL, peer=str(peer)))
    assert [row[0] for row in table.rows][-2:] == [
        "bare `scsynth -N` on the same scores",
        "the other renderer",
    ]
    assert all(isinstance(row[1], float) and row[1] > 0 for row in table.rows)
    assert len(table.targets) == 5


def test_a_peer_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "_ROUNDS", 1)
    with pytest.raises(InputError, match="--peer false"):
        speed.speed_table(study(tmp_path, WELL, peer="false"))


def test_whole_commands_are_timed(tmp_path: Path) -> None:
    table = shell.shell_table(study(tmp_path, WELL))
    assert [row[0] for row in table.rows] == ["well", "median"]
    assert min(table.rows[0][1:]) > 0


def written(folder: Path, **source: object) -> Path:
    """What a build of a corpus leaves beside its clips."""
    folder.mkdir()
    plain = {"planned": 10_000, "kept": 9_900, "templates": 9_900, "hours": 49.5, **source}
    costs = {"cpu_seconds_per_clip": 0.2, "x_real_time_per_core": 90.0}
    (folder / "report.json").write_text(json.dumps({"sources": {"generated": plain}}))
    timing = {"clock_hours": 0.5, "audio_hours": 50.0, "sources": {"generated": costs}}
    (folder / "timing.json").write_text(json.dumps(timing))
    (folder / "plan.json").write_text(json.dumps({"options": {"seed": 1}}))
    return folder


def test_the_generators_figures_follow_from_the_report(tmp_path: Path) -> None:
    folder = written(tmp_path / "clips", faults={"runtime error": 150, "silent": 900})
    table = corpus_table(study(tmp_path, corpus=(folder,)))
    shown = {target.what: (target.measured, target.met) for target in table.targets}
    assert shown["10,000 composed programs render without error"] == ("98.50 %", True)
    assert shown["10,000 composed programs audible and unclipped"] == ("89.5 %", False)
    assert "150 (1.5 %)" in table.rows[0]


def test_a_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--corpus"):
        corpus_table(study(tmp_path, corpus=(tmp_path / "nothing",)))


def test_composed_programs_are_run_and_told_apart(tmp_path: Path) -> None:
    table = generator_table(study(tmp_path, generate=6))
    few, well = table.targets
    assert (few.measured, few.met) == ("6", False)
    assert well.measured.endswith(" %")
    assert dict(table.rows)["different shapes (the parse tree without its literals)"] == "6"
