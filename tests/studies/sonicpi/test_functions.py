from __future__ import annotations

from collections.abc import Mapping

import pytest

from trichord.errors import InputError
from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.guard import findings
from trichord.livecode.sonicpi.render import Renderer
from trichord.studies.sonicpi import functions as module
from trichord.studies.sonicpi.functions import documented, functions, used
from trichord.studies.sonicpi.programs import Program, own_programs, programs

REFUSED = {"errors", "midi_and_osc"}
"""Programs of ours that show what the guard refuses."""


def test_calls_with_and_without_arguments_are_seen() -> None:
    assert {"live_loop", "play", "tick", "sleep"} <= used(
        "live_loop :a do\n play tick\n sleep 1\nend"
    )


@pytest.fixture(scope="module")
def names() -> Mapping[str, str]:
    return documented(install.find())


def test_the_documentation_describes_the_language(names: Mapping[str, str]) -> None:
    assert {"play", "sample", "live_loop", "with_fx", "sync", "midi_note_on"} <= set(names)
    assert (names["play"], names["midi_note_on"], names["chord"]) == (
        "sound",
        "midi",
        "western theory",
    )


def test_every_function_that_makes_or_times_sound_is_used_by_a_program_of_ours(
    names: Mapping[str, str],
) -> None:
    uses = set[str]().union(*(used(one.code) for one in own_programs()))
    unused = set(names) - uses
    elsewhere = {
        "run_code",
        "run_file",
        "eval_file",
        "load_buffer",
        "load_example",
        "load_synthdefs",
    }
    assert {n for n in unused if not n.startswith("mc_")} == elsewhere | {"live_audio"}


def test_what_no_program_uses_has_the_error_that_one_gets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = {"play": "sound", "osc_send": "core", "run_code": "core", "live_audio": "sound"}
    monkeypatch.setattr(module, "documented", lambda _: few)
    program = Program("tone", "ours", "play 60\nosc_send 'localhost', 7000, '/a'")
    with Renderer(score_only=True) as renderer:
        table = {one.name: one for one in functions([program], {"tone"}, renderer, install.find())}
    assert (table["play"].programs, table["play"].verdict) == (("tone",), "equal")
    assert "the guard" in table["osc_send"].verdict
    assert table["run_code"].verdict.startswith("not supported: ")
    assert table["run_code"].unsupported
    assert table["live_audio"].verdict.startswith("no effect: ")
    assert not table["play"].unsupported


def test_ours_are_many_and_the_guard_lets_them_pass() -> None:
    own = own_programs()
    assert len(own) >= 20
    assert {one.name for one in own if findings(one.code)} == REFUSED


def test_programs_are_chosen_by_name() -> None:
    assert [one.name for one in programs("fades, haunted")] == ["haunted", "fades"]
    assert len([one for one in programs() if one.origin == "example"]) == 32
    with pytest.raises(InputError, match="--only nobody"):
        programs("nobody")
