"""A WAV whose length is known before its samples are: header first, samples as they come."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from trichord.audio.riff import pcm24

_KNEE = 0.8
"""Level from which peaks are bent, so that they stay below full scale."""


def limited(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples as they are up to 0.8, bent beyond it and never past 1; each by itself.

    A clip that is streamed cannot be scaled by a peak that has not been made yet.
    """
    size = np.abs(wave)
    over = np.maximum(size - _KNEE, 0.0) / (1.0 - _KNEE)
    bent = _KNEE + (1.0 - _KNEE) * np.tanh(over)
    return np.where(size > _KNEE, np.sign(wave) * bent, wave).astype(np.float32)


def header(samples: int, sample_rate: int) -> bytes:
    """The 44 bytes before the samples of a 24-bit mono WAV."""
    data = 3 * samples
    fmt = struct.pack("<HHIIHH", 1, 1, sample_rate, 3 * sample_rate, 3, 24)
    # The data chunk of an odd number of bytes is followed by one that does not count.
    size = 4 + 8 + len(fmt) + 8 + data + data % 2
    return (
        b"RIFF"
        + struct.pack("<I", size)
        + b"WAVEfmt "
        + struct.pack("<I", len(fmt))
        + fmt
        + b"data"
        + struct.pack("<I", data)
    )


def stream_wav(
    file: BinaryIO, waves: Iterable[NDArray[np.float32]], samples: int, sample_rate: int
) -> None:
    """Writes a WAV of so many samples as its waves arrive, each at once.

    Args:
        file: written to and flushed after each wave.
        waves: mono, together of `samples` samples.
        samples: told by the header.
        sample_rate: Hz.
    """
    file.write(header(samples, sample_rate))
    for wave in waves:
        file.write(pcm24(wave))
        file.flush()
    if 3 * samples % 2:
        file.write(b"\0")
    file.flush()
