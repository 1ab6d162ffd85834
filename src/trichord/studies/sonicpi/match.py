"""Pairs messages of two streams: equal in time and words, under one numbering of nodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from trichord.studies.sonicpi.identity import Identity, Name, Shape, agreement, names, shape
from trichord.studies.sonicpi.wire import Argument

TOLERANCE_NS = 1_000_000
"""Messages are equal in time within 1 ms."""

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
    misnumbered: tuple[Pair, ...]
    """Pairs whose nodes, buses or buffers do not fit the one-to-one numbering of the others."""
    same_numbers: bool
    """Whether not even the numbers differ."""
    exact: tuple[bool, ...]
    """Which messages of the left have a time that the program made, and that must be equal."""


def match(left: Sequence[Event], right: Sequence[Event]) -> Matching:
    """Pairs messages of the real server (left) with ours (right).

    A timed message wants a partner within a millisecond; one that was sent at once wants any
    partner of the same words. Nothing is said of the order of messages at one time: threads of
    the real server run side by side, and scsynth sorts by time.
    """
    forms = [shape(event.address, event.arguments) for event in left]
    others = [shape(event.address, event.arguments) for event in right]
    groups = {one.identities[0] for one in forms if one.form.startswith("/g_new ")}
    exact = [
        event.timed and not _frees(form, groups) for event, form in zip(left, forms, strict=True)
    ]
    classes = _timed(exact, left, right, forms, others)
    classes += _loose(exact, left, right, forms, others, classes)
    pairs = _paired(classes, left, right, forms, others)
    misnumbered, same = _misnumbered(pairs, forms, others)
    paired_left, paired_right = {p.left for p in pairs}, {p.right for p in pairs}
    return Matching(
        pairs=tuple(pairs),
        left_alone=tuple(i for i in range(len(left)) if i not in paired_left),
        right_alone=tuple(i for i in range(len(right)) if i not in paired_right),
        misnumbered=tuple(misnumbered),
        same_numbers=same,
        exact=tuple(exact),
    )


@dataclass
class _Class:
    """Messages that time and words do not tell apart."""

    key: Hashable
    left: list[int] = field(default_factory=list[int])
    right: list[int] = field(default_factory=list[int])
    exact: bool = True
    """Equal in time, and so as many of either stream."""


def _timed(
    exact: Sequence[bool],
    left: Sequence[Event],
    right: Sequence[Event],
    forms: Sequence[Shape],
    others: Sequence[Shape],
) -> list[_Class]:
    """Pairs by time and words, gathered where several pairs cannot be told apart."""
    ours = _by_form(range(len(right)), right, others)
    theirs = _by_form((i for i, timed in enumerate(exact) if timed), left, forms)
    return [
        one
        for form, places in theirs.items()
        for one in _walk(form, places, ours.get(form, []), left, right)
    ]


def _walk(
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
            classes.append(_Class((form, len(classes))))
        classes[-1].left.append(place)
        classes[-1].right.append(ours[position])
        position, last = position + 1, time
    return classes


def _loose(
    exact: Sequence[bool],
    left: Sequence[Event],
    right: Sequence[Event],
    forms: Sequence[Shape],
    others: Sequence[Shape],
    timed: Sequence[_Class],
) -> list[_Class]:
    """What has no time that could be compared, by words.

    The server sends some things at once; and it frees the group of a chord when scsynth has said
    that it is empty, stamped with the time on the clock when it hears so. Neither makes a sound.
    """
    free = (i for i, timed in enumerate(exact) if not timed)
    taken = {place for one in timed for place in one.right}
    ours = _by_form((i for i in range(len(right)) if i not in taken), right, others)
    return [
        _Class(("at once", form), places, ours[form], exact=False)
        for form, places in _by_form(free, left, forms).items()
        if form in ours
    ]


def _frees(one: Shape, groups: set[Identity]) -> bool:
    return one.form == "/n_free <node>" and one.identities[0] in groups


def _by_form(
    places: Iterable[int], events: Sequence[Event], forms: Sequence[Shape]
) -> dict[str, list[int]]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place in sorted(places, key=lambda place: events[place].time_ns):
        groups[forms[place].form].append(place)
    return groups


def _paired(
    classes: list[_Class],
    left: Sequence[Event],
    right: Sequence[Event],
    forms: Sequence[Shape],
    others: Sequence[Shape],
) -> list[Pair]:
    """Within a class, pairs those whose nodes and buses play the same part in the whole."""
    classes = sorted(classes, key=lambda one: left[one.left[0]].time_ns)
    theirs = _names(classes, [one.left for one in classes], forms)
    ours = _names(classes, [one.right for one in classes], others)
    known: dict[Identity, Identity] = {}
    pairs: list[Pair] = []
    for one in classes:
        free = list(one.right)
        for place in one.left:
            if not free:
                break

            def fitness(other: int, place: int = place) -> tuple[int, int, int]:
                return (
                    agreement(theirs[place], ours[other]),
                    -_conflicts(known, forms[place], others[other]),
                    -abs(left[place].time_ns - right[other].time_ns),
                )

            best = max(free, key=fitness)
            free.remove(best)
            known.update(
                pair
                for pair in zip(forms[place].identities, others[best].identities, strict=True)
                if pair[0] not in known
            )
            pairs.append(Pair(place, best, _kind(one, left[place])))
    return pairs


def _kind(one: _Class, event: Event) -> Kind:
    if one.exact:
        return "timed"
    return "by clock" if event.timed else "at once"


def _conflicts(known: dict[Identity, Identity], one: Shape, other: Shape) -> int:
    return sum(known.get(a, b) != b for a, b in zip(one.identities, other.identities, strict=True))


def _names(
    classes: Sequence[_Class], places: Sequence[Sequence[int]], forms: Sequence[Shape]
) -> dict[int, tuple[Name, ...]]:
    flat = [(place, one.key) for one, some in zip(classes, places, strict=True) for place in some]
    named = names([(key, forms[place].identities) for place, key in flat])
    return {place: name for (place, _), name in zip(flat, named, strict=True)}


def _misnumbered(
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
