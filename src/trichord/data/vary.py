"""`trichord data vary`: a corpus of notes with more sounds, made from those of its training split.

A model that has heard a hundred sounds learns these by heart. Every training instrument gets
variants (see `treatments`): darker and brighter, shorter or held, breathy or driven, with captions
from what is then measured. Held-out instruments get none, and no variant leaves the training split.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import tyro

from trichord.data.choose import Watch, unwatched
from trichord.data.describe import Subject, caption_all
from trichord.data.executor import Executor, LocalExecutor
from trichord.data.folder import open_folder
from trichord.data.plan import PLAN_NAME, read_instrument, read_plan_json, save_plan_json
from trichord.data.probes import Probe
from trichord.data.report import write_report
from trichord.data.schema import Instrument
from trichord.data.shards import shard_name
from trichord.data.table import Kind, find_kind, read_table
from trichord.data.traits import mean_traits
from trichord.data.treatments import draw_treatments
from trichord.data.variants import Variant, VaryJob, probe_variants, write_variants
from trichord.data.words import FAMILY_NOUNS
from trichord.errors import InputError
from trichord.files import beside, file_sha256


@dataclass(frozen=True)
class VaryOptions:
    """Which corpus is varied into which folder, and how much."""

    corpus: tyro.conf.Positional[Path]
    """A finished corpus of notes; its shards become part of the new one (linked where possible)."""

    out: Path
    """Folder of the new corpus; a killed build in it is taken up again."""

    variants: int = 2
    """Variants of each training instrument, dark and bright in turn."""

    every: int = 3
    """Of an instrument's pitches, every how many-th is varied."""

    velocities: tuple[int, ...] = (25, 75, 127)
    """Of its velocities, which are varied."""

    workers: int = 2
    """Processes at the same time."""

    seed: int = 7
    """Of the treatments and of the captions."""

    force: bool = False
    """Build over what the folder holds."""

    def __post_init__(self) -> None:
        for name in ("variants", "every", "workers"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} = {getattr(self, name)}: must be at least 1")


def build(options: VaryOptions, watch: Watch | None = None) -> dict[str, Any]:
    """Draw the variants, describe them by their sound, write them beside the original's shards.

    Returns:
        The report, as it stands in `report.json`.

    Raises:
        InputError: the corpus or the folder is unusable, or the folder holds another build.
    """
    watch = watch or unwatched
    old = read_plan_json(options.corpus)
    executor = LocalExecutor(options.workers)
    choices = _choices(options)
    jobs = _jobs(options, old, _variants(options, old))
    if not open_folder(options.out, choices, options.force):
        _plan(options, old, jobs, choices, executor, watch)
    plan = read_plan_json(options.out)
    instruments = {row["instrument_id"]: read_instrument(row) for row in plan["instruments"]}
    for shard in old["shards"]:
        _link(options.corpus / shard["file"], options.out / shard["file"])
    todo = [
        replace(job, instruments=tuple(instruments[v.instrument_id] for v in job.variants))
        for job in jobs
        if not job.target.exists()
    ]
    for done, _ in enumerate(executor.run(write_variants, todo), 1):
        watch("varying shards", len(jobs) - len(todo) + done, len(jobs))
    return write_report(list(instruments.values()), len(plan["shards"]), options.out)


def _choices(options: VaryOptions) -> dict[str, Any]:
    digest = file_sha256(options.corpus / PLAN_NAME)
    return {
        "kind": "vary",
        "plan_sha256": digest,
        "variants": options.variants,
        "every": options.every,
        "velocities": list(options.velocities),
        "seed": options.seed,
    }


def _variants(options: VaryOptions, plan: dict[str, Any]) -> dict[str, tuple[Variant, ...]]:
    """Original -> its variants, for the training split."""
    drawn: dict[str, tuple[Variant, ...]] = {}
    for row in plan["instruments"]:
        name = row["instrument_id"]
        if row["split"] != "train":
            continue
        digest = hashlib.sha256(f"{options.seed}:{name}".encode()).digest()
        rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
        drawn[name] = tuple(
            Variant(
                name,
                f"{name}_v{number}",
                draw_treatments(row["traits"], number % 2 == 0, rng),
                int(rng.integers(2**31)),
            )
            for number in range(options.variants)
        )
    return drawn


