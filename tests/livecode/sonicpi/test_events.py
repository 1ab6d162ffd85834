from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.events import LATENCY, friendly, score_of
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.recording import Message, Recording
from trichord.livecode.sonicpi.synthdefs import SynthDefs
from trichord.score import Event, Score, from_json, pack, to_json, unpack

S = 10**9
HEAD, TAIL = 0, 1
DEFINITIONS = SynthDefs([install.find().synthdef_folder])
MIXER = (0, "/s_new", "sonic-pi-mixer", 6, HEAD, 2, "in_bus", 34.0)
GROUP = (0, "/g_new", 7, TAIL, 4)


def _recording(*messages, ends=None, seconds=10.0) -> Recording:
    rows = [
        Message(time, order, "main", 4.0, 3, address, tuple(arguments))
        for order, (time, address, *arguments) in enumerate(messages)
    ]
    return Recording(0, int(seconds * S), True, tuple(rows), ends=ends or {})


def _score(*messages, **more) -> Score:
    return score_of(_recording(*messages, **more), DEFINITIONS)


def _only(score: Score, name: str) -> Event:
    (event,) = [event for event in score.events if event.name == name]
    return event


@pytest.fixture(scope="module")
def play(pool: RuntimePool):
    def run(code: str, seconds: float = 4.0) -> Score:
        recording = pool.run(code, seconds=seconds)
        assert recording.errors == ()
        return score_of(recording, DEFINITIONS)

    return run


@pytest.mark.parametrize(
    ("instrument", "sample", "expected"),
    [
        ("sonic-pi-tb303", None, ("synth", "tb303")),
        ("sonic-pi-fx_ixi_techno", None, ("effect", "ixi_techno")),
        ("sonic-pi-basic_stereo_player", "/x/bd_haus.flac", ("sample", "bd_haus")),
        ("sonic-pi-stereo_player", None, ("sample", "stereo_player")),
        ("sonic-pi-mixer", None, ("mixer", "mixer")),
        ("my_own", None, ("synth", "my_own")),
    ],
)
def test_names_are_those_that_a_program_uses(instrument, sample, expected):
    assert friendly(instrument, sample) == expected


def test_an_event_has_what_was_given_and_every_default():
    score = _score((S, "/s_new", "sonic-pi-beep", 20, TAIL, 7, "note", 60, "amp", 1.0, "amp", 0.3))
    (event,) = score.events
    assert (event.start, event.beat, event.thread, event.line) == (1.0, 4.0, "main", 3)
    assert event.given == {"note": 60.0, "amp": 0.3}  # said twice: the later one holds
    arguments = score.arguments(event)
    assert arguments["release"] == 1.0
    assert arguments["note_slide_shape"] == 1.0
    assert score.latency == LATENCY


def test_a_parameter_that_the_synth_does_not_have_is_not_heard():
    score = _score((0, "/s_new", "sonic-pi-beep", 20, TAIL, 7, "reps", 3.0, "kind", "x"))
    assert score.events[0].given == {}


def test_a_control_has_the_slide_that_holds_at_its_time():
    event = _only(
        _score(
            (0, "/s_new", "sonic-pi-tb303", 20, TAIL, 7, "cutoff_slide", 2.0),
            (S, "/n_set", 20, "cutoff", 80.0, "res", 0.5),
            (2 * S, "/n_set", 20, "cutoff_slide", 4, "cutoff_slide_shape", 3, "cutoff", 90),
            (3 * S, "/n_set", 20, "no_such_parameter", 1.0),
        ),
        "tb303",
    )
    moves = [(c.time, c.parameter, c.value, c.slide, c.shape) for c in event.changes]
    assert moves == [
        (1.0, "cutoff", 80.0, 2.0, 1.0),
        (1.0, "res", 0.5, 0.0, 1.0),
        (2.0, "cutoff", 90.0, 4.0, 3.0),
    ]


def test_the_way_out_goes_by_the_buses():
    score = _score(
        MIXER,
        (0, "/s_new", "sonic-pi-fx_reverb", 10, TAIL, 7, "in_bus", 36.0, "out_bus", 34.0),
        (0, "/s_new", "sonic-pi-fx_echo", 11, HEAD, 7, "in_bus", 40.0, "out_bus", 36.0),
        (S, "/s_new", "sonic-pi-beep", 20, HEAD, 7, "out_bus", 40.0),
        (S, "/s_new", "sonic-pi-saw", 21, HEAD, 7, "out_bus", 34.0),
        (S, "/s_new", "sonic-pi-fm", 22, HEAD, 7, "out_bus", 99.0),
    )
    assert _only(score, "beep").route == (11, 10, 6)
    assert [stage.name for stage in score.effects(_only(score, "beep"))] == ["echo", "reverb"]
    assert _only(score, "saw").route == (6,)
    assert _only(score, "fm").route == ()


