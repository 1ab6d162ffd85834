"""One raw note made clean: no offset, no silence in front, in tune."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.loudness import loudness
from trichord.audio.onset import trim
from trichord.audio.pitch import PitchReading, cents_from
from trichord.audio.resample import resample

LEAD_SECONDS = 0.002
"""What is kept in front of an onset."""
_FADE_IN_SECONDS = 0.001
_LOWEST_HZ = 8.0
_IN_TUNE_CENTS = 0.5
_TRUSTED_CONFIDENCE = 0.1
_FARTHEST_CENTS = 300.0
_PASSES = 3


@dataclass(frozen=True)
class PreparedNote:
    """A note ready to be levelled, with what was measured on it."""

    wave: NDArray[np.float32]
    """`[T]`"""
    tuning: PitchReading
    """What is left after tuning, against the intended pitch."""
    tuned_by: float
    """Cents by which the note was moved."""
    loudness: float
    """dB, of the loudest 400 ms."""


def prepare(wave: NDArray[np.float32], sample_rate: int, pitch: int) -> PreparedNote:
    """Removes the offset, trims to the onset and tunes to the intended pitch.

    Args:
        wave: raw note `[T]`.
        sample_rate: Hz.
        pitch: MIDI key that it is to sound.
    """
    clean = soft_start(
        trim(remove_offset(wave, sample_rate), sample_rate, LEAD_SECONDS), sample_rate
    )
    tuned, reading, moved = tune(clean, sample_rate, pitch)
    return PreparedNote(tuned, reading, moved, loudness(tuned, sample_rate))


def remove_offset(wave: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """The wave without its constant part and what sways below hearing.

    One pole at 8 Hz, causal: a filter without phase shift would ring before the attack and so move
    the onset of low notes.
    """
    if wave.size == 0:
        return wave
    centred = wave.astype(np.float64) - wave.mean(dtype=np.float64)
    size = 1 << (wave.size + sample_rate // 4).bit_length()
    hz = np.fft.rfftfreq(size, 1.0 / sample_rate)
    keep = 1j * hz / (1j * hz + _LOWEST_HZ)
    return np.fft.irfft(np.fft.rfft(centred, size) * keep, size)[: wave.size].astype(np.float32)


def tune(
    wave: NDArray[np.float32], sample_rate: int, pitch: int
) -> tuple[NDArray[np.float32], PitchReading, float]:
    """Resamples a note until it measures in tune; noise without a pitch is left as it is.

    Returns:
        The note, its last reading, and the cents by which it was moved.
    """
    original, moved = wave, 0.0
    reading = cents_from(wave, sample_rate, pitch)
    for _ in range(_PASSES):
        if not _can_be_tuned(reading) or abs(reading.cents) <= _IN_TUNE_CENTS:
            break
        moved -= reading.cents
        # From the original each time: one conversion in all, however many looks it took.
        wave = resample(original, sample_rate * 2.0 ** (moved / 1200.0), sample_rate)
        reading = cents_from(wave, sample_rate, pitch)
    return wave, reading, moved


def _can_be_tuned(reading: PitchReading) -> bool:
    return reading.confidence >= _TRUSTED_CONFIDENCE and abs(reading.cents) < _FARTHEST_CENTS


def soft_start(wave: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """A millisecond of fade-in, so that a wave which starts off zero does not click."""
    size = min(wave.size, int(_FADE_IN_SECONDS * sample_rate))
    out = wave.copy()
    out[:size] *= np.linspace(0.0, 1.0, size, endpoint=False, dtype=np.float32)
    return out
