from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trichord.data.splits import Member, split_groups

members = st.lists(
    st.builds(
        Member,
        group=st.integers(0, 25),
        family=st.sampled_from(["bass", "reed", "organ"]),
        keep_in_train=st.booleans(),
    ),
    max_size=60,
)


@given(members, st.integers(0, 5))
def test_no_group_on_both_sides_and_kept_ones_in_train(these: list[Member], seed: int) -> None:
    splits = split_groups(these, np.random.default_rng(seed))
    sides: dict[int, set[str]] = defaultdict(set)
    for member, split in zip(these, splits, strict=True):
        sides[member.group].add(split)
        assert split == "train" or not member.keep_in_train
    assert all(len(found) == 1 for found in sides.values())


def test_every_family_is_held_out_by_about_a_tenth() -> None:
    these = [Member(3 * i + j, family) for j, family in enumerate("abc") for i in range(50)]
    splits = split_groups(these, np.random.default_rng(0))
    for family in "abc":
        of_family = [s for m, s in zip(these, splits, strict=True) if m.family == family]
        assert of_family.count("valid") == of_family.count("test") == 5


def test_a_family_of_two_sounds_stays_in_train() -> None:
    these = [Member(0, "vocal"), Member(1, "vocal"), Member(1, "vocal")]
    assert split_groups(these, np.random.default_rng(0)) == ["train"] * 3


def test_the_seed_decides() -> None:
    these = [Member(i, "bass") for i in range(40)]
    drawn = [tuple(split_groups(these, np.random.default_rng(seed))) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
