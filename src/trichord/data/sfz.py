"""`trichord data sfz`: a sampled SFZ instrument as a corpus, one note per sampled region."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tyro

from trichord.audio.io import read_native, read_wav_loop
from trichord.audio.resample import resample
from trichord.audio.sfz import SfzRegion, parse_sfz
from trichord.data.captions import clean_name
from trichord.data.choose import Watch
from trichord.data.folder import open_folder
from trichord.data.plan import read_instrument, read_plan_json, save_plan_json
from trichord.data.probes import PEAK_TARGET
from trichord.data.quality_words import write_quality_captions
from trichord.data.report import write_report
from trichord.data.schema import (
    HELD_SECONDS,
    HIGHEST_PITCH,
    LOWEST_PITCH,
    NOTE_SECONDS,
    SAMPLE_RATE,
    Instrument,
    Note,
)
from trichord.data.screen import find_fault, without_dc
from trichord.data.shards import encode_flac, shard_name, write_shard
from trichord.data.traits import Wave
from trichord.errors import InputError
from trichord.files import file_sha256

SHORTEST_RELEASE = 0.01
"""Seconds: a shorter fade after note-off would click."""

Family = Literal[
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
]


@dataclass(frozen=True)
class SfzOptions:
    """Which SFZ instrument becomes a corpus where, and what is known of it."""

    file: tyro.conf.Positional[Path]
    """The .sfz file."""

    out: Path
    """Folder of the corpus."""

    family: Family
    """NSynth's family of the instrument."""

    source: Literal["acoustic", "electronic", "synthetic"] = "acoustic"
    """How the sound came about."""

    name: str = ""
    """Name of the instrument; the file's name if empty."""

    captions: tuple[str, ...] = ()
    """Captions; written from name, family and source if none is given."""

    origin: str = ""
    """Who made the set and where it is from; the file's name if empty."""

    licence: str = "unknown"
    """Licence of the samples."""

    split: Literal["train", "valid", "test"] = "train"
    """Split of all its notes."""

    seed: int = 7
    """Of the captions."""

    force: bool = False
    """Build over what the folder holds."""


def build(options: SfzOptions, watch: Watch | None = None) -> dict[str, Any]:
    """Import the set: every sampled region at its own pitch and at its layer's highest velocity.

    Loops are played until the note-off after 4 s, then the region's release fades the note out.

    Returns:
        The report, as it stands in `report.json`.

    Raises:
        InputError: the file or a sample cannot be read, no region has a pitch between A0 and C8, or
            the output cannot be used.
    """
    parsed = parse_sfz(options.file)
    regions = choose_regions(parsed.regions)
    if not regions:
        raise InputError(f"{options.file}: no region starts on a key from A0 to C8; nothing to do")
    choices = _choices(options)
    if not open_folder(options.out, choices, options.force):
        save_plan_json(options.out, choices, [asdict(_instrument(options))], [(0,)])
    instrument = read_instrument(read_plan_json(options.out)["instruments"][0])
    path = options.out / shard_name(0)
    if not path.exists():
        _write(path, instrument, regions, watch)
    return write_report([instrument], 1, options.out)


def choose_regions(regions: Sequence[SfzRegion]) -> list[SfzRegion]:
    """Regions that sound at note-on, one per pitch and velocity: round robins give their first."""
    chosen: dict[tuple[int, int], SfzRegion] = {}
    for region in regions:
        trigger = region.opcodes.get("trigger", "attack")
        pitch = region.pitch_keycenter
        in_range = LOWEST_PITCH <= pitch <= HIGHEST_PITCH and region.hikey >= 0
        if trigger == "attack" and in_range and region.hivel >= 1:
            chosen.setdefault((pitch, region.hivel), region)
    return [chosen[place] for place in sorted(chosen)]


def _write(
    path: Path, instrument: Instrument, regions: Sequence[SfzRegion], watch: Watch | None
) -> None:
    waves: list[Wave] = []
    for region in regions:
        waves.append(play_region(region))
        if watch:
            watch("reading samples", len(waves), len(regions))
    peak = max(float(np.abs(wave).max()) for wave in waves)
    notes: list[Note] = []
    dropped: list[tuple[str, str]] = []
    for region, wave in zip(regions, waves, strict=True):
        pitch, velocity = region.pitch_keycenter, region.hivel
        note_id = f"{instrument.instrument_id}_{pitch:03d}_{velocity:03d}"
        levelled = without_dc(wave * np.float32(PEAK_TARGET / max(peak, 1e-4)))
        fault = find_fault(levelled, pitch)
        if fault:
            dropped.append((note_id, fault))
            continue
        flac = encode_flac(levelled, SAMPLE_RATE)
        notes.append(Note(note_id, instrument, pitch, velocity, SAMPLE_RATE, flac))
    write_shard(path, notes, dropped)


