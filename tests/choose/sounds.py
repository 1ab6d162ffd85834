"""Sounds and programs of known kind, for the tests of this room."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 22050


def tone(hz: float, seconds: float = 2.0, level: float = 0.3) -> NDArray[np.float32]:
    time = np.arange(int(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def strokes(hz: float, every: float, seconds: float = 4.0) -> NDArray[np.float32]:
    """Short decaying tones, one every so many seconds."""
    time = np.arange(int(seconds * RATE)) / RATE
    return (0.5 * np.exp(-30 * (time % every)) * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def noise(seconds: float = 2.0, level: float = 0.3) -> NDArray[np.float32]:
    count = int(seconds * RATE)
    return (level * np.random.default_rng(1).uniform(-1, 1, count)).astype(np.float32)


def write(path: Path, wave: NDArray[np.float32]) -> Path:
    soundfile.write(path, wave, RATE)
    return path


def program(path: Path, note: int, sleep: float = 0.5, count: int = 8) -> Path:
    path.write_text(f"play {note}\nsleep {sleep}\n" * count)
    return path


def instrument(folder: Path, hz: float = 261.6) -> Path:
    """A folder with an SFZ of one sample."""
    folder.mkdir()
    write(folder / "note.wav", tone(hz))
    (folder / "one.sfz").write_text("<region> sample=note.wav key=60 lokey=36 hikey=84\n")
    return folder
