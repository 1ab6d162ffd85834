"""An index brought up to date: what is new or changed is heard, what is gone is forgotten."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trichord.choose.axes import axes
from trichord.choose.index.scan import Found, scan
from trichord.choose.index.store import Entry, Store
from trichord.choose.items import Item, visible
from trichord.choose.reading import Heard, Result, hear
from trichord.errors import InputError

if TYPE_CHECKING:
    from trichord.livecode.towers import Tower
    from trichord.progress import Progress
    from trichord.space.clips import ClipSpace

BATCH = 64
"""Files between two commits: what a killed run loses at most."""


@dataclass
class Update:
    """What an update did.

    Attributes:
        new, changed, deleted, same: files, by what became of them.
        moved: of the new and changed, those whose content was known from another name.
        passed: what was passed over; see `scan.Scan`.
        problems: of the files that could not be heard this time, one line each.
    """

    new: int = 0
    changed: int = 0
    deleted: int = 0
    same: int = 0
    moved: int = 0
    passed: Counter[str] = field(default_factory=Counter[str])
    problems: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class _Job:
    """A file that may have to be heard, with its stamp and, for an instrument, its samples."""

    found: Found
    stamp: str
    parts: tuple[bytes, ...]


def update(
    folder: Path, store: Store, space: ClipSpace, tower: Tower, progress: Progress
) -> Update:
    """Brings an index up to date; to be called under its lock.

    A run that was killed has kept what it committed, and the next one goes on from there.

    Args:
        folder: that is indexed, with all below it.
        store: the index.
        space: of the vectors.
        tower: reads the programs; nothing may be run unasked, so it should be one that only reads.
        progress: told of every file; stays open.
    """
    seen = scan(folder)
    known = store.entries()
    done = Update(passed=seen.passed)
    jobs = _jobs(folder, seen.found, known)
    names = {job.found.name for job in jobs}
    fresh = [job for job in jobs if _differs(job, known)]
    done.same = len(jobs) - len(fresh)
    task = progress.task("listening", len(fresh))
    for start in range(0, len(fresh), BATCH):
        batch = fresh[start : start + BATCH]
        entries = _entries(folder, batch, store, known, space, tower, done)
        store.put(entries)
        task.advance(len(batch))
    gone = [name for name in known if name not in names]
    if gone:
        store.remove(gone)
    done.deleted = len(gone)
    store.publish(space.dim)
    return done


def _jobs(folder: Path, found: Sequence[Found], known: dict[bytes, Entry]) -> list[_Job]:
    """What there is to be known; samples of an instrument belong to it and are no items."""
    jobs: list[_Job] = []
    belonging: set[bytes] = set()
    facts = {each.name: each for each in found}
    for each in found:
        if each.kind == "instrument":
            job = _instrument(folder, each, known.get(each.name), facts)
            belonging.update(job.parts)
            jobs.append(job)
    others = [each for each in found if each.kind != "instrument" and each.name not in belonging]
    return [*(_Job(each, _stamp(each), ()) for each in others), *jobs]


def _instrument(
    folder: Path, found: Found, before: Entry | None, facts: dict[bytes, Found]
) -> _Job:
    """An instrument's samples are named by its text, so they are read again when that changes."""
    own = _stamp(found)
    if before is not None and before.stamp.startswith(f"{own}/"):
        parts = before.parts
    else:
        parts = _parts(folder, found)
    marks = [_stamp(facts[part]) if part in facts else "gone" for part in parts]
    return _Job(found, f"{own}/{hashlib.sha256(' '.join(marks).encode()).hexdigest()}", parts)


def _parts(folder: Path, found: Found) -> tuple[bytes, ...]:
    """The samples of an instrument that lie in the folder, by their names below it."""
    from trichord.audio.sfz import parse_sfz

    try:
        regions = parse_sfz(found.path(folder)).regions
    except InputError:
        return ()  # hearing it will say what is wrong
    paths = {os.path.normpath(region.sample) for region in regions}
    names = {os.path.relpath(path, folder) for path in paths}
    return tuple(sorted(os.fsencode(name) for name in names if not name.startswith("..")))


def _stamp(found: Found) -> str:
    return f"{found.size}:{found.changed}"


def _differs(job: _Job, known: dict[bytes, Entry]) -> bool:
    before = known.get(job.found.name)
    return before is None or before.stamp != job.stamp or before.kind != job.found.kind


def _entries(
    folder: Path,
    batch: Sequence[_Job],
    store: Store,
    known: dict[bytes, Entry],
    space: ClipSpace,
    tower: Tower,
    done: Update,
) -> list[Entry]:
    """Entries of a batch; only content that nobody knows yet is heard."""
    entries: list[Entry] = []
    unheard: list[Entry] = []
    for job, digest in zip(batch, _digests(folder, batch), strict=True):
        new = Entry(job.found.name, job.found.kind, job.stamp, digest, job.parts)
        before = known.get(new.name)
        twin = store.same_content(digest, new.kind) if digest else None
        done.new += before is None
        done.changed += before is not None and before.digest != digest
        done.same += before is not None and before.digest == digest
        if twin is None or twin.problem is not None:
            unheard.append(new)
        else:
            done.moved += twin.name != new.name
            entries.append(replace(new, vector=twin.vector, axes=twin.axes))
    return [*entries, *_heard(folder, unheard, space, tower, done)]


def _digests(folder: Path, batch: Sequence[_Job]) -> Iterator[str]:
    """SHA-256 of each file, an instrument's samples included; empty where one cannot be read."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda job: _digest(folder, job), batch)


def _digest(folder: Path, job: _Job) -> str:
    whole = hashlib.sha256()
    try:
        for name in (job.found.name, *job.parts):
            with (folder / os.fsdecode(name)).open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
    except OSError:
        return ""
    return whole.hexdigest()


def _heard(
    folder: Path, entries: Sequence[Entry], space: ClipSpace, tower: Tower, done: Update
) -> Iterator[Entry]:
    items = [_item(folder, entry) for entry in entries]
    for entry, result in zip(entries, hear(items, space, tower), strict=True):
        yield _with(entry, result, done)


def _item(folder: Path, entry: Entry) -> Item:
    path = folder / os.fsdecode(entry.name)
    return Item(path, entry.kind, path)


def _with(entry: Entry, result: Result, done: Update) -> Entry:
    if isinstance(result, Heard):
        values = np.array([result.shown[axis.name] for axis in axes()], np.float32)
        return replace(entry, vector=result.vector, axes=values)
    problem = visible(str(result))
    done.problems.append(problem)
    return replace(entry, problem=problem)
