"""`trichord search`: what in a folder sounds so."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from trichord.choose.items import visible
from trichord.errors import InputError

if TYPE_CHECKING:
    from trichord.choose.index.build import Update
    from trichord.choose.index.search import Hit, Shortlist
    from trichord.choose.index.store import Store
    from trichord.choose.items import Kind
    from trichord.choose.wish import Wish
    from trichord.livecode.towers import Tower
    from trichord.progress import Progress
    from trichord.space.clips import ClipSpace


@dataclass(frozen=True)
class SearchOptions:
    """Finds programs, samples and instruments in a folder by how they sound."""

    query: tyro.conf.Positional[str]
    """How it should sound: words ("dark bells", "slow and sparse"), or a file to be like."""
    in_: Annotated[Path, tyro.conf.arg(name="in")]
    """The folder to look through, with all below it."""
    k: Annotated[int, tyro.conf.arg(aliases=["-k"])] = 10
    """How many to list."""
    index: Path | None = None
    """Folder of the index; in the user's cache by default."""
    json: bool = False
    """One JSON object on stdout instead of lines."""


@dataclass(frozen=True)
class Outcome:
    """What is printed: lines for stdout, and lines for the user on stderr."""

    lines: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Models:
    """What hears: the space, and the tower that reads programs without running them."""

    space: ClipSpace
    tower: Tower

    @property
    def name(self) -> str:
        """Changes with the weights."""
        from trichord.livecode.towers.weights import fingerprint

        return f"{fingerprint(self.space)} {self.tower.fingerprint()}"


def search_folder(
    options: SearchOptions, progress: Progress, models: Models | None = None
) -> Outcome:
    """Brings a folder's index up to date and searches it.

    Args:
        options: of the command.
        progress: told of files that are heard; stays open.
        models: the shipped ones by default.

    Raises:
        InputError: the query, the folder or the place of the index is wrong, or nothing in the
            folder sounds.
    """
    from trichord.choose.index.place import cache_place, locked
    from trichord.choose.index.store import open_store, told

    _check(options)
    models = models or _shipped()
    wish = _wish(options.query, models)
    place = options.index or cache_place(options.in_)

    def wait() -> None:
        progress.note("another run is indexing this folder: waiting for it")

    started = time.monotonic()
    with locked(place, wait), told(place):
        store, anew = open_store(place, models.name)
        with store:
            done = _update(options.in_, store, models, progress)
            indexed = time.monotonic()
            hits = _search(wish, store, options.k)
            found = store.found([hit.number for hit in hits])
            counts = store.counts()
    seconds = {"index_seconds": indexed - started, "query_seconds": time.monotonic() - indexed}
    if not found:
        raise InputError(f"--in {options.in_}: nothing in it sounds: name a folder of sounds")
    notes = (*_notes(done, anew, counts, seconds["index_seconds"]), *filter(None, [wish.note]))
    if options.json:
        report = _report(options, hits, found, done, anew, counts, seconds)
        return Outcome((json.dumps(report),), notes)
    return Outcome(tuple(_table(options.in_, hits, found)), notes)


def _check(options: SearchOptions) -> None:
    if not options.query.strip():
        raise InputError("the query is empty: say how it should sound, or name a file")
    if options.k < 1:
        raise InputError(f"--k {options.k}: list at least 1")
    if not options.in_.exists():
        raise InputError(f"--in {options.in_}: no such folder: check the path")
    if not options.in_.is_dir():
        raise InputError(f"--in {options.in_}: is a file: name a folder")
    if not os.access(options.in_, os.R_OK | os.X_OK):
        raise InputError(f"--in {options.in_}: no permission to read it")


def _shipped() -> Models:
    from trichord.livecode.towers.load import reading_tower
    from trichord.space.clips import load_clip_space

    space = load_clip_space()
    return Models(space, reading_tower(space))


def _wish(query: str, models: Models) -> Wish:
    from trichord.choose.reading import Heard, hear
    from trichord.choose.wish import Wish, like_file, wish_of_words

    item = like_file(query)
    if item is None:
        return wish_of_words(query, models.space)
    result = hear([item], models.space, models.tower)[0]
    if not isinstance(result, Heard):
        raise InputError(str(result))
    return Wish(result.vector, f"like {item.path}")


def _update(folder: Path, store: Store, models: Models, progress: Progress) -> Update:
    from trichord.choose.index.build import update

    return update(folder, store, models.space, models.tower, progress)


def _search(wish: Wish, store: Store, count: int) -> list[Hit]:
    from trichord.choose.index.search import best

    matrices = store.matrices()
    return best(wish, matrices, count, _shortlist(store))


def _shortlist(store: Store) -> Shortlist | None:
    """LanceDB's, where there are more vectors than are searched exactly and it is installed."""
    from trichord.choose.index import lance

    matrices = store.matrices()
    if len(matrices) <= lance.MOST_EXACT or not lance.installed():
        return None
    return lance.lance_shortlist(store.lance_folder, matrices, store.matrices_name)


def _table(folder: Path, hits: Sequence[Hit], found: Sequence[tuple[bytes, Kind]]) -> Iterator[str]:
    for place, (hit, (name, kind)) in enumerate(zip(hits, found, strict=True), start=1):
        path = visible(str(folder / os.fsdecode(name)))
        yield f"{place:>3}  {hit.score:6.2f}  {kind:<10}  {path}  ({', '.join(hit.differs)})"


def _notes(done: Update, anew: str | None, counts: dict[str, int], seconds: float) -> Iterator[str]:
    if anew is not None:
        yield f"the index was built anew: {anew}"
    heard = done.new + done.changed
    if heard or done.deleted:
        yield (
            f"{done.new} new, {done.changed} changed, {done.deleted} deleted,"
            f" {done.same} as before; {seconds:.1f} s"
        )
    listed = ", ".join(f"{count:,} {_plural(kind, count)}" for kind, count in counts.items())
    yield f"in the index: {listed}"
    for line in done.problems[:3]:
        yield f"left out: {visible(line)}"
    if len(done.problems) > 3:
        yield f"left out: {len(done.problems) - 3} more files that cannot be heard"
    if done.passed:
        passed = ", ".join(f"{count:,} {what}" for what, count in done.passed.most_common())
        yield f"passed over: {passed}"


def _plural(kind: str, count: int) -> str:
    return kind if kind == "left out" or count == 1 else f"{kind}s"


def _report(
    options: SearchOptions,
    hits: Sequence[Hit],
    found: Sequence[tuple[bytes, Kind]],
    done: Update,
    anew: str | None,
    counts: dict[str, int],
    seconds: dict[str, float],
) -> dict[str, Any]:
    return {
        "query": options.query,
        "results": [
            {
                "file": visible(str(options.in_ / os.fsdecode(name))),
                "kind": kind,
                "score": round(hit.score, 4),
                "parts": {part: round(value, 4) for part, value in hit.parts.items()},
                "differs": list(hit.differs),
                "axes": {axis: round(value, 3) for axis, value in hit.values.items()},
            }
            for hit, (name, kind) in zip(hits, found, strict=True)
        ],
        "index": {
            "anew": anew,
            "counts": counts,
            "new": done.new,
            "changed": done.changed,
            "deleted": done.deleted,
            "same": done.same,
            "moved": done.moved,
            "left_out": done.problems,
            "passed_over": dict(done.passed),
            **{name: round(value, 3) for name, value in seconds.items()},
        },
    }
