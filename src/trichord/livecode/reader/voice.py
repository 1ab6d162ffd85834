"""What goes on while a program is read: its threads, each at its own time, and what they sound."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from trichord.livecode.reader.chance import Chance
from trichord.livecode.reader.values import UNKNOWN, Value

Options = dict[str, Value]

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


class Voice:
    """One thread and what is in force in it."""

    __slots__ = (
        "bpm",
        "chance",
        "children",
        "depth",
        "effects",
        "octave",
        "piece",
        "place",
        "sample_defaults",
        "synced",
        "synth",
        "synth_defaults",
        "ticks",
        "time",
        "transpose",
        "variables",
        "waits",
    )

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        self.time = 0.0
        self.bpm = 60.0
        self.synth: str = "beep"
        self.synth_defaults: Options = {}
        self.sample_defaults: Options = {}
        self.effects: tuple[Effect, ...] = ()
        self.transpose = 0.0
        self.octave = 0.0
        self.depth = 0
        self.ticks: dict[str, int] = {}
        self.synced: dict[str, Moment] = {}
        self.place: tuple[int, ...] = ()
        self.children = 0
        self.waits = 0
        self.chance = Chance(table=piece.table)
        self.variables: dict[str, Value] = {}

    def child(self) -> Voice:
        """A thread started by this one: it begins with what is in force here.

        Raises:
            Ended: there are too many threads.
        """
        self.piece.voices += 1
        if self.piece.voices > VOICES:
            raise Ended
        new = Voice(self.piece)
        for name in ("time", "bpm", "synth", "effects", "transpose", "octave", "depth"):
            setattr(new, name, getattr(self, name))
        new.synth_defaults = dict(self.synth_defaults)
        new.sample_defaults = dict(self.sample_defaults)
        new.variables = dict(self.variables)
        new.chance = self.chance.child()
        new.place = (*self.place, self.children)
        self.children += 1
        return new

    @property
    def moment(self) -> Moment:
        """When and where the thread is; sums of the same waits are the same time."""
        return round(self.time, 6), self.place

    @property
    def beat(self) -> float:
        """Seconds of a beat."""
        return 60.0 / self.bpm

    def sleep(self, beats: float) -> None:
        """Lets time pass.

        Raises:
            Ended: it is beyond what is read.
        """
        self.time += beats * 60.0 / self.bpm
        if self.time >= self.piece.seconds:
            raise Ended

    def tick(self, name: str = "", step: int = 1) -> int:
        """Moves a counter on: 0 at first."""
        at = self.ticks[name] = self.ticks.get(name, -step) + step
        return at

    def look(self, name: str = "") -> int:
        """Where a counter stands."""
        return self.ticks.get(name, 0)


Code = Callable[[Voice], Value]
"""A part of the program made ready to be followed."""


@dataclass(frozen=True, slots=True)
class Block:
    """`do |x| … end`, or a function that the program defines."""

    parameters: tuple[str, ...]
    defaults: Mapping[str, Code]
    body: Code
    awaits: frozenset[str] = frozenset()
    """Cues that it waits for somewhere inside."""
    cues: frozenset[str] = frozenset()
    """Cues that it gives."""

    def __call__(self, voice: Voice, *arguments: Value, keywords: Options | None = None) -> Value:
        """Follows the block once with its parameters bound."""
        names, variables = self.parameters, voice.variables
        if names:
            if len(names) > 1 and len(arguments) == 1 and isinstance(arguments[0], list | tuple):
                arguments = tuple(arguments[0])
            for at, name in enumerate(names):
                if at < len(arguments):
                    variables[name] = arguments[at]
                elif keywords and name in keywords:
                    variables[name] = keywords[name]
                else:
                    default = self.defaults.get(name)
                    variables[name] = default(voice) if default else None
        voice.piece.spend()
        try:
            return self.body(voice)
        except Left as left:
            if left.level != "next":
                raise
            return left.value


@dataclass(slots=True)
class Given:
    """What a call gives to a function: values in order, values by name, a block.

    Attributes:
        site: byte of the program where the call stands.
    """

    values: list[Value]
    options: Options = field(default_factory=Options)
    block: Block | None = None
    site: int = 0

    def value(self, at: int, default: Value = None) -> Value:
        """The value at a place, where it is given."""
        return self.values[at] if at < len(self.values) else default


Function = Callable[[Voice, Given], Value]
"""What a word of the language does in a thread."""
