"""A thread while it is read, at its own time, and what is in force in it; blocks and calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from trichord.livecode.reader.chance import Chance
from trichord.livecode.reader.piece import VOICES, Effect, Ended, Left, Moment, Piece
from trichord.livecode.reader.values import Value

Options = dict[str, Value]


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
