"""Programs are recorded exactly, the same each time, with the lines of what they say and do."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from trichord.errors import InputError
from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.recording import Message, ProgramError, Recording
from trichord.livecode.sonicpi.source import LONGEST

SETUP = 8
"""Messages that build the server's groups, mixer and random numbers before any program plays."""


def same(recording: Recording) -> Recording:
    """A recording without what no two runs share."""
    return dataclasses.replace(recording, cpu_seconds=0.0)


def played(recording: Recording) -> list[Message]:
    return [m for m in recording.messages if m.address == "/s_new" and m.time_ns >= 0]


def option(message: Message, name: str) -> object:
    arguments = message.arguments[4:]
    return dict(zip(arguments[::2], arguments[1::2], strict=True)).get(name)


def test_all_installed_examples_play_the_same_twice_and_on_two_workers(pool: RuntimePool) -> None:
    programs = [path.read_text(encoding="utf-8") for path in install.find().examples()]
    first = dict(pool.map(programs))
    assert set(first) == set(range(len(programs)))
    assert [r.errors for r in first.values() if r.errors] == []
    assert all(played(r) for r in first.values())
    # In the opposite order, most programs meet the other worker.
    again = dict(pool.map(reversed(programs)))
    last = len(programs) - 1
    assert [same(first[i]) for i in first] == [same(again[last - i]) for i in first]


def test_notes_have_time_beat_line_thread_and_arguments(pool: RuntimePool) -> None:
    code = """use_bpm 120
live_loop :bass do
  play 40, release: 2
  sleep 1
end
in_thread do
  sleep 0.5
  play :e4
end
"""
    notes = played(pool.run(code, seconds=1.2))
    assert [(m.time_ns, m.thread, m.beat, m.line) for m in notes] == [
        (0, "live_loop_bass", 0.0, 3),
        (250_000_000, "in_thread:6", 0.5, 8),
        (500_000_000, "live_loop_bass", 1.0, 3),
        (1_000_000_000, "live_loop_bass", 2.0, 3),
    ], "what lies past the end is left out"
    assert notes[0].arguments[0] == "sonic-pi-beep"
    assert (option(notes[0], "note"), option(notes[0], "release")) == (40.0, 1.0)
    assert option(notes[1], "note") == 64.0


def test_a_sample_belongs_to_the_line_and_thread_that_first_plays_it(pool: RuntimePool) -> None:
    found = pool.run("live_loop :a do\n  sample :bd_haus\n  sleep 1\nend\n", seconds=1.5)
    assert [(m.thread, m.line) for m in played(found)] == [("live_loop_a", 2)] * 2
    buffer = found.buffers[2]
    assert (buffer.frames, buffer.channels, buffer.rate) == (9699, 2, 44100.0)
    assert buffer.path == str(install.find().samples()["bd_haus"])
    assert Path(found.synthdefs["sonic-pi-basic_stereo_player"]).exists()


def test_controls_and_effects_are_messages_too(pool: RuntimePool) -> None:
    code = """with_fx :reverb, room: 0.9 do
  s = play 50, release: 4, note_slide: 1
  control s, note: 60
end
"""
    found = pool.run(code)
    assert [m.arguments[0] for m in found.messages if m.address == "/s_new"][-2:] == [
        "sonic-pi-fx_reverb",
        "sonic-pi-beep",
    ]
    (control,) = [m for m in found.messages if m.address == "/n_set" and m.line == 3]
    assert control.arguments[1:] == ("note", 60.0)
    assert found.finished


def test_ends_tell_when_synths_freed_themselves(pool: RuntimePool) -> None:
    found = pool.run("play 60, attack: 0.25, release: 0.5\nplay 70, sustain: 30\n", seconds=2)
    short, long = (m.arguments[1] for m in played(found))
    assert isinstance(short, int)
    assert found.ends[short] == pytest.approx(0.75e9, abs=2e6)
    assert long not in found.ends


def test_a_program_ends_with_its_last_sound(pool: RuntimePool) -> None:
    found = pool.run("play 60, release: 0.5\nsleep 3\nplay 60, release: 0.5\n")
    assert found.finished
    # The note, then Sonic Pi fades its mixer out for 1.1 s and waits for half a second more.
    assert found.seconds == pytest.approx(3 + 0.5 + 1.1 + 0.5, abs=0.01)
    assert pool.run("loop do\n  sleep 1\nend\n", seconds=2).seconds == 2.0