def play_region(region: SfzRegion) -> Wave:
    """The region's note at its own pitch: loop unrolled, tuned, levelled, released after 4 s.

    Returns:
        float32 [T] of `NOTE_SECONDS` at 44.1 kHz; silence follows a sample that ends sooner.

    Raises:
        InputError: the sample is missing or no audio.
    """
    wave, rate = read_native(region.sample)
    held = round(HELD_SECONDS * rate)
    wave = _unroll(wave, region, round(NOTE_SECONDS * rate))
    if region.loop_mode != "one_shot":
        release = max(_number(region, "ampeg_release", 0.001), SHORTEST_RELEASE)
        fade = np.clip(1.0 - (np.arange(len(wave)) - held) / (release * rate), 0.0, 1.0)
        wave = wave * np.square(fade).astype(np.float32)
    tuned = resample(wave, rate * 2.0 ** (region.tune / 1200.0), SAMPLE_RATE)
    out = np.zeros(round(NOTE_SECONDS * SAMPLE_RATE), np.float32)
    count = min(len(out), len(tuned))
    out[:count] = tuned[:count] * np.float32(_gain(region))
    return out


def _unroll(wave: Wave, region: SfzRegion, wanted: int) -> Wave:
    """The sample from its offset, its loop repeated until `wanted` samples are there."""
    last = len(wave) - 1 if region.end is None else min(region.end, len(wave) - 1)
    start, end = _loop(region)
    if start is None or end is None or not region.offset <= start < end <= last:
        return wave[region.offset : last + 1][:wanted]
    head, cycle = wave[region.offset : end + 1], wave[start : end + 1]
    missing = max(0, wanted - len(head))
    return np.concatenate([head, np.resize(cycle, missing)])[:wanted]


def _loop(region: SfzRegion) -> tuple[int | None, int | None]:
    """Loop points of the region, or else of the file, unless the region forbids loops."""
    if region.loop_mode in ("no_loop", "one_shot"):
        return None, None
    if region.loop_start is not None and region.loop_end is not None:
        return region.loop_start, region.loop_end
    in_file = read_wav_loop(region.sample) if region.sample.suffix.lower() == ".wav" else None
    return (in_file.start, in_file.end) if in_file else (None, None)


def _gain(region: SfzRegion) -> float:
    """`volume` in dB, and the velocity's own law where the set does not switch it off."""
    track = _number(region, "amp_veltrack", 100.0) / 100.0
    square = (region.hivel / 127.0) ** 2
    if any(name.startswith("amp_velcurve_") for name in region.opcodes):
        track = 0.0
    return 10.0 ** (_number(region, "volume", 0.0) / 20.0) * (1.0 - track + track * square)


def _number(region: SfzRegion, name: str, default: float) -> float:
    text = region.opcodes.get(name, "")
    return float(text) if re.fullmatch(r"[+-]?\d{1,9}(\.\d*)?", text) else default


def _instrument(options: SfzOptions) -> Instrument:
    name = options.name or options.file.stem
    key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "sfz"
    instrument = Instrument(
        instrument_id=key,
        name=name,
        family=options.family,
        source=options.source,
        captions=options.captions,
        origin=options.origin or options.file.name,
        licence=options.licence,
        group=0,
        split=options.split,
    )
    if options.captions:
        return instrument
    written = write_quality_captions(key, options.family, options.source, (), options.seed)
    return replace(instrument, captions=tuple(dict.fromkeys([clean_name(name), *written])))


def _choices(options: SfzOptions) -> dict[str, Any]:
    fields = asdict(options)
    del fields["out"], fields["force"]
    digest = file_sha256(options.file)
    chosen = {key: list(v) if isinstance(v, tuple) else v for key, v in fields.items()}
    return {"kind": "sfz", **chosen, "file": options.file.name, "sha256": digest}
