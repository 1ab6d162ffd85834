"""A corpus of a few synthetic clips, and patches for their sketches, small enough for a test."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import soundfile

from trichord.audio.bands import GRID, BandGrid, band_power
from trichord.data.clips.schema import arrow_schema
from trichord.score import Event, Score
from trichord.score.as_json import to_json
from trichord.score.sketch import Patch

RATE = 16000
SECONDS = 3.0
SYNTH = "sonic-pi-beep"
DEFAULTS = {
    "note": 60.0,
    "amp": 1.0,
    "pan": 0.0,
    "attack": 0.0,
    "decay": 0.0,
    "sustain": 0.0,
    "release": 0.2,
    "attack_level": 1.0,
    "decay_level": 1.0,
    "sustain_level": 1.0,
    "cutoff": 100.0,
}
SPLIT = {"t4": "valid", "t5": "test"}


def beep(note: float, seconds: float = 0.2) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    hz = 440 * 2 ** ((note - 69) / 12)
    return (0.3 * np.sin(2 * np.pi * hz * t) * (1 - t / seconds)).astype(np.float32)


def tune(template: int, variant: int) -> list[tuple[float, float]]:
    """(start, note) of each beep: a template is a place and a pace, a variant shifts both."""
    pace = 0.25 + 0.05 * template + 0.02 * (variant % 4)
    starts = np.arange(0, SECONDS - 0.3, pace)
    return [
        (float(s), 48.0 + 5 * template + variant % 6 + 4 * (i % 3)) for i, s in enumerate(starts)
    ]


def rendered(notes: list[tuple[float, float]]) -> np.ndarray:
    wave = np.zeros(round(SECONDS * RATE), np.float32)
    for start, note in notes:
        at, sound = round(start * RATE), beep(note)
        wave[at : at + len(sound)] += sound[: len(wave) - at]
    return wave


def score_of(notes: list[tuple[float, float]]) -> Score:
    events = tuple(
        Event(i, "synth", "beep", SYNTH, start, start + 0.2, given={"note": note})
        for i, (start, note) in enumerate(notes, start=1)
    )
    return Score(SECONDS, events, {SYNTH: DEFAULTS})


def row(clip: str, template: str, notes: list[tuple[float, float]], split: str) -> dict[str, Any]:
    stream = io.BytesIO()
    wave = rendered(notes)
    soundfile.write(stream, wave, RATE, format="FLAC")
    return {
        "clip_id": clip,
        "template_id": template,
        "kind": "own",
        "code": "",
        "seconds": SECONDS,
        "start": 0.0,
        "sample_rate": RATE,
        "channels": 1,
        "audio": {"bytes": stream.getvalue(), "path": f"{clip}.flac"},
        "events": json.dumps(to_json(score_of(notes))),
        "render_hash": str(hash(wave.tobytes())),
        "captions": [f"{'fast' if len(notes) > 8 else 'slow'} beeps", f"beeps near {notes[0][1]}"],
        "fault": "",
        "group": 0,
        "split": split,
    }


def write_clips(folder: Path) -> None:
    """Six templates of twelve clips, the last two held out; twelve single programs; one faulty."""
    folder.mkdir(parents=True, exist_ok=True)
    families = [
        row(f"t{t}-{v}", f"t{t}", tune(t, v), SPLIT.get(f"t{t}", "train"))
        for t in range(6)
        for v in range(12)
    ]
    alone = [
        row(f"s{i}", f"s{i}", tune(i % 7, 13 + i), ("train", "train", "valid")[i % 3])
        for i in range(12)
    ]
    alone.append({**row("broken", "broken", tune(1, 1), "train"), "fault": "silent"})
    for i, rows in enumerate((families[:40], families[40:] + alone[:3], alone[3:])):
        table = pa.Table.from_pylist(rows, schema=arrow_schema())
        pq.write_table(table, folder / f"clips-{i:05d}.parquet")


class BeepPatches:
    """The one synth of the corpus, at any note."""

    def __init__(self, build: bool = True) -> None:
        self.built = build

    @property
    def grid(self) -> BandGrid:
        return GRID

    def prepare(self) -> None:
        """Nothing is to be rendered."""

    def synth(self, name: str, note: float) -> Patch | None:
        side = GRID.n_fft // 2 // GRID.hop
        held = beep(note, 1.0) / np.linspace(1, 0.05, RATE, dtype=np.float32)
        wave = np.concatenate([np.zeros(side * GRID.hop * RATE // GRID.sample_rate), held])
        return Patch(np.ascontiguousarray(band_power(wave.astype(np.float32), RATE).T), note)

    def sample(self, path: str, rate: float, start: float, finish: float) -> Patch | None:
        return None