def test_an_inner_effect_may_begin_before_the_outer_one():
    score = _score(
        MIXER,
        (2 * S, "/s_new", "sonic-pi-fx_slicer", 19, TAIL, 7, "in_bus", 42.0, "out_bus", 34.0),
        (S, "/s_new", "sonic-pi-fx_reverb", 22, TAIL, 7, "in_bus", 44.0, "out_bus", 42.0),
        (2 * S, "/s_new", "sonic-pi-beep", 23, HEAD, 7, "out_bus", 44.0),
    )
    assert _only(score, "beep").route == (22, 19, 6)


def test_a_bus_belongs_to_the_effect_that_reads_it_at_the_time():
    score = _score(
        (0, "/s_new", "sonic-pi-fx_reverb", 10, TAIL, 7, "in_bus", 36.0),
        (S, "/s_new", "sonic-pi-beep", 20, HEAD, 7, "out_bus", 36.0),
        (2 * S, "/n_free", 10),
        (3 * S, "/s_new", "sonic-pi-saw", 21, HEAD, 7, "out_bus", 36.0),
        (4 * S, "/s_new", "sonic-pi-fx_echo", 11, TAIL, 7, "in_bus", 36.0),
        (5 * S, "/s_new", "sonic-pi-fm", 22, HEAD, 7, "out_bus", 36.0),
    )
    routes = {event.name: event.route for event in score.events if event.kind == "synth"}
    assert routes == {"beep": (10,), "saw": (), "fm": (11,)}


def test_a_control_of_a_group_moves_all_in_it_that_still_sound():
    score = _score(
        GROUP,
        (0, "/g_new", 8, TAIL, 7),
        (0, "/s_new", "sonic-pi-beep", 20, TAIL, 8),
        (0, "/s_new", "sonic-pi-saw", 21, TAIL, 8),
        (0, "/s_new", "sonic-pi-fm", 22, TAIL, 0),
        (S, "/n_free", 21),
        (2 * S, "/n_set", 7, "amp", 0.0),
    )
    moved = {event.name: [c.value for c in event.changes] for event in score.events}
    assert moved == {"beep": [0.0], "saw": [], "fm": []}


def test_ends_are_the_earliest_of_message_group_own_life_and_score():
    score = _score(
        GROUP,
        (0, "/s_new", "sonic-pi-beep", 20, TAIL, 7),
        (0, "/s_new", "sonic-pi-saw", 21, TAIL, 0),
        (0, "/s_new", "sonic-pi-fm", 22, TAIL, 0),
        (2 * S, "/g_freeAll", 7),
        ends={21: int(1.5 * S), 20: 3 * S},
    )
    assert {event.name: event.end for event in score.events} == {
        "beep": 2.0,
        "saw": 1.5,
        "fm": 10.0,
    }


def test_a_pause_is_kept():
    score = _score(
        GROUP,
        (0, "/s_new", "sonic-pi-beep", 20, TAIL, 7),
        (S, "/n_run", 7, 0),
        (2 * S, "/n_run", 20, 1),
    )
    assert score.events[0].pauses == ((1.0, False), (2.0, True))


def test_a_node_that_moves_is_in_its_new_group():
    score = _score(
        GROUP,
        (0, "/s_new", "sonic-pi-beep", 20, TAIL, 0),
        (0, "/n_order", TAIL, 7, 20),
        (S, "/n_set", 7, "amp", 0.5),
    )
    assert [c.value for c in score.events[0].changes] == [0.5]


