from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichord.audio.notes import note_name
from trichord.errors import InputError
from trichord.instrument.plan import layer_velocities, make_plan, parse_keys, seconds_of


@given(
    st.integers(0, 127),
    st.integers(0, 127),
    st.integers(1, 12),
    st.integers(1, 8),
    st.floats(0.5, 12.0),
)
def test_every_key_and_velocity_has_exactly_one_zone(a, b, every, layers, seconds):
    low, high = min(a, b), max(a, b)
    plan = make_plan(f"{low}-{high}", every, layers, seconds)
    covered = np.zeros((128, 128), dtype=int)
    for zone in plan.zones:
        assert zone.lokey <= zone.pitch <= zone.hikey
        assert zone.lovel <= zone.velocity <= zone.hivel
        assert 0.5 <= zone.seconds <= seconds + 1e-3
        assert max(zone.pitch - zone.lokey, zone.hikey - zone.pitch) <= every // 2 + every % 2
        covered[zone.lokey : zone.hikey + 1, zone.lovel : zone.hivel + 1] += 1
    assert (covered[low : high + 1, 1:] == 1).all()
    assert covered.sum() == (high - low + 1) * 127
    assert len({zone.name for zone in plan.zones}) == len(plan.zones)


def test_the_default_is_ninety_notes_around_middle_c():
    plan = make_plan()
    assert len(plan.zones) == 90
    assert (plan.middle.pitch, plan.middle.velocity) == (60, 85)
    assert plan.pitches[0] == 21
    assert plan.pitches[-1] == 108
    assert {60 - 3, 60 + 3} <= set(plan.pitches)
    assert plan.velocities == (42, 85, 127)
    assert plan.middle.name == "C4_v085"


def test_the_order_goes_outwards():
    distances = [abs(zone.pitch - 60) for zone in make_plan().zones]
    assert distances == sorted(distances)


def test_low_notes_ring_longest():
    lengths = [seconds_of(pitch, 4.0) for pitch in range(21, 109)]
    assert lengths[0] == 4.0
    assert lengths[-1] == pytest.approx(1.6)
    assert lengths == sorted(lengths, reverse=True)


@given(st.integers(1, 8))
def test_layers_reach_127_and_begin_at_1(layers):
    rows = layer_velocities(layers)
    assert rows[0][1] == 1
    assert rows[-1][2] == 127


@given(st.integers(0, 127), st.integers(0, 127))
def test_keys_read_back(low, high):
    low, high = min(low, high), max(low, high)
    assert parse_keys(f"{note_name(low)}-{note_name(high)}") == (low, high)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"keys": "C9-C2"}, "C2-C9"),
        ({"keys": "A0"}, "--keys"),
        ({"keys": ""}, "--keys"),
        ({"keys": "A0-H8"}, "H8"),
        ({"layers": 0}, "--layers 0"),
        ({"layers": 99}, "--layers 99"),
        ({"every": 0}, "--every 0"),
        ({"every": -3}, "--every -3"),
        ({"seconds": 900}, "--seconds 900"),
        ({"seconds": 0.0}, "--seconds 0"),
        ({"seconds": float("nan")}, "--seconds nan"),
    ],
)
def test_bad_options_are_named(change, names):
    with pytest.raises(InputError) as caught:
        make_plan(**change)
    assert names in str(caught.value)
    assert "\n" not in str(caught.value)
