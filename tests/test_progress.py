"""Progress: what each mode writes, and to which stream."""

from __future__ import annotations

import json
import time

import pytest

from trichord import progress
from trichord.progress import Progress


def lines_of(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_mode_writes_one_object_per_event(capsys: pytest.CaptureFixture[str]) -> None:
    told = Progress("json")
    task = told.task("notes", 2)
    task.advance(zone="C4")
    task.advance(zone="D4")
    told.event(done=True, seed=7)
    assert lines_of(capsys.readouterr().out) == [
        {"task": "notes", "done": 1, "total": 2, "zone": "C4"},
        {"task": "notes", "done": 2, "total": 2, "zone": "D4"},
        {"done": True, "seed": 7},
    ]


def test_json_mode_is_sparing_with_steps_that_say_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    task = Progress("json").task("steps", 1000)
    for _ in range(1000):
        task.advance()
    assert len(capsys.readouterr().out.splitlines()) < 100


def test_notes_never_reach_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    Progress("json").note("ready: piano.sfz")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "ready: piano.sfz\n"


def test_quiet_mode_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("quiet") as told:
        told.task("notes", 1).advance(zone="C4")
        told.event(seed=7)
        told.note("ready")
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_a_pipe_gets_an_occasional_plain_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PLAIN_INTERVAL", 0.0)
    with Progress("auto") as told:
        told.task("notes", 2).advance()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("notes: 1/2, ")


def test_a_terminal_gets_a_bar_on_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Progress("auto") as told:
        task = told.task("notes", 2)
        task.advance()
        told.note("middle C is ready")
        task.advance()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "middle C is ready" in captured.err
    assert "2/2" in captured.err


def test_seconds_left_follow_the_pace() -> None:
    task = Progress("quiet").task("notes", 10)
    assert task.seconds_left is None
    time.sleep(0.01)
    task.advance(5)
    assert task.seconds_left is not None
    assert 0.01 <= task.seconds_left < 1.0
