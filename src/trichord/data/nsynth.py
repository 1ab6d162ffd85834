"""`trichord data nsynth`: NSynth's json-wav folders as a corpus of notes.

NSynth (Engel et al. 2017, "Neural Audio Synthesis of Musical Notes with WaveNet Autoencoders"):
16 kHz mono notes of 4 s, held for 3 s, described by `examples.json` beside `audio/*.wav`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tyro

from trichord.data.choose import Watch
from trichord.data.executor import LocalExecutor
from trichord.data.folder import open_folder
from trichord.data.plan import pack_shards, read_instrument, read_plan_json, save_plan_json
from trichord.data.quality_words import write_quality_captions
from trichord.data.report import write_report
from trichord.data.schema import FAMILIES, SOURCES, Instrument, Note
from trichord.data.screen import SILENT_PEAK
from trichord.data.shards import encode_flac, shard_name, write_shard
from trichord.data.splits import Member, split_groups
from trichord.errors import InputError
from trichord.files import file_sha256

ORIGIN = "NSynth dataset by Engel et al. (Google Magenta), https://magenta.tensorflow.org/nsynth"

LICENCE = "CC BY 4.0"

NEEDED = ("instrument_str", "instrument_family_str", "instrument_source_str", "pitch", "velocity")


@dataclass(frozen=True)
class NsynthOptions:
    """Which NSynth folder becomes a corpus where."""

    folder: tyro.conf.Positional[Path]
    """Folder with examples.json and audio/, as NSynth's json-wav archives unpack."""

    out: Path
    """Folder of the corpus; a killed import in it is taken up again."""

    split: Literal["auto", "train", "valid", "test"] = "auto"
    """Split of all its notes; auto takes it from the folder's name, or else divides instruments."""

    workers: int = 2
    """Processes that encode at the same time."""

    shard_notes: int = 1000
    """Notes per shard, about: an instrument is never divided."""

    seed: int = 7
    """Of the captions, and of the split where instruments are divided."""

    force: bool = False
    """Build over what the folder holds."""

    def __post_init__(self) -> None:
        for name in ("workers", "shard_notes"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} = {getattr(self, name)}: must be at least 1")


@dataclass(frozen=True)
class _Entry:
    """One note of examples.json."""

    key: str
    pitch: int
    velocity: int


@dataclass(frozen=True)
class _Job:
    path: Path
    audio: Path
    instruments: tuple[Instrument, ...]
    entries: tuple[tuple[_Entry, ...], ...]


def build(options: NsynthOptions, watch: Watch | None = None) -> dict[str, Any]:
    """Import the folder. A finished corpus is left alone, a killed import goes on.

    Returns:
        The report, as it stands in `report.json`.

    Raises:
        InputError: the folder is no NSynth folder, or the output cannot be used.
    """
    examples = _read_examples(options.folder)
    by_instrument: dict[str, list[str]] = {}
    for key in sorted(examples):
        by_instrument.setdefault(examples[key]["instrument_str"], []).append(key)
    choices = _choices(options)
    if not open_folder(options.out, choices, options.force):
        instruments = _describe(by_instrument, examples, options)
        sizes = [len(keys) for keys in by_instrument.values()]
        shards = pack_shards(sizes, [0] * len(sizes), options.shard_notes)
        save_plan_json(options.out, choices, [asdict(one) for one in instruments], shards)
    plan = read_plan_json(options.out)
    known = {row["instrument_id"]: read_instrument(row) for row in plan["instruments"]}
    jobs: list[_Job] = []
    for index, shard in enumerate(plan["shards"]):
        ids: list[str] = shard["instruments"]
        entries = tuple(tuple(_entry(k, examples[k]) for k in by_instrument[i]) for i in ids)
        path = options.out / shard_name(index)
        jobs.append(_Job(path, options.folder / "audio", tuple(known[i] for i in ids), entries))
    waiting = [job for job in jobs if not job.path.exists()]
    for count, _ in enumerate(LocalExecutor(options.workers).run(_import_shard, waiting), start=1):
        if watch:
            watch("encoding shards", len(jobs) - len(waiting) + count, len(jobs))
    return write_report([*known.values()], len(jobs), options.out)


def _read_examples(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "examples.json"
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: {(error.strerror or 'unreadable').lower()}; give a folder of NSynth's "
            "json-wav layout (examples.json and audio/)"
        ) from error
    try:
        examples: Any = json.loads(raw)
    except ValueError as error:
        raise InputError(f"{path}: not readable as JSON ({error}); fetch it again") from error
    if not isinstance(examples, dict) or not examples:
        raise InputError(f"{path}: no notes in it; give NSynth's own examples.json")
    for key, entry in examples.items():
        _check_entry(path, key, entry)
    return examples


