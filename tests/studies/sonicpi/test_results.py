from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tests.studies.sonicpi.conftest import KEPT, SECONDS
from trichord.livecode.sonicpi.recording import Recording
from trichord.studies.sonicpi.capture import Capture
from trichord.studies.sonicpi.compare import compare
from trichord.studies.sonicpi.functions import Function
from trichord.studies.sonicpi.page import page_of
from trichord.studies.sonicpi.programs import Program
from trichord.studies.sonicpi.replay import Replay, replay
from trichord.studies.sonicpi.results import Checked, as_json, report, targets
from trichord.studies.sonicpi.said import compare_said

TABLE = [
    Function("play", "sound", ("fades",), "equal"),
    Function("run_code", "core", (), "not supported: text is not turned into code"),
]


@pytest.fixture(scope="module")
def checked(
    captures: Mapping[str, Capture],
    recordings: Mapping[str, Recording],
    kept: Mapping[str, Program],
) -> list[Checked]:
    return [
        Checked(
            kept[name],
            compare(captures[name], recordings[name], SECONDS),
            compare_said(captures[name], recordings[name], SECONDS),
            Replay(name, 1000, 999, 1, 20_000),
        )
        for name in KEPT
    ]


def test_what_the_real_server_sent_sounds_as_ours(
    captures: Mapping[str, Capture], recordings: Mapping[str, Recording]
) -> None:
    (sound,) = replay([captures["fades"]], [recordings["fades"]])
    assert sound.equal >= 0.99 * sound.samples > 0
    assert sound.largest <= 4
    assert sound.peak > 1000


def test_the_page_names_every_program_exception_and_function(checked: list[Checked]) -> None:
    page = page_of(checked, TABLE, SECONDS, "3.2.2")
    assert all(f"| {name} |" in page for name in KEPT)
    assert "puts scsynth to sleep" in page
    assert "`run_code` | core | – | not supported" in page
    assert "99.9000 %" in page


def test_the_report_says_what_is_met(checked: list[Checked]) -> None:
    met = {one.what: one.met for one in targets(checked, TABLE)}
    assert list(met.values()) == [
        True,
        True,
        False,
        True,
        True,
    ]  # three programs of ours are too few
    assert report(checked, TABLE)["differ"] == []
    untold = [*TABLE, Function("odd", "core", (), "runs; makes no message to compare")]
    assert not targets(checked, untold)[-1].met


def test_everything_is_there_for_machines(checked: list[Checked]) -> None:
    values = json.loads(as_json(checked, TABLE))
    assert [one["name"] for one in values["programs"]] == list(KEPT)
    assert values["functions"][0]["name"] == "play"
