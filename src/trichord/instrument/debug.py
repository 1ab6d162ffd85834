"""A player without a model: additive notes with faults on purpose, to test the room around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.notes import midi_to_hz
from trichord.instrument.generator import NoteRequest

_PARTIALS = 12


@dataclass(frozen=True)
class DebugPlayer:
    """Plays strings or reeds with known faults; every note depends on its own request alone."""

    sustained: bool = False
    """Holds its level until the end; otherwise it dies away as a string does."""
    cents: float = 12.0
    """Notes are out of tune by up to so much, either way."""
    level_db: float = 4.0
    """Notes are too loud or too soft by up to so much."""
    dc: float = 0.01
    """Constant offset."""
    lead: float = 0.03
    """Seconds of silence in front, up to."""
    vibrato_cents: float = 0.0
    """Depth of a 5 Hz vibrato."""
    noise: float = 3e-4
    """Level of a noise floor."""
    sample_rate: int = 44100
    longest_seconds: float = 12.0
    batch_sizes: tuple[int, int] = (1, 8)

    def play(self, requests: Sequence[NoteRequest], seed: int) -> list[NDArray[np.float32]]:
        """See `NotePlayer.play`."""
        return [self._note(request, seed) for request in requests]

    def _note(self, request: NoteRequest, seed: int) -> NDArray[np.float32]:
        rng = np.random.default_rng([seed, request.pitch, request.velocity])
        time = np.arange(int(request.seconds * self.sample_rate)) / self.sample_rate
        hz = midi_to_hz(request.pitch + rng.uniform(-self.cents, self.cents) / 100.0)
        depth = hz * (2.0 ** (self.vibrato_cents / 1200.0) - 1.0) / 5.0
        phase = 2.0 * np.pi * hz * time + depth * np.sin(2.0 * np.pi * 5.0 * time)
        force = request.velocity / 127.0
        wave = np.zeros(time.size)
        for number in range(1, _PARTIALS + 1):
            if number * hz > 0.45 * self.sample_rate:
                break
            # A harder stroke is brighter: its high partials fall off more slowly.
            level = number ** (-2.2 + 1.2 * force)
            fall = 0.0 if self.sustained else (0.8 + 0.5 * number) * (hz / 262.0) ** 0.5
            wave += level * np.exp(-fall * time) * np.sin(number * phase + number)
        gain = 0.15 * force * 10.0 ** (rng.uniform(-self.level_db, self.level_db) / 20.0)
        wave *= gain * np.minimum(1.0, time / 0.004)
        silence = int(rng.uniform(0.0, self.lead) * self.sample_rate)
        wave = np.concatenate([np.zeros(silence), wave])[: time.size]
        return (wave + self.dc + self.noise * rng.normal(size=time.size)).astype(np.float32)
