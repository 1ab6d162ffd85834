"""What one run of a program gave: the messages to the sound server, what it said, what went wrong.

The fork server writes a record as JSON (see `runtime/program.rb`); here it becomes typed and is
checked, since it comes out of a process that ran somebody else's program.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

Argument = int | float | str
ErrorKind = Literal["runtime", "syntax", "limit", "refused"]
_KINDS = ("runtime", "syntax", "limit", "refused")

# A day, in ns; more lists and objects than any score has.
_LATEST = 86_400 * 10**9
_MOST_PARTS = 2_000_000
_LETTERS = {int: "i", float: "f", str: "s"}

VERSION = 1
"""Of the record; a reader of kept records compares it."""

SHAPES = {
    address: re.compile(shape)
    for address, shape in {
        "/b_alloc": "i[if][if]s?",
        "/b_allocRead": "is[if]*",
        "/b_free": "i",
        "/c_set": "(i[if])+",
        "/g_deepFree": "i+",
        "/g_freeAll": "i+",
        "/g_new": "(iii)+",
        "/n_free": "i+",
        "/n_map": "i(s[if])*",
        "/n_order": "iii+",
        "/n_run": "(ii)+",
        "/n_set": "i(s[if])*",
        "/s_new": "siii(s[if])*",
    }.items()
}
"""What Sonic Pi says to scsynth, as far as it is heard, and the types of the arguments in OSC's
letters. scsynth knows further commands, some of which touch files."""


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


def parse(record: bytes) -> Recording:
    """The recording that a record of the fork server stands for.

    Raises:
        ValueError: It is not such a record.
    """
    # Empty lists by the million are short to write and large to hold.
    if record.count(b"[") + record.count(b"{") > _MOST_PARTS:
        raise ValueError("not a record of a program: too many parts")
    try:
        return _recording(cast("dict[str, Any]", json.loads(record)))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError) as error:
        raise ValueError(f"not a record of a program: {error}") from error


def _recording(record: dict[str, Any]) -> Recording:
    if record["version"] != VERSION:
        raise ValueError(f"record of version {record['version']}, not {VERSION}")
    return Recording(
        zero_ns=_time(record["zero_ns"]),
        end_ns=max(0, _time(record["end_ns"])),
        finished=bool(record["finished"]),
        messages=tuple(_message(order, row) for order, row in enumerate(record["messages"])),
        prints=tuple(_print(row) for row in record["prints"]),
        cues=tuple(_cue(row) for row in record["cues"]),
        errors=tuple(_error(row) for row in record["errors"]),
        notices=tuple(Notice(str(r["message"]), _place(r["line"])) for r in record["notices"]),
        synthdefs={str(name): str(path) for name, path in record["synthdefs"].items()},
        buffers={int(number): _buffer(row) for number, row in record["buffers"].items()},
        ends={int(node): _time(time) for node, time in record["ends"].items()},
        cpu_seconds=_finite(record["cpu_seconds"]),
    )


def _message(order: int, row: list[Any]) -> Message:
    time, thread, beat, line, address, arguments = row
    types = "".join(_LETTERS[type(value)] for value in arguments)
    if not SHAPES[address].fullmatch(types):
        raise TypeError(f"{address} takes no arguments of types {types!r}")
    return Message(
        time_ns=_time(time),
        order=order,
        thread=str(thread or ""),
        beat=None if beat is None else float(beat),
        line=_place(line),
        address=address,
        arguments=tuple(_argument(value) for value in arguments),
    )


def _argument(value: Argument) -> Argument:
    if type(value) is int and not -(2**31) <= value < 2**31:
        raise TypeError(f"{value!r} is no integer of OSC")
    return value


def _print(row: list[Any]) -> Print:
    time, thread, text, line = row
    return Print(_finite(time), str(thread), str(text), _place(line))


def _cue(row: list[Any]) -> Cue:
    time, path, arguments, line = row
    return Cue(_finite(time), str(path), arguments, _place(line))


def _error(row: dict[str, Any]) -> ProgramError:
    kind = row["kind"]
    if kind not in _KINDS:
        raise TypeError(f"{kind!r} is no kind of error")
    thread = row["thread"]
    return ProgramError(
        kind=kind,
        message=str(row["message"]),
        line=_place(row["line"]),
        column=_place(row["column"]),
        thread=None if thread is None else str(thread),
    )


def _buffer(row: list[Any]) -> Buffer:
    path, frames, channels, rate = row
    return Buffer(
        None if path is None else str(path), _time(frames), _time(channels), _finite(rate)
    )


def _place(value: Any) -> int | None:
    """A line or a column: None, or from 1 on."""
    if value is None or (type(value) is int and value >= 1):
        return value
    raise TypeError(f"{value!r} is no line of a program")


def _time(value: Any) -> int:
    """Nanoseconds of a score, or a count of something in it."""
    if type(value) is int and abs(value) <= _LATEST:
        return value
    raise TypeError(f"{value!r} is no time in a score")


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise TypeError(f"{value!r} is no number of this kind")
    return number
