"""What one run of a program gave: the messages to the sound server, what it said, what went wrong.

The fork server writes it as JSON; `record.py` reads that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Argument = int | float | str
ErrorKind = Literal["runtime", "syntax", "limit", "refused"]

VERSION = 1
"""Of the record; a reader of kept records compares it."""


@dataclass(frozen=True)
class Message:
    """One OSC message to scsynth.

    Attributes:
        time_ns: Nanoseconds after the start of the score. Negative for what is set up before the
            first sound; a score has these at zero.
        order: Its place in the order of sending, from 0.
        thread: Name of the thread that sent it, as in the program ("live_loop_bass"), the line of
            an `in_thread` without a name ("in_thread:7"), "" for the program's own thread and for
            what Sonic Pi does by itself.
        beat: Beats since the thread's start, where a thread of the program sent it.
        line: Line of the program that caused it, from 1, where known.
        address: "/s_new", "/n_set" …
        arguments: As in SuperCollider's command reference.
    """

    time_ns: int
    order: int
    thread: str
    beat: float | None
    line: int | None
    address: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class ProgramError:
    """Why a program, or a thread of it, stopped.

    Attributes:
        kind: "runtime" for an exception, "syntax" for a program that Ruby cannot read, "limit" for
            one that was stopped, "refused" for one that was not started.
        message: One line.
        line: Line of the program, from 1, where known.
        column: Column, from 1, where known.
        thread: Name of the thread that stopped, as in `Message`; None for the whole program.
    """

    kind: ErrorKind
    message: str
    line: int | None = None
    column: int | None = None
    thread: str | None = None

    def __str__(self) -> str:
        place = "" if self.line is None else f"line {self.line}"
        place += "" if self.column is None else f", column {self.column}"
        return f"{place}: {self.message}" if place else self.message


@dataclass(frozen=True)
class Notice:
    """Something that a program asked for and that cannot be had offline, or not as it asked."""

    message: str
    line: int | None


@dataclass(frozen=True)
class Print:
    """A printed line: logical time (s), thread, text, and the line of the program that prints."""

    time: float
    thread: str
    text: str
    line: int | None = None


@dataclass(frozen=True)
class Cue:
    """A cue, a `set` or a turn of a live loop: logical time (s), path, what it carries, line."""

    time: float
    path: str
    arguments: Any
    line: int | None = None


@dataclass(frozen=True)
class Buffer:
    """A buffer of the sound server: a sample's file, or None for one that the program records in.

    Attributes:
        path: The audio file, or None.
        frames: Length.
        channels: 1 or 2.
        rate: Hz.
    """

    path: str | None
    frames: int
    channels: int
    rate: float


@dataclass(frozen=True)
class Recording:
    """One run of one program.

    Attributes:
        zero_ns: Clock time of the score's start, 0.5 s after that of the program.
        end_ns: End of the score, relative to its start.
        finished: Whether the program came to an end of its own before the time was up.
        messages: In the order in which they were sent.
        prints: Lines printed, in order.
        cues: Cues, in order.
        errors: What stopped the program or threads of it.
        notices: What was ignored or stays silent offline.
        synthdefs: Synth definitions in use and the compiled file of each.
        buffers: Buffers by number.
        ends: Number of each node (synth or group) that went before the end of the run, freed by a
            message, with its group or by itself, and its time in ns relative to the score's start.
        cpu_seconds: Processor time that the run took.
    """

    zero_ns: int
    end_ns: int
    finished: bool
    messages: tuple[Message, ...] = ()
    prints: tuple[Print, ...] = ()
    cues: tuple[Cue, ...] = ()
    errors: tuple[ProgramError, ...] = ()
    notices: tuple[Notice, ...] = ()
    synthdefs: Mapping[str, str] = field(default_factory=dict[str, str])
    buffers: Mapping[int, Buffer] = field(default_factory=dict[int, Buffer])
    ends: Mapping[int, int] = field(default_factory=dict[int, int])
    cpu_seconds: float = 0.0
    version: int = VERSION

    @property
    def seconds(self) -> float:
        """Length of the score."""
        return self.end_ns / 1e9


def stopped(message: str) -> Recording:
    """The recording of a program that gave none: one error of kind "limit"."""
    return Recording(0, 0, finished=False, errors=(ProgramError("limit", message),))
