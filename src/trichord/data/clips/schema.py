"""The `clips` schema: what a corpus of programs and their sounds holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["example", "own", "generated"]
"""Where a program comes from: Sonic Pi's installed examples, our base programs, the generator."""

KINDS: tuple[Kind, ...] = ("example", "own", "generated")

ROWS = "clips"
"""First part of the shards' file names."""

RENDER_RATE = 44100
"""Hz, of what the renderer returns; a corpus may be stored at another rate."""

REPEATED = ["template_id", "kind", "origin", "licence", "split"]
"""Columns of few different values."""

COMPRESSION = {"code": "zstd", "events": "zstd", "params": "zstd", "traits": "zstd"}
"""Text is compressed; the audio is FLAC already."""


@dataclass(frozen=True)
class Template:
    """What all clips of one template share; a generated program is a template of its own.

    Attributes:
        group: templates that are nearly the same have the same number, and one split.
    """

    template_id: str
    kind: Kind
    origin: str
    licence: str
    group: int
    split: str


@dataclass(frozen=True)
class Program:
    """One program to be rendered: a template whose holes are filled.

    Attributes:
        params: what the holes were filled with; empty where the program is used as it stands.
        words: what the program's maker says of it (a genre, say); captions may use them.
    """

    clip_id: str
    template: Template
    params: dict[str, Any]
    code: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counting:
    """How the length of a clip is counted: `bars` of four beats at `bpm`.

    Attributes:
        seed: of the renderer's noise; the same for all clips, so that programs that differ in
            nothing audible give the same samples.
    """

    bpm: float
    bars: float
    seed: int


@dataclass(frozen=True)
class Clip:
    """One clip on its way into a shard.

    Attributes:
        start, seconds: the stored stretch, from the start of the program.
        flac: the stored audio; None where nothing was rendered.
        render_hash: SHA-256 (first 32 hexadecimal digits) of the stored 16-bit samples,
            little-endian, channels interleaved.
        tempo: beats per minute that the program itself plays at, as its events say.
        loudness: integrated, LUFS; `rms` and `peak` in dBFS. Of the stored stretch.
        traits: what the captions rest on, by name.
        events: the score as JSON.
        errors: what went wrong in the program, with the line.
        fault: why the clip would be dropped ("silent", "clipped", "runtime error"…); or empty.
    """

    program: Program
    counting: Counting
    sample_rate: int
    channels: int
    start: float
    seconds: float
    flac: bytes | None
    render_hash: str
    tempo: float | None
    loudness: float
    rms: float
    peak: float
    traits: dict[str, float]
    events: str
    captions: tuple[str, ...]
    errors: tuple[str, ...]
    fault: str


def arrow_schema() -> pa.Schema:  # pyright: ignore[reportUnknownParameterType] no stubs
    """The Parquet columns; `datasets.load_dataset("parquet", ...)` reads them with no script."""
    import pyarrow as pa

    return pa.schema(
        [
            ("clip_id", pa.string()),
            ("template_id", pa.string()),
            ("kind", pa.string()),
            ("params", pa.string()),
            ("code", pa.string()),
            ("bpm", pa.float32()),
            ("bars", pa.float32()),
            ("seed", pa.int32()),
            ("tempo", pa.float32()),
            ("sample_rate", pa.int32()),
            ("channels", pa.int32()),
            ("start", pa.float32()),
            ("seconds", pa.float32()),
            ("audio", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
            ("events", pa.string()),
            ("render_hash", pa.string()),
            ("loudness", pa.float32()),
            ("rms", pa.float32()),
            ("peak", pa.float32()),
            ("traits", pa.string()),
            ("captions", pa.list_(pa.string())),
            ("errors", pa.list_(pa.string())),
            ("fault", pa.string()),
            ("origin", pa.string()),
            ("licence", pa.string()),
            ("group", pa.int32()),
            ("split", pa.string()),
        ]
    )


def as_row(clip: Clip) -> dict[str, Any]:
    """The Parquet row of one clip."""
    program, template = clip.program, clip.program.template
    return {
        "clip_id": program.clip_id,
        "template_id": template.template_id,
        "kind": template.kind,
        "params": compact_json(program.params),
        "code": program.code,
        "bpm": clip.counting.bpm,
        "bars": clip.counting.bars,
        "seed": clip.counting.seed,
        "tempo": clip.tempo,
        "sample_rate": clip.sample_rate,
        "channels": clip.channels,
        "start": clip.start,
        "seconds": clip.seconds,
        "audio": {"bytes": clip.flac, "path": f"{program.clip_id}.flac"},
        "events": clip.events,
        "render_hash": clip.render_hash,
        "loudness": clip.loudness,
        "rms": clip.rms,
        "peak": clip.peak,
        "traits": compact_json(clip.traits),
        "captions": list(clip.captions),
        "errors": list(clip.errors),
        "fault": clip.fault,
        "origin": template.origin,
        "licence": template.licence,
        "group": template.group,
        "split": template.split,
    }


def compact_json(value: object) -> str:
    """JSON on one line, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
