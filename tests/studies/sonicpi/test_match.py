from __future__ import annotations

from trichord.studies.sonicpi.match import Event, match
from trichord.studies.sonicpi.wire import Argument

MS = 1_000_000


def timed(ms: float, address: str, *arguments: Argument) -> Event:
    return Event(round(ms * MS), True, address, arguments)


def at_once(ms: float, address: str, *arguments: Argument) -> Event:
    return Event(round(ms * MS), False, address, arguments)


def beep(ms: float, node: int, note: float = 60.0, group: int = 8, bus: float = 34.0) -> Event:
    return timed(ms, "/s_new", "sonic-pi-beep", node, 1, group, "note", note, "out_bus", bus)


def test_one_numbering_for_another_is_equal() -> None:
    theirs = [at_once(-400, "/g_new", 8, 1, 4), beep(0, 10), beep(500, 11, 62.0)]
    ours = [at_once(-500, "/g_new", 7, 1, 4), beep(0, 9, group=7), beep(500, 8, 62.0, group=7)]
    found = match(theirs, ours)
    assert [pair.kind for pair in found.pairs] == ["at once", "timed", "timed"]
    assert (found.left_alone, found.right_alone, found.misnumbered) == ((), (), ())
    assert not found.same_numbers


def test_the_very_same_numbers_are_told() -> None:
    assert match([beep(0, 10)], [beep(0, 10)]).same_numbers


def test_a_millisecond_is_equal_and_more_is_not() -> None:
    assert len(match([beep(100, 1)], [beep(101, 1)]).pairs) == 1
    found = match([beep(100, 1)], [beep(101.1, 1)])
    assert (found.left_alone, found.right_alone, found.pairs) == ((0,), (0,), ())


def test_a_changed_argument_a_missing_and_an_extra_message_stand_alone() -> None:
    theirs = [beep(0, 1, 60.0), beep(10, 2, 61.0), beep(20, 3)]
    ours = [beep(0, 1, 60.5), beep(20, 3), beep(30, 4)]
    found = match(theirs, ours)
    assert found.left_alone == (0, 1)
    assert found.right_alone == (0, 2)


def test_messages_of_one_time_may_come_in_any_order() -> None:
    theirs = [beep(0, 1, 60.0), beep(0, 2, 64.0), beep(0, 3, 60.0)]
    found = match(theirs, [theirs[2], theirs[1], theirs[0]])
    assert len(found.pairs) == 3
    assert not found.misnumbered


def test_twins_are_told_apart_by_what_becomes_of_them() -> None:
    theirs = [beep(0, 1), beep(0, 2), timed(5, "/n_set", 1, "note", 70.0), timed(5, "/n_free", 2)]
    ours = [beep(0, 2), beep(0, 1), timed(5, "/n_set", 1, "note", 70.0), timed(5, "/n_free", 2)]
    found = match(theirs, ours)
    assert len(found.pairs) == 4
    assert not found.misnumbered
    assert found.same_numbers


def test_a_control_of_the_wrong_node_is_found_out() -> None:
    theirs = [beep(0, 1, 60.0), beep(0, 2, 64.0), timed(5, "/n_set", 1, "amp", 0.5)]
    ours = [beep(0, 1, 60.0), beep(0, 2, 64.0), timed(5, "/n_set", 2, "amp", 0.5)]
    assert match(theirs, ours).misnumbered


def test_a_bus_that_leads_elsewhere_is_found_out() -> None:
    theirs = [beep(0, 1, bus=36.0), beep(10, 2, 62.0, bus=38.0), beep(20, 3, 64.0, bus=36.0)]
    ours = [beep(0, 1, bus=36.0), beep(10, 2, 62.0, bus=38.0), beep(20, 3, 64.0, bus=38.0)]
    assert len(match(theirs, ours).misnumbered) == 1


def test_groups_of_chords_are_freed_by_the_clock() -> None:
    theirs = [at_once(0, "/g_new", 9, 1, 8), beep(0, 10, group=9), timed(1449, "/n_free", 9)]
    ours = [at_once(0, "/g_new", 9, 1, 8), beep(0, 10, group=9), timed(1501, "/n_free", 9)]
    found = match(theirs, ours)
    assert [pair.kind for pair in found.pairs if pair.left == 2] == ["by clock"]
    # A synth that is freed at another time is a difference.
    theirs[2], ours[2] = timed(1449, "/n_free", 10), timed(1501, "/n_free", 10)
    assert match(theirs, ours).left_alone == (2,)


def test_what_is_sent_at_once_has_no_time_to_compare() -> None:
    fx: tuple[Argument, ...] = ("sonic-pi-fx_echo", 12, 1, 9, "mix", 0.3)
    found = match([at_once(-330, "/s_new", *fx)], [at_once(-500, "/s_new", *fx)])
    assert [pair.kind for pair in found.pairs] == ["at once"]
    assert match([at_once(0, "/s_new", *fx)], [beep(0, 12)]).left_alone == (0,)
