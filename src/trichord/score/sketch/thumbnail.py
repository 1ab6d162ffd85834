"""A picture of sound as a small PNG: time to the right, pitch upwards, loud is bright."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from trichord.audio.bands import Floats

BRIGHTEST_DB = 70.0
"""dB above the floor of a picture that are white; 80 is a sine at full scale."""

_STOPS = np.array(
    [(0, 0, 0), (40, 12, 84), (137, 34, 106), (227, 89, 51), (249, 201, 50), (252, 255, 224)],
    np.float64,
)
"""Colours from silence to full level, even in lightness so that they survive in grey."""


def png(picture: Floats, *, scale: int = 2) -> bytes:
    """The bytes of a PNG.

    Args:
        picture: dB above the floor `[bands, columns]`, as `trichord.audio.bands.picture` gives.
        scale: pixels for each band and each column.
    """
    level = np.clip(np.nan_to_num(picture[::-1]) / BRIGHTEST_DB, 0.0, 1.0)
    stops = np.linspace(0.0, 1.0, len(_STOPS))
    colours = [np.interp(level, stops, _STOPS[:, channel]) for channel in range(3)]
    pixels = np.rint(np.stack(colours, axis=-1)).astype(np.uint8)
    return _encoded(pixels.repeat(scale, 0).repeat(scale, 1))


def _encoded(pixels: NDArray[np.uint8]) -> bytes:
    """An RGB image `[rows, columns, 3]` (PNG specification, second edition: no filter, no gaps)."""
    rows, columns, _ = pixels.shape
    lines = np.concatenate([np.zeros((rows, 1), np.uint8), pixels.reshape(rows, -1)], axis=1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
