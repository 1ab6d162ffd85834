from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from trichord.studies.sonicpi.identity import agreement, names, shape

GRAPH = (
    ("/g_new", (8, 1, 4)),
    ("/g_new", (9, 0, 8)),
    ("/s_new", ("sonic-pi-fx_reverb", 10, 1, 9, "in_bus", 36.0, "out_bus", 34.0)),
    ("/s_new", ("sonic-pi-beep", 11, 1, 8, "note", 60.0, "out_bus", 36.0)),
    ("/s_new", ("sonic-pi-beep", 12, 1, 8, "note", 62.0, "out_bus", 36.0)),
    ("/n_set", (11, "note", 70.0)),
    ("/n_free", (12,)),
)


def test_numbers_of_nodes_buses_and_buffers_are_taken_out() -> None:
    one = shape(
        "/s_new", ("sonic-pi-stereo_player", 15, 1, 8, "buf", 2.0, "out_bus", 36.0, "amp", 2.0)
    )
    assert one.identities == (("node", 15), ("node", 8), ("buffer", 2), ("bus", 36))
    assert one.form == (
        "/s_new 'sonic-pi-stereo_player' <node> 1 <node> 'buf' <buffer> 'out_bus' <bus> 'amp' 2.0"
    )


def test_each_command_has_its_numbers_where_scsynth_has_them() -> None:
    assert shape("/n_run", (5, 0, 6, 1)).identities == (("node", 5), ("node", 6))
    assert shape("/n_order", (1, 4, 7, 8)).form == "/n_order 1 <node> <node> <node>"
    assert shape("/n_map", (5, "amp", 3)).identities == (("node", 5), ("bus", 3))
    assert shape("/b_allocRead", (2, "/a.wav", 0, 0)).form == "/b_allocRead <buffer> '/a.wav' 0 0"
    assert shape("/c_set", (4, 0.5)).form == "/c_set <bus> 0.5"
    assert shape("/other", (4,)).form == "/other 4"


def test_floats_are_compared_as_they_are_on_the_wire_and_types_are_kept() -> None:
    assert (
        shape("/n_set", (1, "a", 0.1)).form == shape("/n_set", (1, "a", 0.10000000149011612)).form
    )
    assert shape("/n_set", (1, "a", 1)).form != shape("/n_set", (1, "a", 1.0)).form


@given(st.integers(0, 2**32))
def test_names_do_not_depend_on_numbers(seed: int) -> None:
    rng = random.Random(seed)
    numbers = {kind: rng.sample(range(1000), 100) for kind in ("node", "bus", "buffer")}
    shapes = [shape(address, arguments) for address, arguments in GRAPH]
    plain = names([(one.form, one.identities) for one in shapes])
    other = names(
        [
            (one.form, tuple((kind, numbers[kind][n]) for kind, n in one.identities))
            for one in shapes
        ]
    )
    assert plain == other


def test_names_tell_two_nodes_apart_by_what_happens_to_them() -> None:
    shapes = [shape(address, arguments) for address, arguments in GRAPH]
    # Without the note in the words, only their later fates differ.
    named = names([(one.form.replace("62.0", "60.0"), one.identities) for one in shapes])
    assert named[3][0] != named[4][0]
    assert agreement(named[3], named[3]) > agreement(named[3], named[4])