def _jobs(
    options: VaryOptions, plan: dict[str, Any], variants: dict[str, tuple[Variant, ...]]
) -> list[VaryJob]:
    jobs: list[VaryJob] = []
    for shard in plan["shards"]:
        own = tuple(v for name in shard["instruments"] for v in variants.get(name, ()))
        if own:
            target = options.out / shard_name(len(plan["shards"]) + len(jobs))
            source = options.corpus / shard["file"]
            jobs.append(VaryJob(source, target, own, (), options.every, options.velocities))
    return jobs


def _plan(
    options: VaryOptions,
    old: dict[str, Any],
    jobs: Sequence[VaryJob],
    choices: dict[str, Any],
    executor: Executor,
    watch: Watch,
) -> None:
    """Write the new plan: the old instruments, then the variants with their captions."""
    probed: dict[str, list[Probe]] = {}
    for done, (_, found) in enumerate(executor.run(probe_variants, jobs), 1):
        probed.update(found)
        watch("measuring variants", done, len(jobs))
    rows = {row["instrument_id"]: row for row in old["instruments"]}
    variants = [variant for job in jobs for variant in job.variants]
    made = _described(rows, variants, probed, options.seed)
    first = max((row["group"] for row in old["instruments"]), default=0) + 1
    numbered = [replace(one, group=first + index) for index, one in enumerate(made)]
    places = {row["instrument_id"]: i for i, row in enumerate(old["instruments"])}
    places |= {v.instrument_id: len(old["instruments"]) + i for i, v in enumerate(variants)}
    shards = [[places[name] for name in shard["instruments"]] for shard in old["shards"]]
    shards += [[places[variant.instrument_id] for variant in job.variants] for job in jobs]
    instruments = [*old["instruments"], *map(asdict, numbered)]
    save_plan_json(options.out, choices, instruments, shards)


def _described(
    rows: dict[str, dict[str, Any]],
    variants: Sequence[Variant],
    probed: dict[str, list[Probe]],
    seed: int,
) -> list[Instrument]:
    """The variants as instruments; their words compare with the originals and with each other."""
    table = read_table()
    originals = list(dict.fromkeys(variant.original for variant in variants))
    named = {v.instrument_id: _name(v, rows[v.original]["name"]) for v in variants}
    subjects = [
        *(Subject(o, rows[o]["name"], _kind(table, rows[o]), tuple(probed[o])) for o in originals),
        *(
            Subject(
                v.instrument_id,
                named[v.instrument_id],
                _kind(table, rows[v.original]),
                tuple(probed[v.instrument_id]),
            )
            for v in variants
        ),
    ]
    captions = caption_all(subjects, seed)[len(originals) :]
    made: list[Instrument] = []
    for variant, written in zip(variants, captions, strict=True):
        old = rows[variant.original]
        nouns = _kind(table, old).nouns
        treated = "; ".join(map(repr, variant.treatments))
        made.append(
            Instrument(
                instrument_id=variant.instrument_id,
                name=named[variant.instrument_id],
                family=old["family"],
                source=old["source"],
                # The bare noun stays the original's.
                captions=tuple(one for one in written if one not in nouns),
                origin=f"{old['origin']}, treated: {treated}",
                licence=old["licence"],
                group=0,
                split="train",
                traits=mean_traits([probe.traits for probe in probed[variant.instrument_id]]),
            )
        )
    return made


def _name(variant: Variant, original: str) -> str:
    return f"{', '.join(one.word for one in variant.treatments)} {original}"


def _kind(table: tuple[Kind, ...], row: dict[str, Any]) -> Kind:
    """What the table says of a preset; the family's own nouns for notes of another origin."""
    if "playing" in row:
        return find_kind(table, row["name"], row["playing"]["program"])
    nouns = FAMILY_NOUNS[row["family"]]
    return Kind(row["name"], range(128), row["family"], row["source"], False, nouns)


def _link(source: Path, target: Path) -> None:
    """The same file under a second name; a copy where the two places cannot share one."""
    if target.exists():
        return
    with beside(target) as unfinished:
        try:
            os.link(source, unfinished)
        except OSError:
            shutil.copyfile(source, unfinished)