def test_prints_and_cues_have_logical_times_and_lines(pool: RuntimePool) -> None:
    code = "puts :hi, [1, 2]\nsleep 0.5\ncue :now, a: 1\nlive_loop :x do\n  puts :é\n  stop\nend\n"
    found = pool.run(code)
    assert [(p.time, p.thread, p.text, p.line) for p in found.prints] == [
        (0.0, "", ":hi [1, 2]", 1),
        (0.5, "live_loop_x", ":é", 5),
    ]
    assert [(c.time, c.path, c.arguments, c.line) for c in found.cues] == [
        (0.5, "/cue/now", {"a": 1}, 3),
        (0.5, "/live_loop/x", [], 4),
    ]


def test_a_thread_that_dies_leaves_the_others_playing_and_says_so(pool: RuntimePool) -> None:
    code = """live_loop :good do
  play 60
  sleep 0.5
end
live_loop :bad do
  play 50
  sleep 0.5
  raise "enough" if tick == 1
end
"""
    found = pool.run(code, seconds=2)
    assert found.errors == (
        ProgramError("runtime", "RuntimeError: enough", 8, None, "live_loop_bad"),
    )
    notes = [option(m, "note") for m in played(found)]
    assert (notes.count(60.0), notes.count(50.0)) == (5, 2)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("play 60\nplay 60)\n", "line 2, column 8: syntax error, unexpected ')'"),
        ("live_loop :a do\n  play 60\n", "syntax error, unexpected end-of-input"),
        ("play 60\r\nsleep 1\r\nplya 3\r\n", "line 3: Sonic Pi 3.2.2 has no function or variable"),
        ("x = link_bpm\n", "line 1: Sonic Pi 3.2.2 has no function or variable named 'link_bpm'"),
        ("use_synth :rodeo\nplay 60\n", "line 2: Sonic Pi 3.2.2 has no synth :rodeo"),
        ("with_fx :vinyl do\nend\n", "line 1: Sonic Pi 3.2.2 has no FX :vinyl"),
        ("\nplay 60, amp: -1\n", "line 2: RuntimeError: Value of opt :amp must be zero or greater"),
        ("loop do\n  play 60\nend\n", "line 1: ZeroTimeLoopError: loop did not sleep or sync!"),
        ("define :f do\n  f\nend\nf\n", "line 2: SystemStackError: the program calls itself"),
    ],
)
def test_errors_are_one_line_that_names_the_place(pool: RuntimePool, code: str, error: str) -> None:
    found = pool.run(code, seconds=1)
    assert len(found.errors) == 1
    assert error in str(found.errors[0])
    assert "\n" not in found.errors[0].message


@pytest.mark.parametrize(
    ("code", "notice"),
    [
        ("use_real_time\nplay 60\n", "use_real_time has nothing to react to"),
        ("with_real_time do\n  play 60\nend\n", "use_real_time has nothing to react to"),
        ("midi 60\n", "MIDI messages are sent nowhere"),
        ('use_osc "localhost", 4560\nosc "/a", 1\n', "OSC messages are sent nowhere"),
        ("live_audio :voice\n", "live audio is silent"),
        ("synth :sound_in\n", "live audio is silent"),
        ('in_thread do\n  sync "/midi*/note_on"\nend\n', 'sync "/midi*/note_on" finds nothing'),
        ('puts get "/osc*/a"\n', 'get "/osc*/a" finds nothing'),
        ("sample :tabla_of_tomorrow\n", "no match found, skipping"),
    ],
)
def test_what_cannot_be_had_offline_is_said_once(pool: RuntimePool, code: str, notice: str) -> None:
    found = pool.run(code, seconds=1)
    assert found.errors == ()
    assert [n.message for n in found.notices if notice in n.message] != []
    assert all(n.line is not None for n in found.notices)


def test_a_thread_in_real_time_mode_is_half_a_second_early(pool: RuntimePool) -> None:
    code = "in_thread do\n  use_real_time\n  sleep 1\n  play 60\nend\nsleep 1\nplay 62\n"
    found = pool.run(code)
    notes = {option(m, "note"): m.time_ns for m in played(found)}
    assert (notes[60.0], notes[62.0]) == (500_000_000, 1_000_000_000)


