"""Open Sound Control: messages as bytes, and the score file that `scsynth -N` plays.

Source: "OpenSound Control Specification 1.0"; "Non-Realtime Synthesis" in SuperCollider's
reference (a score file is a row of time-tagged bundles, each behind its length).
"""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Iterable, Sequence

Argument = int | float | str | bytes

_LETTERS = {int: "i", float: "f", str: "s", bytes: "b"}
_NANOSECONDS = 1_000_000_000


def message(address: str, arguments: Sequence[Argument]) -> bytes:
    """One message; ints, floats, texts and blobs are told apart by their Python type.

    Numbers beyond 32 bits go the way that Sonic Pi's own encoder sends them: an int keeps its
    lowest 32 bits, a float becomes an infinity.

    Raises:
        TypeError: an argument is of another type.
    """
    letters = "".join(map(_letter, arguments))
    return _head(address, letters) + b"".join(map(_argument, arguments))


def bundle(time_ns: int, messages: Iterable[bytes]) -> bytes:
    """Messages for one time, behind the length of the whole, as they stand in a score file.

    Args:
        time_ns: Nanoseconds from the start of the score, not negative.
        messages: What `message` made, in the order in which they are performed.
    """
    seconds, rest = divmod(time_ns, _NANOSECONDS)
    parts = [b"#bundle\0", struct.pack(">II", seconds, (rest << 32) // _NANOSECONDS)]
    for content in messages:
        parts.append(struct.pack(">I", len(content)))
        parts.append(content)
    body = b"".join(parts)
    return struct.pack(">I", len(body)) + body


@functools.lru_cache(maxsize=4096)
def _head(address: str, letters: str) -> bytes:
    return _text(address) + _text("," + letters)


def _letter(value: Argument) -> str:
    try:
        return _LETTERS[type(value)]
    except KeyError:
        raise TypeError(f"{value!r} cannot be sent: give int, float, str or bytes") from None


def _argument(value: Argument) -> bytes:
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return struct.pack(">I", value & 0xFFFFFFFF)
    return struct.pack(">I", len(value)) + value + bytes(-len(value) % 4)


def _float(value: float) -> bytes:
    try:
        return struct.pack(">f", value)
    except OverflowError:
        return struct.pack(">f", math.copysign(math.inf, value))


@functools.lru_cache(maxsize=65536)
def _text(value: str) -> bytes:
    # A zero would end the text early and shift everything behind it.
    content = value.encode("utf-8", "replace").replace(b"\0", b"?")
    return content + bytes(4 - len(content) % 4)
