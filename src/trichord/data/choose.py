"""The decisions of a SoundFont build: which presets and keys, which split, which captions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from trichord.data.describe import Subject, caption_all
from trichord.data.executor import Executor
from trichord.data.fonts import PERCUSSION_BANK, Font, Preset
from trichord.data.plan import Plan, PlannedInstrument, Playing, pack_shards
from trichord.data.probes import ProbeJob, ProbeResult, probe_pitches, probe_preset
from trichord.data.schema import VELOCITIES, Instrument
from trichord.data.splits import Member, split_groups
from trichord.data.table import Kind, find_kind, font_provenance, read_table
from trichord.data.traits import mean_traits
from trichord.data.twins import Sounding, group_twins
from trichord.errors import InputError

Watch = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, how many there are."""


def unwatched(what: str, done: int, total: int) -> None:
    """A `Watch` that tells nobody."""


@dataclass(frozen=True)
class Wishes:
    """The options of a build that its plan depends on."""

    every: int
    dense_below: int
    presets: tuple[str, ...]
    shard_notes: int
    seed: int


@dataclass(frozen=True)
class Candidate:
    """A preset to be played, with what the table says of it."""

    font: int
    instrument_id: str
    preset: Preset
    kind: Kind


def make_plan(
    wishes: Wishes,
    fonts: Sequence[Font],
    choices: dict[str, Any],
    executor: Executor,
    watch: Watch,
) -> Plan:
    """Probe every preset, group the twins, split, and write captions.

    Args:
        wishes: the options that matter here.
        fonts: all fonts of the build, already read.
        choices: stored in the plan: what a later run compares before it goes on.
        executor: where the presets are probed.
        watch: told of the progress.
    """
    candidates = find_candidates(wishes.presets, fonts)
    probed = _probe(candidates, fonts, executor, watch)
    watch("looking for twins", 0, 1)
    groups = group_twins([_sounding(c, r) for c, r in zip(candidates, probed, strict=True)])
    watch("looking for twins", 1, 1)
    kinds = [candidate.kind for candidate in candidates]
    members = [
        Member(group, kind.family, kind.keep_in_train)
        for group, kind in zip(groups, kinds, strict=True)
    ]
    splits = split_groups(members, np.random.default_rng(wishes.seed))
    subjects = [
        Subject(c.instrument_id, c.preset.name, c.kind, result.probes)
        for c, result in zip(candidates, probed, strict=True)
    ]
    captions = caption_all(subjects, wishes.seed)
    planned = tuple(
        PlannedInstrument(
            _instrument(c, fonts[c.font], captions[i], groups[i], splits[i], probed[i]),
            _playing(c, probed[i], wishes),
        )
        for i, c in enumerate(candidates)
    )
    sizes = [len(one.playing.pitches) * len(VELOCITIES) for one in planned]
    shards = pack_shards(sizes, [c.font for c in candidates], wishes.shard_notes)
    return Plan(choices, planned, tuple(shards))


def find_candidates(patterns: Sequence[str], fonts: Sequence[Font]) -> list[Candidate]:
    """Melodic presets with samples, in the order of the fonts.

    Raises:
        InputError: none is left.
    """
    table = read_table()
    found: list[Candidate] = []
    for index, font in enumerate(fonts):
        for preset in font.presets:
            if preset.bank >= PERCUSSION_BANK or not preset.keys or not _wanted(patterns, preset):
                continue
            kind = find_kind(table, preset.name, preset.program)
            if not kind.skipped:
                found.append(Candidate(index, instrument_id(font, preset), preset, kind))
    if not found:
        raise InputError(
            "no melodic preset left: mend --presets or presets.csv, or give other fonts"
        )
    return found


def instrument_id(font: Font, preset: Preset) -> str:
    """`fluidr3_gm_000_040`: font, bank, program."""
    stem = re.sub(r"[^a-z0-9]+", "_", font.path.stem.lower()).strip("_")
    return f"{stem}_{preset.bank:03d}_{preset.program:03d}"


def choose_pitches(keys: tuple[int, ...], every: int, dense_below: int) -> tuple[int, ...]:
    """Keys on a common grid of `every` semitones, or all keys where that leaves too few."""
    grid = tuple(key for key in keys if key % every == 0)
    return grid if len(grid) >= min(dense_below, len(keys)) else keys


def _wanted(patterns: Sequence[str], preset: Preset) -> bool:
    name = preset.name.lower()
    return not patterns or any(fnmatchcase(name, pattern.lower()) for pattern in patterns)


def _probe(
    candidates: Sequence[Candidate], fonts: Sequence[Font], executor: Executor, watch: Watch
) -> list[ProbeResult]:
    jobs = [
        ProbeJob(fonts[c.font].path, c.preset.bank, c.preset.program, probe_pitches(c.preset.keys))
        for c in candidates
    ]
    results: dict[int, ProbeResult] = {}
    for index, result in executor.run(probe_preset, jobs):
        results[index] = result
        watch("probing presets", len(results), len(jobs))
    return [results[index] for index in range(len(jobs))]


def _sounding(candidate: Candidate, result: ProbeResult) -> Sounding:
    loudest = max(probe.velocity for probe in result.probes)
    preset = candidate.preset
    return Sounding(
        font=str(candidate.font),
        program=preset.program,
        samples=dict(zip(preset.keys, preset.samples, strict=True)),
        fingerprints={p.pitch: p.fingerprint for p in result.probes if p.velocity == loudest},
    )


def _instrument(
    candidate: Candidate,
    font: Font,
    captions: tuple[str, ...],
    group: int,
    split: str,
    result: ProbeResult,
) -> Instrument:
    provenance = font_provenance(font.title, font.copyright)
    preset = candidate.preset
    return Instrument(
        instrument_id=candidate.instrument_id,
        name=preset.name,
        family=candidate.kind.family,
        source=candidate.kind.source,
        captions=captions,
        origin=f"{provenance.origin}, preset {preset.bank:03d}:{preset.program:03d}",
        licence=provenance.licence,
        group=group,
        split=split,
        traits=mean_traits([probe.traits for probe in result.probes]),
    )


def _playing(candidate: Candidate, result: ProbeResult, wishes: Wishes) -> Playing:
    return Playing(
        font=candidate.font,
        bank=candidate.preset.bank,
        program=candidate.preset.program,
        mix=result.mix,
        gain=result.gain,
        pitches=choose_pitches(candidate.preset.keys, wishes.every, wishes.dense_below),
    )
