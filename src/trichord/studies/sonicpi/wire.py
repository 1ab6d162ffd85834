"""OSC as it travels: datagrams into messages, with the time that a bundle gives them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from trichord.errors import InputError

Argument = int | float | str

_NTP_TO_UNIX_S = 2_208_988_800
_IMMEDIATELY = 1


@dataclass(frozen=True)
class Message:
    """One OSC message."""

    time_ns: int | None
    """Unix time in ns at which scsynth acts on it; None: at once, when it arrives."""
    address: str
    arguments: tuple[Argument, ...]
    """Floats have the precision of the wire, 32 bits; blobs are written as hexadecimal text."""


def decode(datagram: bytes) -> Iterator[Message]:
    """The messages of a datagram in the order in which scsynth acts on them.

    Raises:
        InputError: these bytes are not OSC 1.0 as Sonic Pi writes it.
    """
    try:
        yield from _packet(datagram, None)
    except (struct.error, UnicodeDecodeError, IndexError, ValueError) as error:
        raise InputError(f"a datagram of {len(datagram)} bytes is not OSC: {error}") from error


def _packet(data: bytes, time_ns: int | None) -> Iterator[Message]:
    if not data.startswith(b"#bundle\0"):
        yield _message(data, time_ns)
        return
    seconds, fraction = struct.unpack_from(">II", data, 8)
    when = None if (seconds, fraction) == (0, _IMMEDIATELY) else _unix_ns(seconds, fraction)
    position = 16
    while position < len(data):
        (size,) = struct.unpack_from(">i", data, position)
        yield from _packet(data[position + 4 : position + 4 + size], when)
        position += 4 + size


def _unix_ns(seconds: int, fraction: int) -> int:
    return (seconds - _NTP_TO_UNIX_S) * 1_000_000_000 + (fraction * 1_000_000_000 >> 32)


def _message(data: bytes, time_ns: int | None) -> Message:
    address, position = _read_text(data, 0)
    tags, position = _read_text(data, position)
    arguments: list[Argument] = []
    for tag in tags[1:]:
        if tag == "s":
            text, position = _read_text(data, position)
            arguments.append(text)
        elif tag == "b":
            (size,) = struct.unpack_from(">i", data, position)
            arguments.append(data[position + 4 : position + 4 + size].hex())
            position += 4 + (size + 3) // 4 * 4
        elif tag in _NUMBERS:
            layout = _NUMBERS[tag]
            arguments.append(struct.unpack_from(layout, data, position)[0])
            position += struct.calcsize(layout)
        else:
            raise ValueError(f"argument of type {tag!r}")
    return Message(time_ns, address, tuple(arguments))


_NUMBERS = {"i": ">i", "f": ">f", "d": ">d", "h": ">q"}


def _read_text(data: bytes, position: int) -> tuple[str, int]:
    end = data.index(b"\0", position)
    return data[position:end].decode(), (end // 4 + 1) * 4
