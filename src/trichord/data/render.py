"""One shard: every note of its instruments played, screened, encoded and written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trichord.data.plan import PlannedInstrument
from trichord.data.probes import mix_down
from trichord.data.schema import SAMPLE_RATE, VELOCITIES, Note
from trichord.data.screen import find_fault, without_dc
from trichord.data.shards import encode_flac, write_shard
from trichord.data.synth import PresetPlayer
from trichord.data.traits import Wave


@dataclass(frozen=True)
class ShardJob:
    """What a worker needs to write one shard."""

    path: Path
    fonts: tuple[Path, ...]
    instruments: tuple[PlannedInstrument, ...]


@dataclass(frozen=True)
class ShardDone:
    """What a worker tells about it."""

    notes: int
    dropped: int
    cpu_seconds: float


def render_shard(job: ShardJob) -> ShardDone:
    """Render a shard into its file."""
    start = time.process_time()
    notes: list[Note] = []
    dropped: list[tuple[str, str]] = []
    for planned in job.instruments:
        instrument = planned.instrument
        for pitch, velocity, wave in _play(planned, job.fonts):
            note_id = f"{instrument.instrument_id}_{pitch:03d}_{velocity:03d}"
            fault = find_fault(wave, pitch)
            if fault:
                dropped.append((note_id, fault))
                continue
            flac = encode_flac(wave, SAMPLE_RATE)
            notes.append(Note(note_id, instrument, pitch, velocity, SAMPLE_RATE, flac))
    write_shard(job.path, notes, dropped)
    return ShardDone(len(notes), len(dropped), time.process_time() - start)


def _play(planned: PlannedInstrument, fonts: tuple[Path, ...]) -> Iterator[tuple[int, int, Wave]]:
    how = planned.playing
    player = PresetPlayer(fonts[how.font], how.bank, how.program)
    try:
        for pitch in how.pitches:
            for velocity in VELOCITIES:
                stereo = player.play(pitch, velocity)
                levelled = mix_down(stereo, how.mix) * np.float32(how.gain)
                yield pitch, velocity, without_dc(levelled)
    finally:
        player.close()
