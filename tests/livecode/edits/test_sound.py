"""Loudness, colour, envelope and samples."""

from __future__ import annotations

import pytest

from tests.livecode.edits.run import code_of, edit

SIDES = {"width": 0.5, "how": "sides"}


@pytest.mark.parametrize(
    ("name", "code", "expected", "parameters"),
    [
        ("louder", "play 60, amp: 0.5\n", "play 60, amp: 1.0\n", {"factor": 2.0}),
        ("louder", "play(60)\n", "play(60, amp: 2)\n", {"factor": 2.0}),
        ("softer", "sample :bd_haus\n", "sample :bd_haus, amp: 0.5\n", {"factor": 0.5}),
        ("open_filter", "play cutoff: rand(90)\n", "play cutoff: rand(105)\n", {"by": 15}),
        ("open_filter", "play 60, cutoff: 120\n", "play 60, cutoff: 130\n", {"by": 25}),
        ("close_filter", "synth :saw\n", "synth :saw, cutoff: 85\n", {"by": -20}),
        ("longer_release", "play 60, release: 1\n", "play 60, release: 2\n", {"factor": 2.0}),
        ("shorter_release", "play 60\n", "play 60, release: 0.4\n", {"factor": 0.4}),
        ("softer_attack", "play 60\n", "play 60, attack: 0.12\n", {"factor": 2.0}),
        ("harder_attack", "play 60, attack: 1\n", "play 60, attack: 0.3\n", {"factor": 0.3}),
        ("pan_spread", "play 60\n", "play 60, pan: [-0.5, 0.5].choose\n", SIDES),
        ("narrow", "play 60, pan: -0.8\n", "play 60, pan: -0.4\n", {"factor": 0.5}),
        ("humanise_loudness", "play 60, amp: 2\n", "play 60, amp: rrand(1.8, 2.2)\n", {"by": 0.1}),
        ("reverse_sample", "sample :bd_haus\n", "sample :bd_haus, rate: -1\n", {}),
        ("reverse_sample", "sample :bd_haus, rate: -1\n", "sample :bd_haus, rate: 1\n", {}),
        ("speed_sample", "sample :a, rate: 0.5\n", "sample :a, rate: 1.0\n", {"factor": 2.0}),
    ],
)  # fmt: skip
def test_one_thing_changes(
    name: str, code: str, expected: str, parameters: dict[str, float | str]
) -> None:
    assert code_of(name, code, **parameters) == expected


def test_an_option_never_lands_in_an_inner_call() -> None:
    assert edit("louder", "play chord :e3, :minor\n") is None
    assert code_of("louder", "play (chord :e3, :minor)\n", factor=2.0) == (
        "play (chord :e3, :minor), amp: 2\n"
    )


def test_a_high_pass_does_not_open_upwards() -> None:
    assert edit("open_filter", "with_fx :hpf, cutoff: 60 do\n  sleep 1\nend\n") is None


def test_a_beep_has_no_filter_to_close() -> None:
    assert edit("close_filter", "play 60\n") is None


def test_a_synth_becomes_one_of_its_role() -> None:
    found = edit("swap_synth", "use_synth :hollow\nplay 60\n")
    assert found is not None
    assert found.parameters["from"] == "hollow"
    assert found.code == f"use_synth :{found.parameters['to']}\nplay 60\n"


def test_a_sample_becomes_one_of_its_kind_wherever_it_is_named() -> None:
    code = "load_samples :bd_haus\nsample :bd_haus\nsample :sn_dub\n"
    found = edit("swap_sample", code, seed=3)
    assert found is not None
    old, new = str(found.parameters["from"]), str(found.parameters["to"])
    assert found.code == code.replace(old, new)
    assert new not in code
