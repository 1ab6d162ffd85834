"""A corpus of a few synthetic instruments, small enough to train on in a test."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import soundfile

from trichord.data.plan import save_plan_json
from trichord.data.schema import SAMPLE_RATE, Instrument, arrow_schema

SOUNDS = {
    "organ": ("steady organ", 0.0, 1.0),
    "bell": ("ringing bell", 3.0, 2.76),
    "bass": ("short bass", 9.0, 1.0),
    "flute": ("airy flute", 0.3, 1.0),
}
FAMILY = {"organ": "organ", "bell": "mallet", "bass": "bass", "flute": "flute"}


Trait = Callable[[dict[str, Any]], float]
"""What a trait is of a row."""


def note(name: str, variant: int, pitch: int) -> np.ndarray:
    """A second of partials; variants differ in brightness."""
    _, decay, stretch = SOUNDS[name]
    t = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    f0 = 440 * 2 ** ((pitch - 69) / 12)
    wave = sum(
        np.sin(2 * np.pi * f0 * (1 + (k - 1) * stretch) * t) / k ** (1 + 0.3 * variant)
        for k in range(1, 6)
    )
    noise = np.random.default_rng(pitch).standard_normal(len(t)) * (0.2 if name == "flute" else 0)
    return (0.2 * (wave + noise) * np.exp(-decay * t)).astype(np.float32)


def write_corpus(folder: Path, pitches: tuple[int, ...] = (50, 57, 64)) -> None:
    """Two shards: four kinds of instrument, four variants of each; the last two are held out."""
    folder.mkdir(parents=True, exist_ok=True)
    for shard, kinds in enumerate((("organ", "bell"), ("bass", "flute"))):
        rows = [
            row(kind, variant, pitch) for kind in kinds for variant in range(4) for pitch in pitches
        ]
        table = pa.Table.from_pylist(rows, schema=arrow_schema())
        pq.write_table(table, folder / f"notes-{shard:05d}.parquet")


def write_plan(
    folder: Path, shards: Sequence[Sequence[int]] = ((0, 1), (2, 3)), **more: Trait
) -> None:
    """The plan beside the shards: all sixteen instruments; `more` are traits by name."""
    instruments = [row(kind, variant, 60) for kind in SOUNDS for variant in range(4)]
    known = [
        one
        | {
            "name": one["instrument"],
            "traits": {name: trait(one) for name, trait in more.items()},
        }
        for one in instruments
    ]
    fields = Instrument.__dataclass_fields__
    save_plan_json(folder, {}, [{name: one[name] for name in fields} for one in known], shards)


def row(kind: str, variant: int, pitch: int) -> dict[str, Any]:
    stream = io.BytesIO()
    soundfile.write(stream, note(kind, variant, pitch), SAMPLE_RATE, format="FLAC")
    name = f"{kind}-{variant}"
    return {
        "note_id": f"{name}-{pitch}",
        "instrument_id": name,
        "instrument": name,
        "family": FAMILY[kind],
        "source": "synthetic",
        "pitch": pitch,
        "velocity": 100,
        "sample_rate": SAMPLE_RATE,
        "audio": {"bytes": stream.getvalue(), "path": f"{name}-{pitch}.flac"},
        "captions": [SOUNDS[kind][0], f"{('bright', 'warm', 'dark', 'dull')[variant]} {kind}"],
        "origin": "synthetic",
        "licence": "CC0",
        "group": 4 * sorted(SOUNDS).index(kind) + variant,
        "split": ("train", "train", "valid", "test")[variant],
    }