@pytest.mark.parametrize("early", ["use_real_time", "use_sched_ahead_time 0"])
def test_a_score_begins_with_its_first_sound(pool: RuntimePool, early: str) -> None:
    code = f"in_thread do\n  play 62\nend\n{early}\nloop do\n  play 60\n  sleep 1\nend\n"
    found = pool.run(code, seconds=2.2)
    notes = [(option(m, "note"), m.time_ns) for m in played(found)]
    assert sorted(n for n in notes if n[0]) == [
        (60.0, 0),
        (60.0, 1_000_000_000),
        (60.0, 2_000_000_000),
        (62.0, 500_000_000),
    ]
    assert found.seconds == 2.2


def test_an_effect_that_starts_a_little_early_shifts_nothing(pool: RuntimePool) -> None:
    found = pool.run("with_fx :wobble do\n  play 60\nend\n", seconds=1)
    assert [m.time_ns for m in played(found) if option(m, "note") == 60.0] == [0]


def test_an_empty_program_is_refused_and_one_that_does_nothing_is_silent(
    pool: RuntimePool,
) -> None:
    with pytest.raises(InputError, match="the program is empty"):
        pool.run(" \r\n")
    found = pool.run("# nothing", seconds=1)
    assert (len(found.messages), found.errors, played(found)) == (SETUP, (), [])


def test_windows_line_ends_and_a_byte_order_mark_are_taken(pool: RuntimePool) -> None:
    plain = pool.run("play 60\nsleep 1\nplay 62\n", seconds=3)
    assert same(pool.run(b"\xef\xbb\xbfplay 60\r\nsleep 1\r\nplay 62\r\n", seconds=3)) == same(
        plain
    )


def test_a_megabyte_of_program_plays(pool: RuntimePool) -> None:
    line = "# a comment of forty characters, more or\n"
    code = line * ((LONGEST - 10) // len(line)) + "play 60\n"
    assert len(played(pool.run(code, seconds=1))) == 1
    with pytest.raises(InputError, match=r"has 1,048,577 characters, more than 1,048,576"):
        pool.run("#" * (LONGEST + 1))


def test_a_program_must_be_utf8(pool: RuntimePool) -> None:
    with pytest.raises(InputError, match=r"line 2: byte 0xe9: the program is not UTF-8"):
        pool.run(b'play 60\nputs "\xe9"\n')


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_score_has_a_length(pool: RuntimePool, seconds: float) -> None:
    with pytest.raises(InputError, match="seconds = "):
        pool.run("play 60", seconds=seconds)


def test_programs_know_nothing_of_each_other(pool: RuntimePool) -> None:
    for _ in range(2):
        pool.run("define :plya do\nend\nset :x, 1\nclass ::Integer\n  def odd? = 7\nend\n")
        found = pool.run("puts get(:x), 3.odd?\nplya\n")
        assert found.prints[0].text == "nil true"
        assert len(found.errors) == 1


def test_programs_are_taken_only_as_fast_as_they_are_played(pool: RuntimePool) -> None:
    taken = []

    def programs():
        for i in range(20):
            taken.append(i)
            yield "play 60"

    results = pool.map(programs(), seconds=0.1)
    next(results)
    assert len(taken) <= 3
    results.close()
    assert pool.run("play 60", seconds=0.1).errors == ()


def test_a_pool_has_workers() -> None:
    with pytest.raises(InputError, match="workers = 0"):
        RuntimePool(0)


def test_addresses_of_objects_are_left_out(pool: RuntimePool) -> None:
    code = "puts ::Object.new\ncurrent_volume\n"
    found = pool.run(code, seconds=1)
    assert found.prints[0].text == "#<Object>"
    assert [str(e) for e in found.errors] == [
        "line 2: NoMethodError: undefined method 'volume' for an object of class SonicPi::Studio",
    ]


def test_a_change_of_how_far_ahead_threads_run_is_kept(pool: RuntimePool) -> None:
    code = "set_sched_ahead_time! 1\nsleep 1\nplay 60\nputs current_sched_ahead_time\n"
    found = pool.run(code)
    (note,) = [m for m in played(found) if option(m, "note") == 60.0]
    assert (note.time_ns, found.prints[0].text) == (1_500_000_000, "1")


def test_onsets_of_a_sample_are_found(pool: RuntimePool) -> None:
    found = pool.run("sample :loop_amen, onset: 2\nputs sample_buffer(:loop_amen).onsets.size")
    (slice_,) = (m for m in played(found) if option(m, "finish") is not None)
    start, finish = option(slice_, "start"), option(slice_, "finish")
    assert isinstance(start, float)
    assert isinstance(finish, float)
    assert 0 < start < finish < 1
    assert int(found.prints[0].text) > 4
