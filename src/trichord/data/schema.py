"""The `notes` schema: what every corpus of single notes holds, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

FAMILIES: tuple[str, ...] = (
    "bass",
    "brass",
    "flute",
    "guitar",
    "keyboard",
    "mallet",
    "organ",
    "reed",
    "string",
    "synth_lead",
    "vocal",
)
"""NSynth's eleven families; the position is the index that models are conditioned on."""

SOURCES: tuple[str, ...] = ("acoustic", "electronic", "synthetic")
"""NSynth's three sources, in its index order."""

SPLITS: tuple[str, ...] = ("train", "valid", "test")

SAMPLE_RATE = 44100
"""Hz, of every note that this package renders."""

HELD_SECONDS = 4.0
"""From note-on to note-off."""

NOTE_SECONDS = 5.0
"""Length of a rendered note: held, then released."""

VELOCITIES: tuple[int, ...] = (25, 50, 75, 100, 127)

LOWEST_PITCH, HIGHEST_PITCH = 21, 108
"""The piano's keys, A0 to C8, as MIDI numbers."""


@dataclass(frozen=True)
class Instrument:
    """One instrument of a corpus; notes point at it by `instrument_id`.

    Instruments that sound alike share a `group`, and a group lies wholly within one split.
    """

    instrument_id: str
    name: str
    family: str
    source: str
    captions: tuple[str, ...]
    origin: str
    licence: str
    group: int
    split: str
    traits: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class Note:
    """One note on its way into a shard; `flac` holds the encoded audio."""

    note_id: str
    instrument: Instrument
    pitch: int
    velocity: int
    sample_rate: int
    flac: bytes


def arrow_schema() -> pa.Schema:  # pyright: ignore[reportUnknownParameterType] no stubs
    """The Parquet columns; `datasets.load_dataset("parquet", ...)` reads them with no script."""
    import pyarrow as pa

    return pa.schema(
        [
            ("note_id", pa.string()),
            ("instrument_id", pa.string()),
            ("instrument", pa.string()),
            ("family", pa.string()),
            ("source", pa.string()),
            ("pitch", pa.int32()),
            ("velocity", pa.int32()),
            ("sample_rate", pa.int32()),
            ("audio", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
            ("captions", pa.list_(pa.string())),
            ("origin", pa.string()),
            ("licence", pa.string()),
            ("group", pa.int32()),
            ("split", pa.string()),
        ]
    )


def as_row(note: Note) -> dict[str, Any]:
    """The Parquet row of one note."""
    instrument = note.instrument
    return {
        "note_id": note.note_id,
        "instrument_id": instrument.instrument_id,
        "instrument": instrument.name,
        "family": instrument.family,
        "source": instrument.source,
        "pitch": note.pitch,
        "velocity": note.velocity,
        "sample_rate": note.sample_rate,
        "audio": {"bytes": note.flac, "path": f"{note.note_id}.flac"},
        "captions": list(instrument.captions),
        "origin": instrument.origin,
        "licence": instrument.licence,
        "group": instrument.group,
        "split": instrument.split,
    }
