"""The first frame of a note's tokens: level, stiffness and detune, each a scalar of its own."""

from __future__ import annotations

import math

#: Codebooks that carry a scalar in the header frame; the others hold zero there.
HEADER_FIELDS = 3

_LEVEL_RANGE_DB = 96.0
_DETUNE_RANGE = 60.0
_STIFFNESS_LOW, _STIFFNESS_HIGH = 1e-5, 5.1e-3


def encode_header(
    level_db: float, inharmonicity: float, detune: float, cardinality: int
) -> tuple[int, int, int]:
    """Peak in dBFS, B of the string and cents -> three tokens below `cardinality`.

    A stiffness of zero has the token zero; the others lie on a logarithmic scale.
    """
    top = cardinality - 1
    level = round((level_db + _LEVEL_RANGE_DB) / _LEVEL_RANGE_DB * top)
    cents = round((detune / _DETUNE_RANGE + 1) / 2 * 2 * (top // 2))
    stiffness = 0
    if inharmonicity > 0:
        share = math.log(inharmonicity / _STIFFNESS_LOW) / math.log(
            _STIFFNESS_HIGH / _STIFFNESS_LOW
        )
        stiffness = 1 + round(min(max(share, 0.0), 1.0) * (top - 1))
    return _within(level, top), stiffness, _within(cents, top)


def decode_header(tokens: tuple[int, int, int], cardinality: int) -> tuple[float, float, float]:
    """Three tokens -> (peak in dBFS, B of the string, detune in cents)."""
    level, stiffness, cents = tokens
    top = cardinality - 1
    share = (stiffness - 1) / (top - 1)
    inharmonicity = _STIFFNESS_LOW * (_STIFFNESS_HIGH / _STIFFNESS_LOW) ** share if stiffness else 0
    detune = (cents / (top // 2) - 1) * _DETUNE_RANGE
    return level / top * _LEVEL_RANGE_DB - _LEVEL_RANGE_DB, inharmonicity, detune


def _within(token: int, top: int) -> int:
    return min(max(token, 0), top)
