"""A one-shot recording as the start of an instrument: trimmed, its pitch guessed and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trichord.audio.io import read_mono
from trichord.audio.loudness import envelope
from trichord.audio.notes import note_name
from trichord.audio.onset import trim
from trichord.audio.pitch import estimate_pitch
from trichord.files import file_sha256
from trichord.instrument.plan import MIDDLE_C

SAMPLE_RATE = 44100
LONGEST_SECONDS = 20.0
"""More of a recording than this is not one note."""

_UNSURE_BELOW = 0.3


@dataclass(frozen=True)
class Shot:
    """A recording ready for the space's audio door."""

    wave: NDArray[np.float32]
    """Mono `[T]` at `SAMPLE_RATE`, without the silence around it."""
    pitch: float
    """MIDI pitch, found or assumed."""
    warnings: tuple[str, ...]
    """What was assumed, one line each."""
    sha256: str
    """Of the file."""


def read_shot(path: Path) -> Shot:
    """Reads a recording, whatever its rate and channels; InputError where it cannot serve."""
    wave = read_mono(path, SAMPLE_RATE)
    warnings: list[str] = []
    wave = _without_tail(trim(wave, SAMPLE_RATE))
    if wave.size > LONGEST_SECONDS * SAMPLE_RATE:
        seconds = wave.size / SAMPLE_RATE
        warnings.append(f"{path}: {seconds:.0f} s long: its first {LONGEST_SECONDS:g} s were used")
        wave = wave[: int(LONGEST_SECONDS * SAMPLE_RATE)]
    pitch, doubt = _pitch(wave)
    if doubt is not None:
        warnings.append(f"{path}: {doubt}")
    return Shot(wave, pitch, tuple(warnings), file_sha256(path))


def shot_of(wave: NDArray[np.float32], pitch: float, warnings: Sequence[str], sha256: str) -> Shot:
    """A note that was just played, mono `[T]` at `SAMPLE_RATE`, its pitch known."""
    return Shot(_without_tail(trim(wave, SAMPLE_RATE)), pitch, tuple(warnings), sha256)


def _pitch(wave: NDArray[np.float32]) -> tuple[float, str | None]:
    """Pitch and, where it is in doubt, the line that says what was assumed."""
    found = estimate_pitch(wave, SAMPLE_RATE)
    if found is None or found.noisy:
        assumed = note_name(MIDDLE_C)
        return float(MIDDLE_C), f"no clear pitch found (noise?): assumed {assumed}"
    name = note_name(round(found.midi))
    if found.polyphonic:
        return found.midi, f"sounds like several notes at once: assumed one note, {name}"
    if found.confidence < _UNSURE_BELOW:
        return found.midi, f"no clear pitch found: assumed {name}"
    return found.midi, None


def _without_tail(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """The wave up to where it has fallen 60 dB below its peak for good."""
    levels = envelope(wave, SAMPLE_RATE)
    audible = np.flatnonzero(levels > max(-90.0, float(levels.max()) - 60.0))
    size = int((audible[-1] + 1) * 0.01 * SAMPLE_RATE) if audible.size else wave.size
    return wave[: max(size, min(wave.size, SAMPLE_RATE // 10))]
