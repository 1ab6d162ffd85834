"""A capture of the real server against our recording of the same program."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from trichord.errors import InputError
from trichord.livecode.sonicpi.recording import Recording
from trichord.studies.sonicpi.capture import Capture
from trichord.studies.sonicpi.identity import shape
from trichord.studies.sonicpi.match import TOLERANCE_NS, Event, Kind, Matching, Pair, match
from trichord.studies.sonicpi.wire import Argument

_QUESTIONS = frozenset(
    {"/notify", "/sync", "/status", "/d_load", "/d_loadDir", "/clearSched", "/b_query", "/quit"}
)
"""What changes no sound: the server asks, and waits for the answer."""
_WATCHERS = frozenset({"sonic-pi-scope", "sonic-pi-server-info"})
"""Synths of the real server that look at the sound, or at scsynth; a score has none."""
START_NS = -500_000_000
"""When a program starts to run: Sonic Pi sends half a second ahead."""
_LATE_NS = 2_000_000_000
"""What is sent at once this shortly before the end may come after it on the real server."""


@dataclass(frozen=True)
class Comparison:
    """How far our score of a program is the real server's."""

    name: str
    seconds: float
    timed: int
    """Messages of the real server within the score that have a time which the program made."""
    equal: int
    """Those that have a partner of ours: within 1 ms, same address, same arguments."""
    largest_ms: float
    """Largest difference in time between partners."""
    missing: tuple[str, ...]
    """Messages of the real server that have a time, and that we do not have."""
    extra: tuple[str, ...]
    """Messages of ours that the real server does not have."""
    misnumbered: tuple[str, ...]
    same_numbers: bool
    at_once: int
    """Messages that the real server sends without a time: groups, effects, buffers, clean-up.
    Those of the last two seconds are not counted: on its clock they may come after the end."""
    at_once_equal: int
    at_once_missing: tuple[str, ...]
    by_clock: int
    """Empty groups that are freed by the clock on the wall, equal but for that time."""
    by_clock_ms: float
    """Largest difference in time among these."""
    start_lag_ms: float
    """From sending the program to its time zero on the real server, less the half second that
    Sonic Pi runs ahead. Small: our time zero is the real one."""

    @property
    def exact(self) -> bool:
        """Whether nothing at all differs in the timed messages."""
        differences = self.missing + self.extra + self.misnumbered
        return self.equal == self.timed and not differences


def real_events(capture: Capture) -> list[Event]:
    """The capture's messages in Unix time, without what is said to start a server."""
    return [
        Event(
            one.arrived_ns if one.time_ns is None else one.time_ns,
            one.time_ns is not None,
            one.address,
            one.arguments,
        )
        for one in capture.sent
        if _matters(one.address, one.arguments)
    ]


def our_events(ours: Recording) -> list[Event]:
    """Our messages, in score time."""
    return [
        Event(one.time_ns, True, one.address, one.arguments)
        for one in ours.messages
        if _matters(one.address, one.arguments)
    ]


def _matters(address: str, arguments: Sequence[Argument]) -> bool:
    watches = address == "/s_new" and arguments[0] in _WATCHERS
    return address not in _QUESTIONS and not watches


def lay(
    capture: Capture, ours: Recording, seconds: float
) -> tuple[list[Event], list[Event], Matching]:
    """Both streams on the axis of our score, without what comes after the end, and their pairs.

    The real server starts a run when it gets to it: its time zero is the median of the differences
    between messages of equal words.

    Raises:
        InputError: nothing in the two streams is alike, so that there is no common time.
    """
    theirs, right = real_events(capture), our_events(ours)
    zero = _zero_ns(theirs, right, capture.name)
    end = round(seconds * 1e9) - TOLERANCE_NS
    left = [
        Event(one.time_ns - zero, one.timed, one.address, one.arguments)
        for one in theirs
        if one.time_ns - zero < end
    ]
    right = [one for one in right if one.time_ns < end]
    return left, right, match(left, right)


def compare(capture: Capture, ours: Recording, seconds: float) -> Comparison:
    """Pairs the messages of the real server with ours, and counts.

    Raises:
        InputError: nothing in the two streams is alike.
    """
    left, right, matching = lay(capture, ours, seconds)
    zero = _zero_ns(real_events(capture), our_events(ours), capture.name)
    end = round(seconds * 1e9)
    bad = {pair.left for pair in matching.misnumbered}
    alone = [left[i] for i in matching.left_alone]
    late = {i for i, one in enumerate(left) if not one.timed and one.time_ns >= end - _LATE_NS}
    strays = [right[i] for i in matching.right_alone]

    def largest_ms(kind: Kind) -> float:
        pairs = [pair for pair in matching.pairs if pair.kind == kind]
        return max((_apart_ns(left, right, pair) for pair in pairs), default=0) / 1e6

    def count(kind: Kind) -> int:
        good = (pair for pair in matching.pairs if pair.left not in bad | late)
        return sum(pair.kind == kind for pair in good)

    return Comparison(
        name=capture.name,
        seconds=seconds,
        timed=sum(matching.exact),
        equal=count("timed"),
        largest_ms=largest_ms("timed"),
        missing=tuple(one.text for one in alone if one.timed),
        extra=tuple(one.text for one in strays if START_NS < one.time_ns < end - _LATE_NS),
        misnumbered=tuple(left[i].text for i in sorted(bad - late)),
        same_numbers=matching.same_numbers,
        at_once=sum(not one.timed for one in left) - len(late),
        at_once_equal=count("at once"),
        at_once_missing=tuple(
            left[i].text for i in matching.left_alone if not left[i].timed and i not in late
        ),
        by_clock=count("by clock"),
        by_clock_ms=largest_ms("by clock"),
        start_lag_ms=(zero - capture.started_ns + START_NS) / 1e6,
    )


def _apart_ns(left: Sequence[Event], right: Sequence[Event], pair: Pair) -> int:
    return abs(left[pair.left].time_ns - right[pair.right].time_ns)


def _zero_ns(theirs: Sequence[Event], ours: Sequence[Event], name: str) -> int:
    """Unix time of our time zero: the n-th message of some words beside the n-th of the same."""
    there, here = _times(theirs), _times(ours)
    differences = [
        a - b
        for form, times in there.items()
        for a, b in zip(times, here.get(form, []), strict=False)
    ]
    if not differences:
        raise InputError(f"{name}: nothing that the real server sends is in our recording")
    return statistics.median_low(differences)


def _times(events: Sequence[Event]) -> dict[str, list[int]]:
    times: defaultdict[str, list[int]] = defaultdict(list)
    for one in sorted((one for one in events if one.timed), key=lambda one: one.time_ns):
        times[shape(one.address, one.arguments).form].append(one.time_ns)
    return times