def _check_entry(path: Path, key: str, entry: Any) -> None:
    missing = [name for name in NEEDED if not isinstance(entry, dict) or name not in entry]
    if missing or "/" in key or key.startswith("."):
        lacks = f"lacks {missing[0]}" if missing else "is no file name"
        raise InputError(f"{path}: note {key[:60]!r} {lacks}; fetch the file again")
    family, source = entry["instrument_family_str"], entry["instrument_source_str"]
    if family not in FAMILIES or source not in SOURCES:
        raise InputError(f"{path}: note {key!r}: family {family!r} or source {source!r} is unknown")
    for name in ("pitch", "velocity"):
        if not isinstance(entry[name], int) or not 0 <= entry[name] <= 127:
            raise InputError(f"{path}: note {key!r}: {name} = {entry[name]!r} is not in 0..127")


def _entry(key: str, row: Mapping[str, Any]) -> _Entry:
    return _Entry(key, row["pitch"], row["velocity"])


def _describe(
    by_instrument: Mapping[str, Sequence[str]],
    examples: Mapping[str, dict[str, Any]],
    options: NsynthOptions,
) -> list[Instrument]:
    """Instruments in the order of `by_instrument`; each is its own group of twins."""
    first = [examples[keys[0]] for keys in by_instrument.values()]
    splits = _splits([row["instrument_family_str"] for row in first], options)
    instruments: list[Instrument] = []
    for index, (name, keys) in enumerate(by_instrument.items()):
        family, source = (
            first[index]["instrument_family_str"],
            first[index]["instrument_source_str"],
        )
        qualities = _common_qualities([examples[key] for key in keys])
        instruments.append(
            Instrument(
                instrument_id=name,
                name=name.replace("_", " "),
                family=family,
                source=source,
                captions=write_quality_captions(name, family, source, qualities, options.seed),
                origin=ORIGIN,
                licence=LICENCE,
                group=index,
                split=splits[index],
            )
        )
    return instruments


def _splits(families: Sequence[str], options: NsynthOptions) -> list[str]:
    named = options.split
    if named == "auto":
        last = options.folder.resolve().name.rsplit("-", 1)[-1]
        named = last if last in ("train", "valid", "test") else "auto"
    if named != "auto":
        return [named] * len(families)
    members = [Member(group, family) for group, family in enumerate(families)]
    return split_groups(members, np.random.default_rng(options.seed))


def _common_qualities(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Qualities that at least half of an instrument's notes are marked with."""
    counts = Counter(quality for row in rows for quality in row.get("qualities_str", []))
    return sorted(quality for quality, count in counts.items() if 2 * count >= len(rows))


def _import_shard(job: _Job) -> int:
    notes: list[Note] = []
    dropped: list[tuple[str, str]] = []
    seconds = 0.0
    for instrument, entries in zip(job.instruments, job.entries, strict=True):
        for entry in entries:
            note_id = f"{instrument.instrument_id}_{entry.pitch:03d}_{entry.velocity:03d}"
            read = _read_note(job.audio / f"{entry.key}.wav")
            if isinstance(read, str):
                dropped.append((note_id, read))
                continue
            wave, rate = read
            flac = encode_flac(wave, rate)
            notes.append(Note(note_id, instrument, entry.pitch, entry.velocity, rate, flac))
            seconds += len(wave) / rate
    write_shard(job.path, notes, dropped, seconds)
    return len(notes)


def _read_note(path: Path) -> tuple[np.ndarray[Any, np.dtype[np.float32]], int] | str:
    """The audio and its rate, or the reason why the note is dropped."""
    import soundfile

    if not path.exists():
        return "missing"
    try:
        wave, rate = soundfile.read(path, dtype="float32")
    except soundfile.LibsndfileError:
        return "unreadable"
    wave = np.asarray(wave, np.float32)
    mono = wave if wave.ndim == 1 else wave.mean(axis=1, dtype=np.float32)
    if not np.isfinite(mono).all():
        return "not finite"
    if mono.size == 0 or float(np.abs(mono).max()) < SILENT_PEAK:
        return "silent"
    return mono, int(rate)


def _choices(options: NsynthOptions) -> dict[str, Any]:
    digest = file_sha256(options.folder / "examples.json")
    return {
        "kind": "nsynth",
        "examples_sha256": digest,
        "split": options.split,
        "shard_notes": options.shard_notes,
        "seed": options.seed,
    }
