from __future__ import annotations

import random

import pytest

from tests.livecode.edits.run import code_of, edit
from trichord.livecode.compose.layers import ROLES
from trichord.livecode.edits.layers import read_key, read_tempo
from trichord.livecode.tree import parse

TWO = """\
use_bpm 120

# low
live_loop :a do
  play :e2
  sleep 1
end

# high
with_fx :reverb do
  live_loop :b do
    play :b4
    sleep 1
  end
end
"""


def test_a_layer_goes_with_its_effect_and_its_comment() -> None:
    found = {edit("drop_layer", TWO, seed=seed).code for seed in range(9)}  # type: ignore[union-attr]
    assert found == {
        "use_bpm 120\n\n# low\nlive_loop :a do\n  play :e2\n  sleep 1\nend\n\n",
        TWO.replace("# low\nlive_loop :a do\n  play :e2\n  sleep 1\nend\n\n", ""),
    }


def test_a_loop_that_others_wait_for_stays() -> None:
    code = TWO.replace("live_loop :b do", "live_loop :b, sync: :a do")
    found = {edit("drop_layer", code, seed=seed).code for seed in range(9)}  # type: ignore[union-attr]
    assert all(":a do" in each for each in found)


def test_the_last_layer_stays() -> None:
    assert edit("drop_layer", "live_loop :a do\n  play :e2\n  sleep 1\nend\n") is None


def test_a_doubled_layer_has_a_name_of_its_own() -> None:
    code = "live_loop :a do\n  play :e2\n  sleep 1\nend\n"
    assert code_of("double_layer", code, octaves=1) == (
        code + "\nlive_loop :a_high do\n  play :e3\n  sleep 1\nend\n"
    )


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_layer_is_added_before_what_takes_time(role: str) -> None:
    code = "use_bpm 100\nloop do\n  play scale(:d3, :dorian).choose\n  sleep 1\nend\n"
    found = edit("add_layer", code, role=role)
    assert found is not None
    assert found.code.startswith("use_bpm 100\n")
    assert found.code.endswith(code.removeprefix("use_bpm 100\n"))
    assert f"live_loop :{found.parameters['loop']} do" in found.code
    assert found.parameters["mode"] == "dorian"


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("play scale(:e3, :minor_pentatonic).choose", (4, "minor_pentatonic")),
        ("play :g3\nplay :b3\nplay :d4\nplay :g4\nplay :fs4", (7, "major")),
        ("play chord(:a3, :minor)\nplay chord(:a3, :m7)\nplay :c4", (9, "minor")),
        ("sample :bd_haus", (4, "minor_pentatonic")),
    ],
)
def test_the_key_as_far_as_one_can_read_it(code: str, key: tuple[int, str]) -> None:
    assert read_key(parse(code)) == key


def test_the_tempo() -> None:
    assert read_tempo(parse("use_bpm 90\n")) == 90
    assert read_tempo(parse("sleep 1\n")) is None


def test_names_never_collide() -> None:
    code = TWO
    rng = random.Random(3)
    for seed in range(12):
        found = edit("add_layer", code, seed=seed, role=rng.choice(sorted(ROLES)))
        code = found.code if found else code
    names = [call.positional[0].text for call in parse(code).calls if call.name == "live_loop"]
    assert len(names) == len(set(names)) > 10