def test_what_is_set_up_before_the_start_is_there_at_the_start():
    score = _score((-S // 2, "/s_new", "sonic-pi-fx_reverb", 10, TAIL, 7, "in_bus", 36.0))
    assert score.events[0].start == 0.0


def test_what_begins_at_the_end_or_after_is_not_in_it():
    score = _score(
        (S, "/s_new", "sonic-pi-beep", 20, TAIL, 7),
        (2 * S, "/s_new", "sonic-pi-saw", 21, TAIL, 7),
        seconds=2.0,
    )
    assert [event.name for event in score.events] == ["beep"]


def test_sample_files_go_by_the_buffer_at_the_time():
    player = ("/s_new", "sonic-pi-basic_stereo_player")
    score = _score(
        (0, "/b_allocRead", 4, "/s/kick.wav", 0, 0),
        (S, *player, 20, TAIL, 7, "buf", 4.0),
        (2 * S, "/b_allocRead", 4, "/s/snare.wav", 0, 0),
        (3 * S, *player, 21, TAIL, 7, "buf", 4.0),
    )
    assert [(event.name, event.sample) for event in score.events] == [
        ("kick", "/s/kick.wav"),
        ("snare", "/s/snare.wav"),
    ]


def test_a_real_program_tells_its_threads_lines_beats_effects_and_slides(play):
    score = play(
        """use_bpm 120
live_loop :bass do
  with_fx :reverb, room: 0.9 do |room|
    with_fx :echo, phase: 0.5 do
      deep = synth :tb303, note: :e2, release: 2, cutoff: 60, cutoff_slide: 1
      control deep, cutoff: 110
      sample :bd_haus, rate: 0.5
      control room, mix: 0.2, mix_slide: 2
      sleep 4
    end
  end
end
""",
        seconds=3.0,
    )
    first, second = [event for event in score.events if event.name == "tb303"]
    assert (first.thread, first.line, first.beat) == ("live_loop_bass", 5, 0.0)
    assert (second.start, second.beat) == (2.0, 4.0)
    assert first.given["note"] == 40.0
    assert score.arguments(first)["res"] == 0.9
    (opening,) = first.changes
    assert (opening.parameter, opening.value, opening.slide) == ("cutoff", 110.0, 0.5)
    assert first.end == pytest.approx(1.0, abs=0.02)  # release 2 beats at 120 a minute
    stages = score.effects(first)
    assert [stage.name for stage in stages] == ["echo", "reverb"]
    assert score.arguments(stages[0])["phase"] == 0.25
    (drier,) = stages[1].changes
    assert (drier.parameter, drier.value) == ("mix", 0.2)
    assert score.by_node[first.route[-1]].name == "mixer"
    kick = next(event for event in score.events if event.kind == "sample")
    assert kick.name == "bd_haus"
    assert Path(str(kick.sample)).stem == "bd_haus"
    assert kick.given["rate"] == 0.5


def test_the_mixer_has_what_the_program_sets(play):
    score = play("set_mixer_control! lpf: 70, lpf_slide: 2\nset_volume! 0.5\nplay 60\nsleep 1")
    mixer = _only(score, "mixer")
    moved = {change.parameter: (change.value, change.slide) for change in mixer.changes}
    assert moved["lpf"] == (70.0, 2.0)
    assert moved["pre_amp"][0] == 0.5


@pytest.mark.parametrize("name", ["haunted", "tron_bike", "compus_beats"])
def test_scores_of_the_examples_survive_both_forms(play, name):
    path = next(p for p in install.find().examples() if p.stem == name)
    score = play(path.read_text(encoding="utf-8"), seconds=6.0)
    assert len(score.events) >= 5
    assert all(event.end <= score.duration for event in score.events)
    assert from_json(to_json(score)) == score
    assert unpack(pack([score])) == [score]


NUMBERS = st.integers(0, 6)
TIMES = st.integers(-S, 11 * S)
PAIRS = st.lists(
    st.tuples(
        st.sampled_from(["amp", "cutoff", "cutoff_slide", "out_bus", "in_bus", "buf"]),
        st.integers(-3, 6) | st.floats(allow_nan=False, allow_infinity=False),
    ),
    max_size=3,
).map(lambda pairs: [word for pair in pairs for word in pair])
SYNTHS = st.sampled_from(
    ["sonic-pi-tb303", "sonic-pi-fx_reverb", "sonic-pi-mixer", "sonic-pi-stereo_player", "other"]
)
PLACES = st.integers(0, 4)


def _message(address: str, *parts):
    return st.tuples(TIMES, st.just(address), *parts).map(_flat)


def _flat(parts):
    return tuple(word for part in parts for word in (part if isinstance(part, list) else [part]))


MESSAGES = st.lists(
    st.one_of(
        _message("/s_new", SYNTHS, NUMBERS, PLACES, NUMBERS, PAIRS),
        _message("/g_new", NUMBERS, PLACES, NUMBERS),
        _message("/n_set", NUMBERS, PAIRS),
        _message("/n_free", NUMBERS),
        _message("/g_freeAll", NUMBERS),
        _message("/n_run", NUMBERS, st.integers(0, 1)),
        _message("/n_order", PLACES, NUMBERS, NUMBERS),
        _message("/b_allocRead", NUMBERS, st.just("/a.wav"), st.just(0), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(MESSAGES, st.dictionaries(NUMBERS, TIMES))
def test_whatever_is_sent_there_is_a_score_that_holds_together(messages, ends):
    score = _score(*messages, ends=ends)
    numbers = [event.node for event in score.events]
    assert len(numbers) == len(set(numbers))
    for event in score.events:
        assert 0 <= event.start <= event.end <= score.duration
        assert [c.time for c in event.changes] == sorted(c.time for c in event.changes)
        assert set(event.route) <= set(numbers)
        assert len(set(event.route)) == len(event.route)
        assert all(score.by_node[stage].kind in ("effect", "mixer") for stage in event.route)
    assert from_json(to_json(score)) == score
    assert unpack(pack([score])) == [score]
