from __future__ import annotations

import pytest

from tests.livecode.edits.run import code_of, edit

LOOP = "live_loop :a do\n  play :e3\n  sleep 0.5 # wait\nend\n"


def test_written_tempi_are_multiplied() -> None:
    assert code_of("change_tempo", "use_bpm 120\nsleep 1\n", factor=0.5) == "use_bpm 60\nsleep 1\n"


def test_a_program_without_a_tempo_is_given_one() -> None:
    assert code_of("change_tempo", LOOP, factor=2.0) == "use_bpm 120\n" + LOOP


def test_a_tempo_that_a_sample_sets_is_left_alone() -> None:
    assert edit("change_tempo", "use_sample_bpm :loop_amen\nsleep 1\n") is None


@pytest.mark.parametrize(("name", "wait"), [("densify", "0.25"), ("thin_out", "1.0")])
def test_a_part_at_another_speed(name: str, wait: str) -> None:
    assert code_of(name, LOOP) == LOOP.replace("0.5", wait)


def test_a_part_that_waits_for_what_is_not_written_keeps_its_speed() -> None:
    code = "live_loop :a do\n  play :e3\n  sleep 0.5\n  sleep rand(1)\n  sleep x\nend\n"
    assert edit("densify", code) is None


def test_rests_by_chance() -> None:
    expected = LOOP.replace("play :e3", "play :e3 if one_in(3)")
    assert code_of("rest_sometimes", LOOP, chance="one_in(3)") == expected
    assert code_of("play_always", expected) == LOOP
    assert edit("play_always", "play 60 if spread(3, 8).tick\n") is None


def test_a_sound_twice_in_its_time() -> None:
    code = "live_loop :a do\n  play :e3\n  sleep 0.5\nend\n"
    assert code_of("subdivide", code, times=2) == (
        "live_loop :a do\n  2.times do\n    play :e3\n    sleep 0.25\n  end\nend\n"
    )


def test_swing_keeps_the_length_of_two_steps() -> None:
    assert "sleep (ring 0.6, 0.4).tick(:swing)" in code_of("swing", LOOP, share=0.6)


def test_a_loop_enters_later() -> None:
    assert code_of("enter_later", LOOP, beats=4).startswith("live_loop :a, delay: 4 do\n")
