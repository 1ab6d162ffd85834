"""Which rendered notes are kept, and why the others are not."""

from __future__ import annotations

import numpy as np

from trichord.data.schema import SAMPLE_RATE
from trichord.data.traits import Wave, envelope_db, midi_to_hz, note_spectrum, tuning_cents

SILENT_PEAK = 1e-3
"""-60 dBFS."""

MOST_DC = 1e-3
"""Mean of the whole note, full scale 1: -60 dBFS."""

DC_CORNER = 4.0
"""Hz of the first-order high-pass that takes DC away; A0 loses 0.1 dB."""

LEAST_SECONDS = 0.03
"""A note must stay within 40 dB of its loudest 10 ms for at least this long."""

MOST_CENTS = 40.0
"""Largest deviation from the intended pitch, where the note has a pitch at all."""

PITCHED = 0.75
"""Share of energy near the intended partials from which on the cents are believed."""

REASONS = ("not finite", "silent", "clipped", "dc", "too short", "out of tune")


def without_dc(wave: Wave) -> Wave:
    """A note whose DC passes `MOST_DC` through a high-pass; others as they are.

    Some synthesiser samples carry DC that follows the note's envelope, so a constant will not do.
    """
    if abs(float(wave.mean(dtype=np.float64))) <= MOST_DC:
        return wave
    from scipy.signal import lfilter

    pole = 1.0 / (1.0 + 2.0 * np.pi * DC_CORNER / SAMPLE_RATE)
    return np.asarray(lfilter([pole, -pole], [1.0, -pole], wave.astype(np.float64)), np.float32)


def find_fault(wave: Wave, pitch: int) -> str | None:
    """Name what is wrong with a note, or None.

    Args:
        wave: float32 [T] at 44.1 kHz, full scale 1.
        pitch: MIDI pitch that was asked for. Inharmonic notes (bells) are not judged by it.

    Returns:
        One of `REASONS`, or None for a note to keep.
    """
    if not np.isfinite(wave).all():
        return "not finite"
    peak = float(np.abs(wave).max())
    if peak < SILENT_PEAK:
        return "silent"
    if peak >= 1.0:
        return "clipped"
    if abs(float(wave.mean(dtype=np.float64))) > MOST_DC:
        return "dc"
    envelope = envelope_db(wave)
    if (envelope > envelope.max() - 40.0).sum() < LEAST_SECONDS * 100:
        return "too short"
    tuning = tuning_cents(note_spectrum(wave), midi_to_hz(pitch))
    if abs(tuning.cents) > MOST_CENTS and tuning.confidence >= PITCHED:
        return "out of tune"
    return None
