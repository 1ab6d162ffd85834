"""Reads what the fork server writes about a program: JSON into a `Recording`, and nothing else.

The bytes come out of a process that ran somebody else's program, which may have written them
itself: what is no message of Sonic Pi's to scsynth, no number or no line, is refused.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, cast

from trichord.livecode.sonicpi.recording import (
    VERSION,
    Argument,
    Buffer,
    Cue,
    Message,
    Notice,
    Print,
    ProgramError,
    Recording,
)

_KINDS = ("runtime", "syntax", "limit", "refused")
# A day, in ns; more lists and objects than any score has.
_LATEST = 86_400 * 10**9
_MOST_PARTS = 2_000_000
_LETTERS = {int: "i", float: "f", str: "s"}

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
