"""Train, valid and test by groups of twins, never by note or by preset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

HELD_OUT = 0.1
"""Share of each family's instruments that valid gets, and that test gets."""


@dataclass(frozen=True)
class Member:
    """One instrument as the split sees it."""

    group: int
    family: str
    keep_in_train: bool = False


def split_groups(members: Sequence[Member], generator: np.random.Generator) -> list[str]:
    """Assign whole groups, about 80/10/10 by instruments within each family.

    A group belongs to the family of most of its members. Groups that hold an instrument to keep,
    and groups much larger than the share to hold out, stay in train; a family of fewer than three
    groups stays there altogether.

    Args:
        members: all instruments.
        generator: draws which groups are held out.

    Returns:
        "train", "valid" or "test" per member.
    """
    by_group: dict[int, list[Member]] = defaultdict(list)
    for member in members:
        by_group[member.group].append(member)
    by_family: dict[str, list[int]] = defaultdict(list)
    for group, inside in sorted(by_group.items()):
        by_family[_majority(inside)].append(group)
    sizes = {group: len(inside) for group, inside in by_group.items()}
    kept = {group for group, inside in by_group.items() if any(m.keep_in_train for m in inside)}
    chosen: dict[int, str] = {}
    for family in sorted(by_family):
        chosen |= _split_family(by_family[family], sizes, kept, generator)
    return [chosen.get(member.group, "train") for member in members]


def _majority(inside: list[Member]) -> str:
    families = sorted({member.family for member in inside})
    return max(families, key=lambda family: sum(member.family == family for member in inside))


def _split_family(
    groups: list[int], sizes: dict[int, int], kept: set[int], generator: np.random.Generator
) -> dict[int, str]:
    if len(groups) < 3:
        return {}
    wanted = max(1, round(HELD_OUT * sum(sizes[group] for group in groups)))
    limit = max(2, wanted)
    order = [groups[i] for i in generator.permutation(len(groups))]
    free = [group for group in order if group not in kept and sizes[group] <= limit]
    chosen: dict[int, str] = {}
    for split in ("test", "valid"):
        count = 0
        while free and count < wanted:
            group = free.pop()
            chosen[group] = split
            count += sizes[group]
    return chosen
