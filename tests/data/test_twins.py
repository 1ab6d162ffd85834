from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trichord.data.probes import ProbeJob, probe_pitches, probe_preset
from trichord.data.twins import Sounding, distance_db, fingerprint, group_twins

FONTS = Path("/usr/share/sounds/sf2")
FLUID, MUSESCORE = FONTS / "FluidR3_GM.sf2", FONTS / "MuseScore_General_Full.sf2"
KALIMBA, OCARINA, KOTO = 108, 79, 107


def sounding(font: Path, program: int) -> Sounding:
    result = probe_preset(ProbeJob(font, 0, program, (72, 84)))
    loud = {p.pitch: p.fingerprint for p in result.probes if p.velocity == 127}
    return Sounding(font.stem, program, {}, loud)


@pytest.fixture(scope="module")
def presets() -> list[Sounding]:
    return [
        sounding(font, program)
        for font in (FLUID, MUSESCORE)
        for program in (OCARINA, KALIMBA, KOTO)
    ]


def test_one_recording_in_two_fonts_is_one_group(presets: list[Sounding]) -> None:
    assert group_twins(presets) == [0, 1, 2, 0, 1, 2]


def test_groups_do_not_depend_on_the_order(presets: list[Sounding]) -> None:
    assert group_twins(presets[::-1]) == [0, 1, 2, 0, 1, 2]


def tone(partials: list[float], decay: float, seed: int = 0) -> np.ndarray:
    time = np.arange(5 * 44100) / 44100
    wave = sum(a * np.sin(2 * np.pi * 220 * (k + 1) * time) for k, a in enumerate(partials))
    noise = np.random.default_rng(seed).normal(size=len(time)) * 1e-4
    return ((wave * np.exp(-decay * time) + noise) * 0.1).astype(np.float32)


def test_level_does_not_count_and_timbre_does() -> None:
    plain = {60: fingerprint(tone([1.0, 0.5, 0.25], 1.0))}
    quieter = {60: fingerprint(0.2 * tone([1.0, 0.5, 0.25], 1.0, seed=1))}
    other = {60: fingerprint(tone([1.0, 0.05, 0.9, 0.4], 4.0))}
    assert distance_db(plain, quieter) < 1.5
    assert distance_db(plain, other) > 6.0


def test_presets_without_a_common_pitch_cannot_be_compared() -> None:
    note = fingerprint(tone([1.0], 1.0))
    assert distance_db({48: note}, {60: note}) == float("inf")


def test_shared_samples_bring_relatives_together() -> None:
    near = fingerprint(tone([1.0, 0.5, 0.25, 0.12], 1.0))
    far = fingerprint(tone([1.0, 0.3, 0.28, 0.06], 1.4))
    samples = {60: frozenset({1, 2})}
    assert 2.5 < distance_db({60: near}, {60: far}) < 4.75
    kin = [Sounding("a", 1, samples, {60: near}), Sounding("a", 2, samples, {60: far})]
    strangers = [kin[0], Sounding("b", 2, samples, {60: far})]
    assert group_twins(kin) == [0, 0]
    assert group_twins(strangers) == [0, 1]


def test_probes_stand_at_common_pitches() -> None:
    assert probe_pitches(tuple(range(21, 109))) == (24, 36, 48, 60, 72, 84, 96, 108)
    assert probe_pitches(tuple(range(54, 67))) == (54, 60, 66)
    assert probe_pitches((61, 62, 63)) == (61, 63)
