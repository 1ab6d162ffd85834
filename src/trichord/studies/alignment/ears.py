"""What is heard of the real sound of a set, before any model: pictures and descriptors, kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trichord.audio.bands import picture
from trichord.audio.second_ears import second_ears
from trichord.audio.standard import Floats
from trichord.audio.yardstick import yardstick
from trichord.data.clips.store import decode, to_float
from trichord.files import write_atomically
from trichord.studies.alignment.rendering import read_set

FIRST = 4.0
"""Seconds of the excerpt that stands for a listener who leaves early."""

Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class EarsJob:
    """A set, and the file for what is heard of it."""

    clips: Path
    kept: Path


def hear_set(_: None, job: EarsJob) -> None:
    """Writes pictures and descriptors of all clips of a set; see `hear`."""
    rows = read_set(job.clips, ["audio"])
    sounds = [decode(row["audio"]["bytes"]) for row in rows]
    waves = [(to_float(samples).mean(axis=1), rate) for samples, rate in sounds]
    heard = [hear(wave, rate) for wave, rate in waves]
    save_arrays(job.kept, {name: np.stack([one[name] for one in heard]) for name in heard[0]})


def hear(wave: Floats, sample_rate: int) -> dict[str, NDArray[np.generic]]:
    """What listeners without a model make of one clip.

    Args:
        wave: mono `[T]`.
        sample_rate: Hz.

    Returns:
        `picture` float16 `[108, F]`; `yardstick` and `ears` float32 of the whole clip, and
        `yardstick_start` and `ears_start` of its first four seconds.
    """
    start = wave[: round(FIRST * sample_rate)]
    return {
        "picture": picture(wave, sample_rate, seconds=None).astype(np.float16),
        "yardstick": yardstick(wave, sample_rate),
        "yardstick_start": yardstick(start, sample_rate),
        "ears": second_ears(wave, sample_rate),
        "ears_start": second_ears(start, sample_rate),
    }


def save_arrays(path: Path, arrays: Arrays) -> None:
    """Arrays in a safetensors file, written whole or not at all."""
    from safetensors.numpy import save

    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    write_atomically(path, save(whole))


def load_arrays(path: Path) -> Arrays:
    """What `save_arrays` wrote."""
    from safetensors.numpy import load

    return load(path.read_bytes())
