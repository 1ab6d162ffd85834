"""The index on disk: one SQLite file of what is known, and matrices published beside it.

SQLite keeps every commit whole through kills and crashes. A search never reads vectors from it: it
maps the matrices of the last finished update, which are written aside and renamed, and which stay
readable while the next ones are made. One update runs at a time, by a lock on a file.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from trichord.choose.index.matrices import Matrices, map_matrices, remove_others, write_matrices
from trichord.choose.items import Kind
from trichord.errors import InputError

VERSION = 1
"""Of the layout on disk and of how files are heard; another one is built anew."""

LANCE = "lance"
"""Folder of the table that serves more vectors than are searched exactly."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, name BLOB UNIQUE NOT NULL, kind TEXT NOT NULL, stamp TEXT NOT NULL,
    digest TEXT NOT NULL, parts BLOB NOT NULL, vector BLOB, axes BLOB, problem TEXT);
CREATE INDEX IF NOT EXISTS by_digest ON entries (digest);
"""


@dataclass(frozen=True)
class Entry:
    """What is known of one file.

    Attributes:
        name: path below the folder, bytes.
        stamp: changes when the file (or a part of it) may have changed.
        digest: SHA-256 of its content.
        parts: files that belong to an instrument, below the folder.
        vector: unit `[D]`, and
        axes: `[A]` in the table's order; None for a file that cannot be heard.
        problem: why not, one line.
    """

    name: bytes
    kind: Kind
    stamp: str
    digest: str
    parts: tuple[bytes, ...] = ()
    vector: NDArray[np.float32] | None = None
    axes: NDArray[np.float32] | None = None
    problem: str | None = None


class Store:
    """One index; made by `open_store`."""

    def __init__(self, place: Path, database: sqlite3.Connection) -> None:
        self.place = place
        self._database = database

    def entries(self) -> dict[bytes, Entry]:
        """Everything that is known but vectors and axes, by name."""
        rows = self._database.execute(
            "SELECT name, kind, stamp, digest, parts, problem FROM entries"
        )
        return {
            name: Entry(name, kind, stamp, digest, _split(parts), problem=problem)
            for name, kind, stamp, digest, parts, problem in rows
        }

    def put(self, entries: Iterable[Entry]) -> None:
        """Adds or replaces entries, all of them or none."""
        rows = [
            (
                each.name,
                each.kind,
                each.stamp,
                each.digest,
                b"\0".join(each.parts),
                None if each.vector is None else each.vector.astype("<f4").tobytes(),
                None if each.axes is None else each.axes.astype("<f4").tobytes(),
                each.problem,
            )
            for each in entries
        ]
        with self._database:
            self._database.executemany(
                "INSERT INTO entries (name, kind, stamp, digest, parts, vector, axes, problem)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                " kind = excluded.kind, stamp = excluded.stamp, digest = excluded.digest,"
                " parts = excluded.parts, vector = excluded.vector, axes = excluded.axes,"
                " problem = excluded.problem",
                rows,
            )
            self._set("published", "")

    def same_content(self, digest: str, kind: Kind) -> Entry | None:
        """An entry of the same content: a copy, or the file under its former name."""
        row = self._database.execute(
            "SELECT name, stamp, parts, vector, axes, problem FROM entries"
            " WHERE digest = ? AND kind = ? LIMIT 1",
            (digest, kind),
        ).fetchone()
        if row is None:
            return None
        name, stamp, parts, vector, values, problem = row
        return Entry(
            name, kind, stamp, digest, _split(parts), _floats(vector), _floats(values), problem
        )

    def remove(self, names: Sequence[bytes]) -> None:
        """Forgets files."""
        with self._database:
            self._database.executemany("DELETE FROM entries WHERE name = ?", [(n,) for n in names])
            self._set("published", "")

    def found(self, ids: Sequence[int]) -> list[tuple[bytes, Kind]]:
        """Names and kinds of entries by their numbers, in the order given."""
        marks = ", ".join("?" * len(ids))
        query = f"SELECT id, name, kind FROM entries WHERE id IN ({marks})"  # noqa: S608 - marks only
        rows = {id_: (name, kind) for id_, name, kind in self._database.execute(query, list(ids))}
        return [rows[each] for each in ids if each in rows]

    def counts(self) -> dict[str, int]:
        """How many files of each kind can be found, and how many cannot be heard."""
        rows = self._database.execute(
            "SELECT CASE WHEN vector IS NULL THEN 'left out' ELSE kind END, COUNT(*)"
            " FROM entries GROUP BY 1"
        )
        return dict(rows.fetchall())

    def publish(self, dim: int) -> None:
        """Makes what is known searchable; nothing is written where nothing has changed."""
        if self._fact("published"):
            return
        query = "SELECT COUNT(*) FROM entries WHERE vector IS NOT NULL"
        count = self._database.execute(query).fetchone()[0]
        before = self._fact("matrices")
        name = write_matrices(self.place, self._heard(), count, dim)
        with self._database:
            self._set("matrices", name)
            self._set("published", "yes")
        # Those before stay for a search that has just begun.
        remove_others(self.place, name, before)

    def matrices(self) -> Matrices:
        """What the last finished update published."""
        return map_matrices(self.place / self.matrices_name)

    @property
    def matrices_name(self) -> str:
        """Changes with what was published."""
        return self._fact("matrices")

    @property
    def lance_folder(self) -> Path:
        """Where a table for very many vectors lies."""
        return self.place / LANCE

    def close(self) -> None:
        """Closes the file; safe to call twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _heard(self) -> Iterator[tuple[int, bytes, bytes]]:
        yield from self._database.execute(
            "SELECT id, vector, axes FROM entries WHERE vector IS NOT NULL ORDER BY id"
        )

    def _fact(self, name: str) -> str:
        row = self._database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return "" if row is None else row[0]

    def _set(self, name: str, value: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def open_store(place: Path, model: str) -> tuple[Store, str | None]:
    """Opens an index under its lock; one that does not fit is begun anew.

    Args:
        place: its folder.
        model: names the weights that vectors are made with.

    Returns:
        The index, and why it was begun anew; None where it was not, or where there was none.
    """
    file = place / "index.sqlite"
    wanted = {"version": str(VERSION), "model": model}
    reason: str | None = None
    if file.exists():
        try:
            database = _connect(file)
            known = dict(database.execute("SELECT name, value FROM facts").fetchall())
        except sqlite3.DatabaseError as error:
            if _is_of_the_place(error):
                raise
            reason = "its file is damaged"
        else:
            reason = _misfit(known, wanted)
            if reason is None:
                return Store(place, database), None
            database.close()
        _clear(place)
    database = _connect(file)
    with database:
        database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", wanted.items())
    return Store(place, database), reason


@contextlib.contextmanager
def told(place: Path) -> Generator[None]:
    """Around all work with the index in `place`: what SQLite says of a full disk is one line.

    Raises:
        InputError: the index cannot be written or read, whatever it holds.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        if not _is_of_the_place(error):
            raise
        raise InputError(f"--index {place}: {error}: make room, or name another folder") from None


def _is_of_the_place(error: sqlite3.DatabaseError) -> bool:
    """Whether the disk or its permissions are at fault, and not the index or our own query."""
    # The low byte of the code is the kind of the error, the others tell of it more closely.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    return isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR


def _misfit(known: dict[str, str], wanted: dict[str, str]) -> str | None:
    if known.get("version") != wanted["version"]:
        return f"it is of version {known.get('version')}, this is {wanted['version']}"
    return None if known.get("model") == wanted["model"] else "it was made with other weights"


def _connect(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=60.0)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(_SCHEMA)
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database


def _clear(place: Path) -> None:
    remove_others(place)
    for each in place.iterdir():
        if each.name.startswith("index.sqlite"):
            each.unlink(missing_ok=True)
        elif each.name == LANCE:
            shutil.rmtree(each, ignore_errors=True)


def _split(parts: bytes) -> tuple[bytes, ...]:
    return tuple(parts.split(b"\0")) if parts else ()


def _floats(content: bytes | None) -> NDArray[np.float32] | None:
    return None if content is None else np.frombuffer(content, "<f4").astype(np.float32)
