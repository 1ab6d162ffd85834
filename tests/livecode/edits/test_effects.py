from __future__ import annotations

from tests.livecode.edits.run import code_of, edit

LOOP = "# tune\nlive_loop :a do\n  # note\n  play :e3\n\n  sleep 1\nend\n"
WET = """\
# tune
with_fx :echo, phase: 0.5, mix: 0.5 do
  live_loop :a do
    play :e3

    sleep 1
  end
end
"""


def test_an_effect_around_a_loop() -> None:
    assert code_of("add_effect", LOOP, effect="lpf") == (
        "# tune\nwith_fx :lpf, cutoff: 85 do\n  live_loop :a do\n    # note\n    play :e3\n\n"
        "    sleep 1\n  end\nend\n"
    )


def test_adding_and_removing_leaves_the_program() -> None:
    assert code_of("remove_effect", code_of("add_effect", LOOP, effect="lpf")) == LOOP


def test_line_breaks_stay_as_they_are() -> None:
    code = LOOP.replace("\n", "\r\n")
    assert code_of("add_effect", code, effect="lpf").count("\r\n") == code.count("\n") + 2
    assert code_of("remove_effect", code_of("add_effect", code, effect="lpf")) == code


def test_an_inner_effect_goes_and_the_outer_stays() -> None:
    code = WET.replace("    play :e3\n", "    with_fx :lpf do\n      play :e3\n    end\n")
    found = {edit("remove_effect", code, seed=seed).code for seed in range(9)}  # type: ignore[union-attr]
    assert found == {
        WET,
        "# tune\nlive_loop :a do\n  with_fx :lpf do\n    play :e3\n  end\n\n  sleep 1\nend\n",
    }


def test_an_effect_that_is_controlled_stays() -> None:
    code = "with_fx :echo do |e|\n  control e, mix: 0.1\n  sleep 1\nend\n"
    assert edit("remove_effect", code) is None
    assert edit("swap_effect", code) is None


def test_another_effect_comes_with_its_own_options() -> None:
    assert code_of("swap_effect", WET, effect="lpf") == WET.replace(
        ":echo, phase: 0.5, mix: 0.5", ":lpf, cutoff: 85"
    )


def test_wetter_and_drier() -> None:
    assert code_of("wetter", WET, by=0.25) == WET.replace("mix: 0.5", "mix: 0.75")
    assert code_of("drier", WET, by=-0.4) == WET.replace("mix: 0.5", "mix: 0.1")
    bare = "with_fx :reverb do\n  sleep 1\nend\n"
    assert code_of("wetter", bare, by=0.25) == bare.replace(":reverb", ":reverb, mix: 0.65")


def test_an_echo_at_another_pace_fits_its_buffer() -> None:
    assert code_of("effect_time", WET, factor=2.0) == WET.replace("phase: 0.5", "phase: 1.0")
    slow = WET.replace("phase: 0.5", "phase: 1.5")
    assert code_of("effect_time", slow, factor=2.0) == WET.replace("phase: 0.5", "phase: 2.0")
