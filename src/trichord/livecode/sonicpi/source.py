"""The text of a program, from whatever it was given as."""

from __future__ import annotations

from trichord.errors import InputError

LONGEST = 2**20
"""Bytes of program text that are taken at all."""


def program_text(code: str | bytes) -> str:
    """A program as text with plain line ends; a byte order mark is dropped.

    Raises:
        InputError: it is empty, too long or not UTF-8.
    """
    if isinstance(code, bytes):
        code = _decode(code)
    if not code.strip("\ufeff \t\r\n"):
        raise InputError("the program is empty: give it at least one note to play")
    size = len(code)
    if size > LONGEST:
        raise InputError(
            f"the program has {size:,} characters, more than {LONGEST:,}: make it shorter"
        )
    return code.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decode(code: bytes) -> str:
    try:
        return code.decode("utf-8")
    except UnicodeDecodeError as error:
        line = code.count(b"\n", 0, error.start) + 1
        byte = f"0x{code[error.start]:02x}"
        raise InputError(
            f"line {line}: byte {byte}: the program is not UTF-8: save it as UTF-8"
        ) from None
