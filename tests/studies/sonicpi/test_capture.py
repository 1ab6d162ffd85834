from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from trichord.errors import MissingProgramError
from trichord.progress import Progress
from trichord.studies.sonicpi import captures as many
from trichord.studies.sonicpi import server
from trichord.studies.sonicpi.capture import Capture, load_capture
from trichord.studies.sonicpi.programs import Program


def test_a_capture_is_the_same_after_reading(
    tmp_path: Path, captures: Mapping[str, Capture]
) -> None:
    path = tmp_path / "fades.json"
    captures["fades"].save(path)
    code = next(one.code for one in many_programs() if one.name == "fades")
    assert load_capture(path, code, 18.0) == captures["fades"]


def test_a_capture_of_another_program_or_length_is_none(
    tmp_path: Path, captures: Mapping[str, Capture]
) -> None:
    path = tmp_path / "fades.json"
    captures["fades"].save(path)
    code = next(one.code for one in many_programs() if one.name == "fades")
    assert load_capture(path, code + "\n", 18.0) is None
    assert load_capture(path, code, 9.0) is None
    assert load_capture(tmp_path / "none.json", code, 18.0) is None


def test_captures_that_are_kept_need_no_server(
    tmp_path: Path, captures: Mapping[str, Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = [one for one in many_programs() if one.name in captures]
    for one in programs:
        captures[one.name].save(tmp_path / f"{one.name}.json")
    monkeypatch.setattr(server, "SERVER", tmp_path / "none.rb")
    found = many.captures(programs, 18.0, tmp_path, 1, Progress("quiet"))
    assert found == [captures[one.name] for one in programs]


def test_where_the_server_is_missing_its_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SERVER", tmp_path / "none.rb")
    program = Program("tone", "ours", "play 60")
    with pytest.raises(MissingProgramError, match="sonic-pi-server"):
        many.captures([program], 1.0, tmp_path, 1, Progress("quiet"))


def test_a_request_to_end_leaves_as_an_exception_does() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as left, many.terminable():
        signal.raise_signal(signal.SIGTERM)
    assert left.value.code == 143
    assert signal.getsignal(signal.SIGTERM) is before


def many_programs() -> list[Program]:
    from trichord.studies.sonicpi.programs import own_programs

    return own_programs()
