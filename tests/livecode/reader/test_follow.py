"""The text followed by the reader beside what Sonic Pi's own runtime plays of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from trichord.livecode import templates
from trichord.livecode.compose import compose_many
from trichord.livecode.reader.chance import Chance, installed
from trichord.livecode.reader.follow import follow
from trichord.livecode.reader.piece import EVENTS
from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.events import score_of
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.synthdefs import SynthDefs

OWN = sorted((Path(templates.__file__).parent / "programs").glob("*.rb"))


def heard(code: str, seconds: float = 8.0) -> list[tuple[str, float, float]]:
    return [(s.name, round(s.start, 3), s.note) for s in follow(code, seconds).sounds]


def agreement(code: str, pool: RuntimePool, seconds: float) -> float:
    """F1 of names and starts against the events of the real runtime."""
    definitions = SynthDefs([install.find().synthdef_folder])
    score = score_of(pool.run(code, seconds=seconds), definitions)
    real = Counter(
        (e.name, round(e.start * 20)) for e in score.events if e.kind in ("synth", "sample")
    )
    mine = Counter((s.name, round(s.start * 20)) for s in follow(code, seconds).sounds)
    return 2 * (real & mine).total() / max(real.total() + mine.total(), 1)


@pytest.mark.parametrize("path", OWN[::5], ids=lambda path: path.stem)
def test_own_programs_are_read_as_they_play(path: Path, pool: RuntimePool) -> None:
    assert agreement(path.read_text("utf-8"), pool, 12.0) > 0.75


def test_composed_programs_are_read_as_they_play(pool: RuntimePool) -> None:
    found = [agreement(program.code, pool, 10.0) for program in compose_many(12, seed=77)]
    assert sum(found) / len(found) > 0.9


def test_loops_tempo_and_transposition() -> None:
    code = """
use_bpm 120
use_transpose 12
2.times do |i|
  play 60 + i
  sleep 1
end
with_bpm 60 do
  play :c3
  sleep 1
end
play 50
"""
    assert heard(code) == [
        ("beep", 0.0, 72.0), ("beep", 0.5, 73.0), ("beep", 1.0, 60.0), ("beep", 2.0, 62.0),
    ]  # fmt: skip


def test_threads_stand_side_by_side_and_wait_for_cues() -> None:
    code = """
live_loop :late, sync: :go do
  sample :bd_haus
  sleep 3
end
in_thread do
  sleep 2
  cue :go
end
play 60
"""
    assert heard(code) == [("beep", 0.0, 60.0), ("bd_haus", 2.0, 60.0), ("bd_haus", 5.0, 60.0)]


def test_rings_conditions_and_functions() -> None:
    code = """
define :riff do |n, up: 0|
  play n + up if n > 50
  sleep 0.5
end
notes = (ring 40, 60, 62)
4.times { riff notes.tick, up: 1 }
"""
    assert heard(code) == [("beep", 0.5, 61.0), ("beep", 1.0, 63.0)]


def test_what_is_in_force_reaches_the_sound() -> None:
    code = """
use_synth :saw
use_synth_defaults release: 0.5, cutoff: 80
with_fx :echo, phase: 0.5 do
  with_fx :reverb do
    use_bpm 120
    play 60, amp: 2
  end
end
"""
    (sound,) = follow(code).sounds
    assert (sound.name, sound.options) == ("saw", {"release": 0.25, "cutoff": 80, "amp": 2})
    assert [effect.name for effect in sound.effects] == ["reverb", "echo"]
    assert sound.effects[1].options == {"phase": [0.5]}


def test_a_control_moves_a_note() -> None:
    first, second = follow("s = play 60, sustain: 4\nsleep 1\ncontrol s, note: 67\n").sounds
    assert (first.until, second.start, second.note) == (1.0, 1.0, 67.0)


def test_chance_is_the_installed_language_s_own(pool: RuntimePool) -> None:
    code = "use_random_seed 7\n20.times do\n  play rrand_i(40, 90)\n  sleep 0.25\nend\n"
    definitions = SynthDefs([install.find().synthdef_folder])
    score = score_of(pool.run(code, seconds=6.0), definitions)
    real = [e.given["note"] for e in score.events if e.kind == "synth"]
    assert [note for _, _, note in heard(code)] == real


def test_without_an_installation_chance_is_the_reader_s_own() -> None:
    own = Chance(3.0, ())
    numbers = [own.draw() for _ in range(2000)]
    assert 0.47 < sum(numbers) / len(numbers) < 0.53
    assert numbers[:5] == [Chance(3.0, ()).draw(), *numbers[1:5]]
    assert numbers[:5] != [Chance(3.0, installed()).draw() for _ in range(5)]
    items = [*range(20)]
    own.shuffle(items)
    assert items != [*range(20)]
    assert sorted(items) == [*range(20)]


@pytest.mark.parametrize(
    "code",
    [
        "", "play", "((((((", "end end end", "\0", "\ud800", "play 60 +", "1/0", "x = x",
        "loop do\nend", "loop do\n sleep 0\nend", "while true do\n x = 1\nend",
        "define :f do\n f\nend\nf", "[0] * 10**12", "x = 9\n99.times { x = x * x }",
        "play 60, release: 1e400", "use_bpm 0\nsleep 1\nplay 60", "(" * 5000 + ")" * 5000,
        "sleep " + "-" * 3000 + "1", "[" * 2000, "live_loop :a do\n sync :a\nend",
        "at 10**9 do\n play 1\nend", "1000000.times do\n in_thread do\n play 1\n end\nend",
        "with_fx :echo, phase: -1 do\n play 60\nend", "sample 'a' * 10**9", "play nil",
        "use_synth 7",
    ],
)  # fmt: skip
def test_any_text_is_read_in_bounded_time(code: str) -> None:
    assert len(follow(code).sounds) <= EVENTS + 20


def test_what_comes_before_an_error_is_read() -> None:
    assert heard("play 60\nsleep 1\nraise 'no'\nplay 1 / 0\nplay 72") == [("beep", 0.0, 60.0)]
    assert ("beep", 0.0, 64.0) in heard("play 64\nwith_fx :reverb do\n play 60 (")


def test_reading_is_deterministic() -> None:
    code = (
        "live_loop :a do\n play scale(:c, :major).choose, amp: rand\n sleep [0.25, 0.5].choose\nend"
    )
    assert heard(code) == heard(code)
