"""A few notes of each preset, played before anything is decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trichord.data.synth import PresetPlayer
from trichord.data.traits import Traits, Wave, measure
from trichord.data.twins import Fingerprint, fingerprint

PROBE_VELOCITIES = (50, 127)

MONO_LOSS_DB = 6.5
"""A mean of both channels that is quieter than the louder one by more has cancelled itself."""

PEAK_TARGET = 0.5
"""Largest probe sample after the gain: 6 dB are left for keys that were not probed."""


@dataclass(frozen=True)
class ProbeJob:
    """What to probe: one preset of one font at these keys."""

    font: Path
    bank: int
    program: int
    pitches: tuple[int, ...]


@dataclass(frozen=True)
class Probe:
    """What one probe note told."""

    pitch: int
    velocity: int
    traits: Traits
    fingerprint: Fingerprint


@dataclass(frozen=True)
class ProbeResult:
    """What a preset's probe notes told together.

    Attributes:
        mix: how its stereo becomes mono: "mean", "left" or "right".
        gain: factor from FluidSynth's output to the corpus.
    """

    probes: tuple[Probe, ...]
    mix: str
    gain: float


def probe_pitches(keys: tuple[int, ...]) -> tuple[int, ...]:
    """The Cs among the keys, so that presets can be compared at the same pitch.

    Where these are fewer than three, F sharps as well, then the lowest and the highest key.
    """
    chosen = {key for key in keys if key % 12 == 0}
    if len(chosen) < 3:
        chosen |= {key for key in keys if key % 6 == 0}
    if len(chosen) < 2:
        chosen |= {keys[0], keys[-1]}
    return tuple(sorted(chosen))


def probe_preset(job: ProbeJob) -> ProbeResult:
    """Play and measure the probe notes of one preset."""
    player = PresetPlayer(job.font, job.bank, job.program)
    plan = [(pitch, velocity) for velocity in PROBE_VELOCITIES for pitch in job.pitches]
    try:
        stereo = [player.play(pitch, velocity) for pitch, velocity in plan]
    finally:
        player.close()
    mix = choose_mix(stereo)
    mono = [mix_down(wave, mix) for wave in stereo]
    peak = max(float(np.abs(wave).max()) for wave in mono)
    probes = [
        Probe(pitch, velocity, measure(wave, pitch), fingerprint(wave))
        for (pitch, velocity), wave in zip(plan, mono, strict=True)
    ]
    return ProbeResult(tuple(probes), mix, round(PEAK_TARGET / max(peak, 1e-4), 4))


def choose_mix(stereo: list[NDArray[np.float32]]) -> str:
    """The mean of the channels, unless they cancel; then the louder channel."""
    power = np.mean([np.square(wave).mean(axis=1) for wave in stereo], axis=0)
    mean_power = float(np.mean([np.square(wave.mean(axis=0)).mean() for wave in stereo]))
    louder = float(power.max())
    if louder > 0.0 and mean_power < louder * 10.0 ** (-MONO_LOSS_DB / 10.0):
        return "left" if power[0] >= power[1] else "right"
    return "mean"


def mix_down(stereo: NDArray[np.float32], mix: str) -> Wave:
    """float32 [2, T] to float32 [T]."""
    if mix == "mean":
        return stereo.mean(axis=0, dtype=np.float32)
    return stereo[0 if mix == "left" else 1]
