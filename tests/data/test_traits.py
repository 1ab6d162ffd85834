from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from trichord.data.screen import find_fault, without_dc
from trichord.data.traits import measure, midi_to_hz, note_spectrum, tuning_cents

RATE = 44100
TIME = np.arange(5 * RATE) / RATE


def note(
    pitch: float = 60,
    partials: int = 8,
    slope: float = 1.0,
    decay: float = 0.0,
    attack: float = 0.005,
) -> np.ndarray:
    f0 = midi_to_hz(pitch)
    wave = sum(np.sin(2 * np.pi * f0 * k * TIME) / k**slope for k in range(1, partials + 1))
    envelope = np.exp(-decay * TIME) * np.minimum(1.0, TIME / attack) * (TIME < 4.0)
    return (0.2 * wave * envelope).astype(np.float32)


def noise(level: float) -> np.ndarray:
    return (level * np.random.default_rng(0).normal(size=len(TIME))).astype(np.float32)


def rising(values: list[float]) -> bool:
    return all(a < b for a, b in pairwise(values))


def test_traits_order_notes_as_an_ear_would() -> None:
    assert rising([measure(note(slope=s), 60).brightness for s in (3.0, 2.0, 1.0, 0.5)])
    assert rising([measure(note(decay=d), 60).decay_s for d in (20.0, 8.0, 3.0, 1.0)])
    assert rising([measure(note(attack=a), 60).attack_s for a in (0.01, 0.1, 0.5)])
    assert rising([measure(note() + noise(n), 60).harmonic_db for n in (0.3, 0.1, 0.01)])


def test_a_held_tone_does_not_decay() -> None:
    traits = measure(note(), 60)
    assert traits.decay_s == pytest.approx(4.0)
    assert traits.sustain_db > -1.0
    assert traits.release_s < 0.05


def test_vibrato_and_beating_are_told_apart() -> None:
    f0 = midi_to_hz(60)
    phase = 2 * np.pi * f0 * TIME
    vibrato = 0.2 * np.sin(phase + f0 * 0.02 / 5.0 * np.sin(2 * np.pi * 5.0 * TIME))
    beating = 0.2 * np.sin(phase) + 0.15 * np.sin(phase * 1.004)
    still, wavering, detuned = (
        measure(wave.astype(np.float32), 60) for wave in (note(), vibrato, beating)
    )
    assert wavering.vibrato_cents > 15.0 > 3.0 > still.vibrato_cents
    assert detuned.beating_db > 3.0 > 1.0 > still.beating_db


@pytest.mark.parametrize("pitch", [21, 40, 60, 84, 108])
@pytest.mark.parametrize("cents", [-30.0, 0.0, 12.0])
def test_tuning_is_measured_against_the_intended_pitch(pitch: int, cents: float) -> None:
    wave = note(pitch + cents / 100.0, partials=4)
    tuning = tuning_cents(note_spectrum(wave), midi_to_hz(pitch))
    assert tuning.cents == pytest.approx(cents, abs=2.0)
    assert tuning.confidence > 0.9


def test_faults_are_named() -> None:
    good = note()
    assert find_fault(good, 60) is None
    assert find_fault(good * np.float32(1e-4), 60) == "silent"
    assert find_fault(good * np.float32(10.0), 60) == "clipped"
    assert find_fault(good + np.float32(0.1), 60) == "dc"
    assert find_fault(np.where(TIME < 1.0, good, np.nan).astype(np.float32), 60) == "not finite"
    assert find_fault(note(60.6), 60) == "out of tune"
    assert find_fault(np.where(TIME < 0.015, good, 0.0).astype(np.float32), 60) == "too short"


def test_inharmonic_notes_are_not_called_out_of_tune() -> None:
    ratios = (0.56, 0.92, 1.19, 1.71, 2.74, 3.76, 4.07)
    bell = sum(np.sin(2 * np.pi * midi_to_hz(60) * r * TIME) for r in ratios)
    assert find_fault((0.1 * bell * np.exp(-TIME)).astype(np.float32), 60) is None


def test_dc_is_taken_away_and_the_note_is_not() -> None:
    lifted = note(33) + np.float32(0.05) * (TIME < 4.0).astype(np.float32)
    mended = without_dc(lifted)
    assert abs(float(mended.mean())) < 1e-4
    assert np.abs(mended - note(33))[RATE : 4 * RATE - 10].max() < 0.03
    assert without_dc(note()) is not None
    assert np.array_equal(without_dc(note()), note())
