from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trichord.livecode.sonicpi.nodes import Groups

HEAD, TAIL, BEFORE, AFTER = range(4)


def test_a_group_holds_what_is_put_into_it_and_below():
    groups = Groups()
    groups.add(1, HEAD, 0)
    groups.add(2, TAIL, 1)
    groups.add(3, TAIL, 2)
    groups.add(4, AFTER, 3)
    assert list(groups.within(1)) == [1, 2, 3, 4]
    assert groups.children(2) == [3, 4]


def test_what_is_beside_a_node_is_in_its_group():
    groups = Groups()
    groups.add(1, HEAD, 0)
    groups.add(2, HEAD, 1)
    groups.add(3, BEFORE, 2)
    assert groups.children(1) == [2, 3]


def test_a_node_moves_and_goes_with_all_below():
    groups = Groups()
    groups.add(1, HEAD, 0)
    groups.add(2, HEAD, 0)
    groups.add(3, HEAD, 1)
    groups.add(3, HEAD, 2)
    assert groups.children(1) == []
    groups.remove(2)
    assert list(groups.within(0)) == [0, 1]
    assert list(groups.within(3)) == [3]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 5))))
def test_the_tree_has_no_rings(moves):
    groups = Groups()
    for node, place, target in moves:
        groups.add(node, place, target)
    for node in range(6):
        below = list(groups.within(node))
        assert len(below) == len(set(below))
