"""The bytes of a WAV file: 24-bit PCM with loop, key range and text chunks, and a walk over chunks.

Layout after the RIFF specification and Sony's `smpl` / `inst` chunks as samplers read them. The
data chunk follows `fmt ` directly, because simple readers expect the samples there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_FULL_SCALE = float(1 << 23)
_UNKNOWN_SIZES = (0, 0x7FFFF000, 0xFFFFFFFF)
"""Sizes that programs write into a header when they stream to a pipe and cannot come back."""


@dataclass(frozen=True)
class Chunk:
    """One chunk of a RIFF file as its header promises it."""

    name: str
    start: int
    """Byte offset of the chunk's content."""
    size: int
    """Bytes promised by the header."""


@dataclass(frozen=True)
class SampleLoop:
    """A loop as the `smpl` chunk holds it: sample indices, both inclusive."""

    start: int
    end: int


def encode_wav(
    wave: NDArray[np.float32],
    sample_rate: int,
    *,
    loop: SampleLoop | None,
    pitch: int | None,
    keys: tuple[int, int] | None,
    velocities: tuple[int, int] | None,
    info: Mapping[str, str],
) -> bytes:
    """A whole WAV file, 24 bits, mono; see `trichord.audio.io.write_wav`."""
    data = pcm24(wave)
    fmt = struct.pack("<HHIIHH", 1, 1, sample_rate, sample_rate * 3, 3, 24)
    chunks = [_chunk(b"fmt ", fmt), _chunk(b"data", data)]
    if pitch is not None or loop is not None:
        chunks.append(_chunk(b"smpl", _smpl(sample_rate, pitch, loop)))
    if pitch is not None and (keys is not None or velocities is not None):
        chunks.append(_chunk(b"inst", _inst(pitch, keys or (0, 127), velocities or (1, 127))))
    if info:
        chunks.append(_chunk(b"LIST", _info_list(info)))
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pcm24(wave: NDArray[np.float32]) -> bytes:
    """Samples as little-endian 24-bit integers, rounded, clipped at full scale."""
    steps = np.clip(np.rint(wave.astype(np.float64) * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1)
    return steps.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def chunks(file: BinaryIO) -> Iterator[Chunk]:
    """Chunks of a RIFF/WAVE file in order; nothing for any other file."""
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return
    at = 12
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        size = int.from_bytes(head[4:], "little")
        yield Chunk(head[:4].decode("latin-1"), at + 8, size)
        at += 8 + size + (size & 1)


def missing_bytes(file: BinaryIO) -> int:
    """Bytes of samples that a WAV header promises and the file does not hold; 0 if complete."""
    file.seek(0, 2)
    length = file.tell()
    file.seek(0)
    for chunk in chunks(file):
        if chunk.name == "data" and chunk.size not in _UNKNOWN_SIZES:
            return max(0, chunk.start + chunk.size - length)
    return 0


def read_loop(file: BinaryIO) -> SampleLoop | None:
    """First loop of the `smpl` chunk, if there is one."""
    file.seek(0)
    for chunk in chunks(file):
        if chunk.name == "smpl" and chunk.size >= 60:
            file.seek(chunk.start)
            fields = struct.unpack("<15I", file.read(60))
            return SampleLoop(fields[11], fields[12]) if fields[7] else None
    return None


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1)


def _smpl(sample_rate: int, pitch: int | None, loop: SampleLoop | None) -> bytes:
    period = round(1e9 / sample_rate)
    root = 60 if pitch is None else pitch
    head = struct.pack("<9I", 0, 0, period, root, 0, 0, 0, 0 if loop is None else 1, 0)
    return head if loop is None else head + struct.pack("<6I", 0, 0, loop.start, loop.end, 0, 0)


def _inst(pitch: int, keys: tuple[int, int], velocities: tuple[int, int]) -> bytes:
    return struct.pack("<BbbBBBB", pitch, 0, 0, *keys, *velocities)


def _info_list(info: Mapping[str, str]) -> bytes:
    return b"INFO" + b"".join(
        _chunk(name.encode("ascii"), text.encode("utf-8") + b"\0") for name, text in info.items()
    )
