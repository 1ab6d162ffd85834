"""Sound files in and out: anything libsndfile reads, 24-bit WAVs written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import numpy as np
import soundfile
from numpy.typing import NDArray

from trichord.audio import riff
from trichord.audio.resample import resample
from trichord.audio.riff import SampleLoop
from trichord.errors import InputError
from trichord.files import write_atomically

SILENT_PEAK = 10.0 ** (-90.0 / 20.0)
"""A file whose highest sample stays below -90 dBFS is called silent."""

SHORTEST_SECONDS = 0.02
"""Two periods of the lowest notes that a shot can hold: less has no pitch and no timbre."""


def read_mono(path: str | Path, sample_rate: int = 44100) -> NDArray[np.float32]:
    """A sound file as mono at one rate; its channels are averaged.

    Args:
        path: any file that libsndfile reads (WAV, FLAC, AIFF, Ogg, MP3…), any rate and channels.
        sample_rate: rate of the result, in Hz.

    Returns:
        Samples `[T]`, not rescaled.

    Raises:
        InputError: the file is missing, empty, no sound file, truncated, silent, too short, or
            holds values that are not finite; the message says which.
    """
    wave, rate = read_native(path)
    if wave.size < SHORTEST_SECONDS * rate:
        least = f"{SHORTEST_SECONDS * 1000:.0f} ms"
        raise InputError(f"{path}: too short ({wave.size} samples): give at least {least}")
    if float(np.max(np.abs(wave))) < SILENT_PEAK:
        raise InputError(f"{path}: silent: give a recording in which something sounds")
    return resample(wave, rate, sample_rate)


def read_native(path: str | Path, seconds: float | None = None) -> tuple[NDArray[np.float32], int]:
    """A sound file as mono at its own rate; silence and any length above zero are accepted.

    Args:
        path: any file that libsndfile reads.
        seconds: how much of its beginning is read; None for all.

    Returns:
        Samples `[T]` and their rate in Hz.

    Raises:
        InputError: the file is missing, empty, no sound file, truncated or not finite.
    """
    _check_file(Path(path))
    try:
        # As bytes: a name on disk may be no text at all.
        with soundfile.SoundFile(cast("str", os.fsencode(path))) as file:
            promised, rate = file.frames, file.samplerate
            if seconds is not None:
                promised = min(promised, round(seconds * rate))
            wanted = -1 if seconds is None else promised
            frames = file.read(wanted, dtype="float32", always_2d=True)  # [T, channels]
    except (soundfile.LibsndfileError, RuntimeError) as error:
        reason = str(error).strip().rstrip(".")
        raise InputError(f"{path}: no readable sound file ({reason}): give a WAV or FLAC") from None
    if frames.shape[0] == 0:
        raise InputError(f"{path}: holds no samples: give a recording")
    if frames.shape[0] < promised or _missing_bytes(Path(path)):
        raise InputError(f"{path}: truncated (its header promises more): copy or export it again")
    if not np.isfinite(frames).all():
        raise InputError(f"{path}: holds values that are not finite (NaN or inf): export it again")
    return frames.mean(axis=1, dtype=np.float32), rate


def write_wav(
    path: str | Path,
    wave: NDArray[np.float32],
    sample_rate: int,
    *,
    loop: SampleLoop | None = None,
    pitch: int | None = None,
    keys: tuple[int, int] | None = None,
    velocities: tuple[int, int] | None = None,
    info: Mapping[str, str] | None = None,
) -> None:
    """Writes a mono 24-bit WAV; the same arguments give the same bytes.

    Args:
        path: where to; its folder exists.
        wave: samples `[T]` within -1..1 (clipped there).
        sample_rate: Hz.
        loop: written to the `smpl` chunk, end inclusive.
        pitch: MIDI key at which the sample sounds as it is (the root).
        keys: lowest and highest MIDI key, for the `inst` chunk.
        velocities: lowest and highest velocity, for the `inst` chunk.
        info: texts of the INFO chunk by four-letter name (`ICMT`, `ICOP`…); `ISFT` is always there.

    Raises:
        InputError: the folder cannot be written or the disk is full; nothing is left behind.
    """
    texts = {"ISFT": "Trichord", **(info or {})}
    write_atomically(
        path,
        riff.encode_wav(
            wave, sample_rate, loop=loop, pitch=pitch, keys=keys, velocities=velocities, info=texts
        ),
    )


def read_wav_loop(path: str | Path) -> SampleLoop | None:
    """The first loop in a WAV's `smpl` chunk (end inclusive), or None."""
    with Path(path).open("rb") as file:
        return riff.read_loop(file)


def _check_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a folder: name a sound file in it")
        if not path.exists():
            raise InputError(f"{path}: no such file: check the path")
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: cannot be read ({reason}): check the path") from None
    if size == 0:
        raise InputError(f"{path}: empty: give a recording")


def _missing_bytes(path: Path) -> int:
    with path.open("rb") as file:
        return riff.missing_bytes(file)
