"""The plain table of what a piece plays: events, their parameters over time, and their way out.

A score holds everything that decides what is heard, and nothing of the program that wrote it:
which instrument or sound file starts when, every parameter with its default filled in, how the
parameters move afterwards, and through which effects and mixers the sound goes.

Times are seconds from the start of the score. Parameters are what a synthesiser gets, 32-bit
floats; each is kept as the shortest decimal that names the same 32-bit float (0.3, not
0.30000001192092896).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Kind = Literal["synth", "sample", "effect", "mixer"]
KINDS: tuple[Kind, ...] = ("synth", "sample", "effect", "mixer")


@dataclass(frozen=True)
class Change:
    """A parameter that moves after its event has begun.

    Attributes:
        time: When it begins to move, seconds.
        parameter: Its name.
        value: Where it goes.
        slide: Seconds that it takes on the way; 0 jumps.
        shape: Which curve it takes (SuperCollider's envelope shapes: 1 linear, 2 exponential,
            3 sine, 4 Welch, 5 by `curve`, 6 squared, 7 cubed).
        curve: Bend of shape 5: 0 is straight, above 0 starts slowly.
    """

    time: float
    parameter: str
    value: float
    slide: float = 0.0
    shape: float = 1.0
    curve: float = 0.0


@dataclass(frozen=True)
class Event:
    """One thing that sounds, or that sound goes through.

    Attributes:
        node: Its number; no two events of a score share one.
        kind: A synth, a sample player, an effect or a mixer.
        name: What its author calls it: `tb303`, `bd_haus`, `reverb`.
        instrument: The definition that plays it; `Score.instruments` has its parameters.
        start: Seconds.
        end: Seconds when it is over, at the latest at the end of the score.
        beat: Musical time of the start in its thread's own beats; None where there is none.
        thread: The voice of the program that started it.
        line: The line of the program that started it, from 1; None where it is not known.
        given: The parameters that were set at the start; all others have their defaults.
        changes: What moves later, in order of time.
        route: Nodes that its sound goes through, nearest first: effects, then mixers.
        files: Sound files by the parameter that names them (`buf` for a sample player).
        pauses: When it is stopped (False) and goes on (True).
    """

    node: int
    kind: Kind
    name: str
    instrument: str
    start: float
    end: float
    beat: float | None = None
    thread: str = ""
    line: int | None = None
    given: Mapping[str, float] = field(default_factory=dict[str, float])
    changes: tuple[Change, ...] = ()
    route: tuple[int, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    pauses: tuple[tuple[float, bool], ...] = ()

    @property
    def sample(self) -> str | None:
        """The sound file that a sample player plays."""
        return self.files.get("buf")


@dataclass(frozen=True)
class Score:
    """A whole piece.

    Attributes:
        duration: Seconds; later events are not in it.
        events: In order of their start; those that start together in the order they were sent.
        instruments: For each instrument in use, its parameters with their defaults.
        latency: Seconds by which everything sounds later than it is written.
    """

    duration: float
    events: tuple[Event, ...] = ()
    instruments: Mapping[str, Mapping[str, float]] = field(
        default_factory=dict[str, Mapping[str, float]]
    )
    latency: float = 0.0

    def arguments(self, event: Event) -> dict[str, float]:
        """Every parameter of an event at its start, defaults filled in."""
        return {**self.instruments.get(event.instrument, {}), **event.given}

    @cached_property
    def by_node(self) -> Mapping[int, Event]:
        """The events by their number."""
        return {event.node: event for event in self.events}

    def effects(self, event: Event) -> tuple[Event, ...]:
        """The effects that an event's sound goes through, nearest first."""
        route = (self.by_node[node] for node in event.route)
        return tuple(stage for stage in route if stage.kind == "effect")
