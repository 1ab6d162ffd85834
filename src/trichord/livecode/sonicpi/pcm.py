"""What is in the WAV that scsynth wrote: samples, their hash, their level."""

from __future__ import annotations

import hashlib
import math
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FULL_SCALE = 32768.0


@dataclass(frozen=True)
class Level:
    """How loud a sound is: its highest sample and its root mean square, dBFS (-inf: silent)."""

    peak_db: float
    rms_db: float


def samples(wave: bytes) -> bytes:
    """The samples of a WAV file: the content of its `data` chunk.

    Raises:
        ValueError: it has none.
    """
    at = 12
    while at + 8 <= len(wave):
        name, size = struct.unpack_from("<4sI", wave, at)
        if name == b"data":
            return wave[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    raise ValueError("no WAV file: it has no samples")


def stereo(wave: bytes) -> NDArray[np.float32]:
    """The samples of a stereo WAV of 16 bits, as `[2, T]` within -1..1."""
    frames = np.frombuffer(samples(wave), "<i2").reshape(-1, 2)
    return np.ascontiguousarray(frames.T, np.float32) / np.float32(FULL_SCALE)


def digest(wave: bytes) -> str:
    """SHA-256 of the samples alone."""
    return hashlib.sha256(samples(wave)).hexdigest()


def level(wave: bytes) -> Level:
    """The level of both channels together."""
    frames = np.frombuffer(samples(wave), "<i2").astype(np.float64)
    if frames.size == 0:
        return Level(-math.inf, -math.inf)
    return Level(_db(np.max(np.abs(frames))), _db(np.sqrt(np.mean(frames**2))))


def _db(amplitude: float) -> float:
    return 20.0 * math.log10(amplitude / FULL_SCALE) if amplitude > 0 else -math.inf
