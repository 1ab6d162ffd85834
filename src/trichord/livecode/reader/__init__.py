"""Reads programs: what they sound, how high, how loud, how long, how often, through what.

`read(code)` follows a program's text in its own terms (`follow`) and gives its sounds as arrays
(`sounds`). Nothing is run, any text can be read, and it takes some milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence

from trichord.livecode.reader.follow import follow
from trichord.livecode.reader.sounds import Reading, tabulate

__all__ = ["Reading", "follow", "read", "tabulate"]


def read(code: str, seconds: float = 18.0, table: Sequence[float] | None = None) -> Reading:
    """The sounds of a program; see `follow` and `tabulate`."""
    return tabulate(follow(code, seconds, table))
