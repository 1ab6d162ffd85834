"""Pairs the messages of two streams: equal in time and words, and one numbering maps to the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from trichord.studies.sonicpi.identity import Identity, Shape, colours, shape
from trichord.studies.sonicpi.wire import Argument

TOLERANCE_NS = 1_000_000
"""Messages are equal in time within 1 ms."""


START_NS = -500_000_000
"""When a program starts to run: Sonic Pi sends half a second ahead."""

Kind = Literal["timed", "by clock", "at once"]
"""How the time of a message is made: by the program; by the clock on the wall; not at all."""


@dataclass(frozen=True)
class Event:
    """A message of either stream."""

    time_ns: int
    """Score time: 0 is where the program can first sound."""
    timed: bool
    """Whether the time is exact: that of a bundle. False: when it was sent."""
    address: str
    arguments: tuple[Argument, ...]

    @property
    def text(self) -> str:
        """As a person reads it."""
        words = " ".join(str(argument) for argument in self.arguments)
        return f"{self.time_ns / 1e9:.4f} s {self.address} {words}"


@dataclass(frozen=True)
class Pair:
    """Two messages of one meaning, one of each stream, by their places."""

    left: int
    right: int
    kind: Kind


@dataclass(frozen=True)
class Matching:
    """What has a partner and what has none."""

    pairs: tuple[Pair, ...]
    left_alone: tuple[int, ...]
    right_alone: tuple[int, ...]
    renumbered_wrongly: tuple[Pair, ...]
    """Pairs whose nodes, buses or buffers do not fit the one-to-one numbering of the others."""
    same_numbers: bool
    """Whether not even the numbers differ."""


def match(left: Sequence[Event], right: Sequence[Event]) -> Matching:
    """Pairs messages of the real server (left) with ours (right).

    A timed message wants a partner within a millisecond; one that was sent at once wants any
    partner of the same words. Nothing is said of the order of messages at one time: threads of
    the real server run side by side, and scsynth sorts by time.
    """
    forms = [shape(event.address, event.arguments) for event in left]
    others = [shape(event.address, event.arguments) for event in right]
    classes = _classes(left, right, forms, others)
    pairs = _pairs_by_identity(classes, left, forms, others)
    wrong, same = _misfits(pairs, forms, others)
    paired_left, paired_right = {p.left for p in pairs}, {p.right for p in pairs}
    return Matching(
        pairs=tuple(pairs),
        left_alone=tuple(i for i in range(len(left)) if i not in paired_left),
        right_alone=tuple(i for i in range(len(right)) if i not in paired_right),
        renumbered_wrongly=tuple(wrong),
        same_numbers=same,
    )


@dataclass
class _Class:
    """Messages that time and words do not tell apart: as many of either stream."""

    key: Hashable
    left: list[int] = field(default_factory=list[int])
    right: list[int] = field(default_factory=list[int])
    kind: Kind = "timed"


def _classes(
    left: Sequence[Event], right: Sequence[Event], forms: Sequence[Shape], others: Sequence[Shape]
) -> list[_Class]:
    """Pairs by time and words, gathered where several pairs cannot be told apart."""
    ours = _by_form(range(len(right)), right, others)
    theirs = _by_form((i for i, event in enumerate(left) if event.timed), left, forms)
    found: list[_Class] = []
    for form, places in theirs.items():
        found.extend(_timed_classes(form, places, ours.get(form, []), left, right))
    found.extend(_by_clock(left, right, forms, others, found))
    found.extend(_at_once(left, right, forms, others, found))
    return found


def _by_clock(
    left: Sequence[Event],
    right: Sequence[Event],
    forms: Sequence[Shape],
    others: Sequence[Shape],
    found: Sequence[_Class],
) -> list[_Class]:
    """Groups that are freed when scsynth has said that they are empty.

    The server stamps these with the time on the clock when it hears so, and not with the time of a
    thread of the program: they have no time that could be compared, and no sound.
    """
    theirs, ours = _left_over(found)
    groups, our_groups = _groups(forms), _groups(others)
    kind = "by clock"
    return [
        _Class((kind, form), places[:count], partners[:count], kind)
        for form, places, partners, count in _same_words(
            [
                i
                for i in range(len(left))
                if left[i].timed and i not in theirs and _frees(forms[i], groups)
            ],
            [i for i in range(len(right)) if i not in ours and _frees(others[i], our_groups)],
            left,
            right,
            forms,
            others,
        )
    ]


def _at_once(
    left: Sequence[Event],
    right: Sequence[Event],
    forms: Sequence[Shape],
    others: Sequence[Shape],
    found: Sequence[_Class],
) -> list[_Class]:
    """What the server sends without a time; ours has more of it where it tells of its own start."""
    _, ours = _left_over(found)
    kind = "at once"
    classes: list[_Class] = []
    for form, places, partners, count in _same_words(
        [i for i in range(len(left)) if not left[i].timed],
        [i for i in range(len(right)) if i not in ours],
        left,
        right,
        forms,
        others,
    ):
        start = sum(right[i].time_ns <= START_NS for i in partners)
        skip = min(start, max(0, len(partners) - len(places)))
        classes.append(_Class((kind, form), places[:count], partners[skip : skip + count], kind))
    return classes


def _left_over(found: Sequence[_Class]) -> tuple[set[int], set[int]]:
    """Places that have a partner already, of either stream."""
    theirs = {place for one in found for place in one.left}
    return theirs, {place for one in found for place in one.right}


def _same_words(
    theirs: Iterable[int],
    ours: Iterable[int],
    left: Sequence[Event],
    right: Sequence[Event],
    forms: Sequence[Shape],
    others: Sequence[Shape],
) -> Iterator[tuple[str, list[int], list[int], int]]:
    """By words: the places of either stream in order of time, and how many pairs they make."""
    partners = _by_form(ours, right, others)
    for form, places in _by_form(theirs, left, forms).items():
        free = partners.get(form, [])
        if count := min(len(places), len(free)):
            yield form, places, free, count


def _groups(forms: Sequence[Shape]) -> set[Identity]:
    return {one.identities[0] for one in forms if one.form.startswith("/g_new ")}


def _frees(one: Shape, groups: set[Identity]) -> bool:
    return one.form == "/n_free <node>" and one.identities[0] in groups


def _by_form(
    places: Iterable[int], events: Sequence[Event], forms: Sequence[Shape]
) -> dict[str, list[int]]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place in sorted(places, key=lambda place: events[place].time_ns):
        groups[forms[place].form].append(place)
    return groups


def _timed_classes(
    form: str,
    theirs: Sequence[int],
    ours: Sequence[int],
    left: Sequence[Event],
    right: Sequence[Event],
) -> list[_Class]:
    """Walks along both, in order of time; those within a millisecond are one class."""
    classes: list[_Class] = []
    position, last = 0, None
    for place in theirs:
        time = left[place].time_ns
        while position < len(ours) and right[ours[position]].time_ns < time - TOLERANCE_NS:
            position += 1
        if position == len(ours) or right[ours[position]].time_ns > time + TOLERANCE_NS:
            continue
        if last is None or time - last > TOLERANCE_NS:
            classes.append(_Class((form, time)))
        classes[-1].left.append(place)
        classes[-1].right.append(ours[position])
        position, last = position + 1, time
    return classes


def _pairs_by_identity(
    classes: list[_Class], left: Sequence[Event], forms: Sequence[Shape], others: Sequence[Shape]
) -> list[Pair]:
    """Within a class, pairs those whose nodes and buses play the same part in the whole."""
    classes = sorted(classes, key=lambda one: left[one.left[0]].time_ns)
    theirs = _colours(classes, [one.left for one in classes], forms)
    ours = _colours(classes, [one.right for one in classes], others)
    pairs: list[Pair] = []
    known: dict[Identity, Identity] = {}
    for one in classes:
        free = list(one.right)
        for place in one.left:
            wanted = [known.get(identity) for identity in forms[place].identities]
            best = min(
                free,
                key=lambda other: (
                    theirs[place] != ours[other],
                    _conflicts(wanted, others[other].identities),
                ),
            )
            free.remove(best)
            for identity, other in zip(
                forms[place].identities, others[best].identities, strict=True
            ):
                known.setdefault(identity, other)
            pairs.append(Pair(place, best, one.kind))
    return pairs


def _conflicts(wanted: Sequence[Identity | None], has: Sequence[Identity]) -> int:
    return sum(want is not None and want != one for want, one in zip(wanted, has, strict=True))


def _colours(
    classes: Sequence[_Class], places: Sequence[Sequence[int]], forms: Sequence[Shape]
) -> dict[int, tuple[int, ...]]:
    flat = [(place, one.key) for one, some in zip(classes, places, strict=True) for place in some]
    named = colours([(key, forms[place].identities) for place, key in flat])
    return {place: name for (place, _), name in zip(flat, named, strict=True)}


def _misfits(
    pairs: Sequence[Pair], forms: Sequence[Shape], others: Sequence[Shape]
) -> tuple[list[Pair], bool]:
    """Pairs that break the one-to-one numbering; and whether the numbers are the same as well."""
    forth: dict[Identity, Identity] = {}
    back: dict[Identity, Identity] = {}
    wrong: list[Pair] = []
    same = True
    for pair in pairs:
        fits = True
        for a, b in zip(forms[pair.left].identities, others[pair.right].identities, strict=True):
            fits = fits and forth.setdefault(a, b) == b and back.setdefault(b, a) == a
            same = same and a == b
        if not fits:
            wrong.append(pair)
    return wrong, same
