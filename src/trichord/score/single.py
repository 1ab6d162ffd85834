"""32-bit floats as Python's: the shortest decimal that names the same 32-bit float."""

from __future__ import annotations

import functools
import math
import struct

_SINGLE = struct.Struct("f")


@functools.lru_cache(maxsize=65536)
def shortest(value: float) -> float:
    """The number with the fewest digits that is the same as `value` in 32 bits.

    Six to nine significant digits name every 32-bit float. A value beyond their range becomes an
    infinity, as it would on its way to the synthesiser.
    """
    single = _to_single(value)
    for digits in range(6, 9):
        short = float(f"{single:.{digits}g}")
        if _to_single(short) == single:
            return short
    return float(f"{single:.9g}")


def _to_single(value: float) -> float:
    try:
        return _SINGLE.unpack(_SINGLE.pack(value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
