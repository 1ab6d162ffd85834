"""Variants of a corpus's instruments: which there are, how they measure, their notes in a shard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trichord.data.notes import decode_flac
from trichord.data.probes import PROBE_VELOCITIES, Probe
from trichord.data.schema import SAMPLE_RATE, Instrument, Note
from trichord.data.screen import find_fault, without_dc
from trichord.data.shards import encode_flac, write_shard
from trichord.data.traits import Wave, measure
from trichord.data.treatments import Treatment, treat
from trichord.data.twins import fingerprint
from trichord.errors import InputError


@dataclass(frozen=True)
class Variant:
    """One new instrument: whose notes it is made from, and how."""

    original: str
    instrument_id: str
    treatments: tuple[Treatment, ...]
    seed: int

    def sound(self, wave: Wave, pitch: int, velocity: int) -> Wave:
        """Its note, from the original's."""
        rng = np.random.default_rng([self.seed, pitch, velocity])
        return without_dc(treat(wave, pitch, self.treatments, rng))


@dataclass(frozen=True)
class VaryJob:
    """One shard of the original corpus and what is made from it."""

    source: Path
    target: Path
    variants: tuple[Variant, ...]
    instruments: tuple[Instrument, ...]
    """Of the variants; empty while their captions are still to be written."""
    every: int
    velocities: tuple[int, ...]


def probe_variants(job: VaryJob) -> dict[str, list[Probe]]:
    """Measures originals and variants at the pitches and velocities that tell most."""
    probes: dict[str, list[Probe]] = {}
    by_original = _by_original(job.variants)
    for row in _rows(job.source):
        own = by_original.get(row["instrument_id"], ())
        pitch, velocity = row["pitch"], row["velocity"]
        if not own or velocity not in PROBE_VELOCITIES or pitch % 12:
            continue
        wave = decode_flac(row["audio"]["bytes"])
        sounds = [(row["instrument_id"], wave)]
        sounds += [(v.instrument_id, v.sound(wave, pitch, velocity)) for v in own]
        for name, sound in sounds:
            probe = Probe(pitch, velocity, measure(sound, pitch), fingerprint(sound))
            probes.setdefault(name, []).append(probe)
    missing = [v.instrument_id for v in job.variants if v.instrument_id not in probes]
    if missing:
        raise InputError(
            f"{job.source}: {missing[0]} has no note on a C at velocity "
            f"{' or '.join(map(str, PROBE_VELOCITIES))}; such a corpus cannot be varied"
        )
    return probes


def write_variants(job: VaryJob) -> None:
    """The variants' notes into their own shard."""
    by_original = _by_original(job.variants)
    instruments = {one.instrument_id: one for one in job.instruments}
    pitches: dict[str, set[int]] = {}
    for row in _rows(job.source, ["instrument_id", "pitch"]):
        pitches.setdefault(row["instrument_id"], set()).add(row["pitch"])
    chosen = {name: set(sorted(all_)[:: job.every]) for name, all_ in pitches.items()}
    notes: dict[str, list[Note]] = {v.instrument_id: [] for v in job.variants}
    dropped: list[tuple[str, str]] = []
    for row in _rows(job.source):
        name, pitch, velocity = row["instrument_id"], row["pitch"], row["velocity"]
        if name not in by_original or pitch not in chosen[name]:
            continue
        if velocity not in job.velocities:
            continue
        wave = decode_flac(row["audio"]["bytes"])
        for variant in by_original[name]:
            sound = variant.sound(wave, pitch, velocity)
            note_id = f"{variant.instrument_id}_{pitch:03d}_{velocity:03d}"
            fault = find_fault(sound, pitch)
            if fault:
                dropped.append((note_id, fault))
                continue
            flac = encode_flac(sound, SAMPLE_RATE)
            instrument = instruments[variant.instrument_id]
            note = Note(note_id, instrument, pitch, velocity, SAMPLE_RATE, flac)
            notes[variant.instrument_id].append(note)
    write_shard(job.target, [note for own in notes.values() for note in own], dropped)


def _by_original(variants: Sequence[Variant]) -> dict[str, list[Variant]]:
    grouped: dict[str, list[Variant]] = {}
    for variant in variants:
        grouped.setdefault(variant.original, []).append(variant)
    return grouped


def _rows(shard: Path, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(shard).iter_batches(batch_size=64, columns=columns):
        yield from batch.to_pylist()
