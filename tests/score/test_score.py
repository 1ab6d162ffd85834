from __future__ import annotations

import io
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichord.errors import InputError
from trichord.score import (
    KINDS,
    Change,
    Event,
    Score,
    from_json,
    pack,
    shortest,
    to_json,
    unpack,
)

SECONDS = st.floats(-1.0, 1e4)
SINGLES = st.floats(allow_nan=False, width=32).map(shortest)
FINITE = st.floats(allow_nan=False, allow_infinity=False, width=32).map(shortest)
WORDS = st.text(max_size=8)
CHANGES = st.builds(Change, SECONDS, WORDS, FINITE, FINITE, FINITE, FINITE)
EVENTS = st.builds(
    Event,
    node=st.integers(0, 2**31),
    kind=st.sampled_from(KINDS),
    name=WORDS,
    instrument=WORDS,
    start=SECONDS,
    end=SECONDS,
    beat=st.none() | SECONDS,
    thread=WORDS,
    line=st.none() | st.integers(1, 10_000),
    given=st.dictionaries(WORDS, FINITE, max_size=3),
    changes=st.lists(CHANGES, max_size=2).map(tuple),
    route=st.lists(st.integers(0, 2**31), max_size=3).map(tuple),
    files=st.dictionaries(WORDS, WORDS, max_size=2),
    pauses=st.lists(st.tuples(SECONDS, st.booleans()), max_size=2).map(tuple),
)
SCORES = st.builds(
    Score,
    duration=SECONDS,
    events=st.lists(EVENTS, max_size=4).map(tuple),
    instruments=st.dictionaries(WORDS, st.dictionaries(WORDS, FINITE, max_size=3), max_size=3),
    latency=SECONDS,
)

BEEP = Event(
    node=7,
    kind="synth",
    name="beep",
    instrument="sonic-pi-beep",
    start=0.5,
    end=1.5,
    given={"note": 60.0},
    route=(3, 2),
)
ROOM = Event(
    node=3, kind="effect", name="reverb", instrument="verb", start=0.0, end=2.0, route=(2,)
)
MIXER = Event(node=2, kind="mixer", name="mixer", instrument="mix", start=0.0, end=2.0)
PIECE = Score(2.0, (MIXER, ROOM, BEEP), {"sonic-pi-beep": {"note": 52.0, "amp": 1.0}})


@settings(max_examples=25, deadline=None)
@given(SCORES)
def test_json_gives_the_same_score(score: Score):
    assert from_json(json.loads(json.dumps(to_json(score)))) == score


@settings(max_examples=25, deadline=None)
@given(st.lists(SCORES, max_size=3))
def test_columns_give_the_same_scores(scores: list[Score]):
    assert unpack(pack(scores)) == scores


def test_columns_can_be_kept_in_a_file():
    file = io.BytesIO()
    np.savez(file, **pack([PIECE, PIECE]))
    file.seek(0)
    with np.load(file, allow_pickle=False) as columns:
        assert unpack(columns) == [PIECE, PIECE]


def test_scores_of_one_language_share_their_defaults():
    one, many = pack([PIECE]), pack([PIECE] * 50)
    assert len(many["defaults"]) == len(one["defaults"])
    assert len(many["texts"]) == len(one["texts"])


def test_arguments_have_every_default():
    assert PIECE.arguments(BEEP) == {"note": 60.0, "amp": 1.0}
    assert to_json(PIECE)["events"][2]["arguments"] == {"note": 60.0, "amp": 1.0}


def test_effects_are_those_on_the_way_nearest_first():
    assert [stage.name for stage in PIECE.effects(BEEP)] == ["reverb"]
    assert PIECE.effects(MIXER) == ()


@given(SINGLES)
def test_shortest_names_the_same_single(value: float):
    assert np.float32(shortest(value)) == np.float32(value)


def test_shortest_has_no_digits_to_spare():
    assert shortest(float(np.float32(0.3))) == 0.3
    assert shortest(0.1 + 0.2) == 0.3
    assert shortest(1e300) == math.inf
    assert shortest(-1e300) == -math.inf
    assert math.isnan(shortest(math.nan))


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("version",), 2, "version is 2"),
        (("duration",), "long", "score.duration"),
        (("events",), {}, "score.events"),
        (("events", 0, "kind"), "noise", "events[0].kind"),
        (("events", 0, "start"), None, "events[0].start"),
        (("events", 0, "arguments", "x"), "loud", "events[0].arguments.x"),
        (("events", 0, "changes"), [3], "events[0].changes[0]"),
    ],
)
def test_what_is_no_score_is_named(path, value, named):
    fields = to_json(PIECE)
    place = fields
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(InputError) as caught:
        from_json(fields)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)
