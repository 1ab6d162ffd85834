"""What goes on in a program while it is read: its sounds, effects, cues, and threads to come."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trichord.livecode.reader.values import UNKNOWN, Value

if TYPE_CHECKING:
    from trichord.livecode.reader.voice import Block, Voice

Moment = tuple[float, tuple[int, ...]]
"""Seconds, and the place of the thread: of cues at one time, those of threads that were started
later come later."""

EVENTS = 3000
"""Sounds of one program; what would come after them is not read."""

STEPS = 30_000
"""Calls of one program; a program that asks for more is read so far."""

VOICES = 1500
"""Threads of one program."""

DEEPEST = 40
"""Calls of a program's own functions inside each other."""


class Ended(Exception):  # noqa: N818 it is no error
    """A thread has come to the end of its time, or to its `stop`."""


class Left(Exception):  # noqa: N818 it is no error
    """`break`, `next` or `return`: `level` says which, `value` what it gives."""

    def __init__(self, level: str, value: Value = None) -> None:
        self.level, self.value = level, value


@dataclass(slots=True)
class Effect:
    """One effect that sounds go through; `options` hold all values that each is given in turn."""

    name: str
    options: dict[str, list[float]]
    start: float


@dataclass(slots=True)
class Sounding:
    """One sound: a synth's note, or a sample.

    Attributes:
        start: seconds.
        options: its numbers; times in seconds.
        effects: what it goes through, nearest first.
        site: byte of the program where it is called.
        until: seconds at which it is cut, if it is.
    """

    kind: str
    name: str
    start: float
    note: float
    options: dict[str, float]
    effects: tuple[Effect, ...]
    site: int
    until: float | None = None


@dataclass
class Piece:
    """A program while it is read.

    Attributes:
        seconds: how far it is read.
        table: uniform numbers that it draws; see `chance`.
        cues: moments at which each cue is given, sorted.
        stored: what `set` has stored, by time.
        functions: what the program defines.
        effects: every effect by where it is called and with what.
        waiting: threads that were started and are yet to be read.
    """

    seconds: float
    table: Sequence[float] = ()
    sounds: list[Sounding] = field(default_factory=list[Sounding])
    cues: dict[str, list[Moment]] = field(default_factory=dict[str, list["Moment"]])
    stored: dict[str, list[tuple[float, int, Value]]] = field(
        default_factory=dict[str, list[tuple[float, int, Value]]]
    )
    functions: dict[str, Block] = field(default_factory=dict[str, "Block"])
    waiting: list[Waiting] = field(default_factory=list["Waiting"])
    named: set[str] = field(default_factory=set[str])
    effects: dict[object, Effect] = field(default_factory=dict[object, "Effect"])
    steps: int = 0
    voices: int = 0

    def spend(self) -> None:
        """Counts a step.

        Raises:
            Ended: there were too many.
        """
        self.steps += 1
        if self.steps > STEPS or len(self.sounds) > EVENTS:
            raise Ended

    def cue(self, name: str, moment: Moment) -> None:
        """Notes a cue."""
        insort(self.cues.setdefault(name, []), moment)

    def next_cue(self, name: str, after: Moment) -> Moment | None:
        """The first cue later than `after`, if one is known."""
        moments = self.cues.get(name, [])
        at = bisect_right(moments, after)
        return moments[at] if at < len(moments) else None

    def store(self, name: str, time: float, value: Value) -> None:
        """Notes what `set` stores."""
        kept = self.stored.setdefault(name, [])
        insort(kept, (time, len(kept), value), key=lambda each: each[:2])

    def recall(self, name: str, time: float) -> Value:
        """What `get` finds: the last value stored until `time`."""
        kept = self.stored.get(name, [])
        at = bisect_right(kept, (time + 1e-9, 1 << 30), key=lambda each: each[:2])
        return kept[max(at - 1, 0)][2] if kept else UNKNOWN


@dataclass(frozen=True, slots=True)
class Waiting:
    """A thread that was started and is yet to be read.

    Attributes:
        awaits, cues: names of the cues that it waits for, and of those that it gives.
    """

    voice: Voice
    work: Callable[[Voice], None]
    awaits: frozenset[str]
    cues: frozenset[str]
