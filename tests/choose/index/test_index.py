"""An index follows its folder: new, changed, moved and deleted files, and nothing else."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from tests.choose.sounds import instrument, noise, program, tone, write
from trichord.choose.index.build import Update, update
from trichord.choose.index.place import cache_place, locked
from trichord.choose.index.store import Entry, Store, open_store, told
from trichord.choose.items import Item
from trichord.errors import InputError
from trichord.livecode.towers import Readings, Tower, load_tower
from trichord.progress import Progress
from trichord.space.clips import debug_clip_space

SPACE = debug_clip_space()
TOWER = load_tower("debug", SPACE)
QUIET = Progress("quiet")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sounds"
    (folder / "deep" / "er").mkdir(parents=True)
    write(folder / "low.wav", tone(100))
    write(folder / "deep" / "er" / "high.wav", tone(3000))
    program(folder / "song.rb", 60)
    instrument(folder / "piano")
    (folder / "notes.txt").write_text("no sound")
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "index").mkdir()
    return tmp_path / "index"


def bring(folder: Path, place: Path, model: str = "m") -> tuple[Update, list[str], str | None]:
    """Updates an index; what was done, the names that can be found, why it was begun anew."""
    store, anew = open_store(place, model)
    with store:
        done = update(folder, store, SPACE, TOWER, QUIET)
        ids = [int(each) for each in store.matrices().ids]
        names = sorted(os.fsdecode(name) for name, _ in store.found(ids))
    return done, names, anew


ALL = ["deep/er/high.wav", "low.wav", "piano/one.sfz", "song.rb"]


def test_all_kinds_are_found_and_an_instruments_samples_belong_to_it(
    folder: Path, place: Path
) -> None:
    done, names, anew = bring(folder, place)
    assert names == ALL
    assert (done.new, done.changed, done.deleted, done.same) == (4, 0, 0, 0)
    assert done.passed == {"other files": 1}
    assert anew is None


def test_nothing_is_heard_twice(folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(folder, place)
    monkeypatch.setattr("trichord.choose.index.build.hear", lambda *_: pytest.fail("heard again"))
    done, names, _ = bring(folder, place)
    assert names == ALL
    assert (done.new, done.same) == (0, 4)


def test_changed_deleted_and_new_files_are_noticed(folder: Path, place: Path) -> None:
    bring(folder, place)
    before = vector(place, "low.wav")
    write(folder / "low.wav", noise())
    (folder / "song.rb").unlink()
    program(folder / "other.rb", 70)
    done, names, _ = bring(folder, place)
    assert (done.new, done.changed, done.deleted, done.same) == (1, 1, 1, 2)
    assert names == ["deep/er/high.wav", "low.wav", "other.rb", "piano/one.sfz"]
    assert not np.allclose(vector(place, "low.wav"), before)


def vector(place: Path, name: str) -> np.ndarray:
    store, _ = open_store(place, "m")
    with store:
        matrices = store.matrices()
        found = store.found([int(each) for each in matrices.ids])
        return matrices.vectors[[os.fsdecode(each) for each, _ in found].index(name)].copy()


def test_an_instrument_changes_with_its_samples(folder: Path, place: Path) -> None:
    bring(folder, place)
    write(folder / "piano" / "note.wav", tone(1000, 1.0))
    done, _, _ = bring(folder, place)
    assert (done.changed, done.same) == (1, 3)


def test_moved_and_touched_files_are_not_heard_again(
    folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(folder, place)
    (folder / "low.wav").rename(folder / "bass.wav")
    os.utime(folder / "deep" / "er" / "high.wav", ns=(1, 1))
    heard: list[Item] = []
    monkeypatch.setattr(
        "trichord.choose.index.build.hear", lambda items, *_: heard.extend(items) or []
    )
    done, names, _ = bring(folder, place)
    assert names == ["bass.wav", "deep/er/high.wav", "piano/one.sfz", "song.rb"]
    assert not heard
    assert (done.new, done.moved, done.deleted, done.same) == (1, 1, 1, 3)


class Killed(BaseException):
    """As a signal: nobody handles it."""


class Fatal(Tower):
    """A tower that the run does not survive."""

    name = "fatal"
    space = SPACE

    def embed(self, programs: list[str]) -> Readings:
        raise Killed


def test_a_killed_run_goes_on_where_it_was(
    folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trichord.choose.index.build.BATCH", 1)
    store, _ = open_store(place, "m")
    with store, pytest.raises(Killed):
        update(folder, store, SPACE, Fatal(), QUIET)
    done, names, anew = bring(folder, place)
    assert names == ALL
    assert anew is None
    assert done.same == 2  # the two samples were there before the program
    assert done.new == 2


def test_the_same_vectors_whether_killed_or_not(folder: Path, place: Path, tmp_path: Path) -> None:
    bring(folder, place)
    other = tmp_path / "other"
    other.mkdir()
    bring(folder, other)
    assert np.array_equal(vector(place, "low.wav"), vector(other, "low.wav"))


def test_other_weights_and_other_versions_are_built_anew(
    folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(folder, place)
    done, _, anew = bring(folder, place, model="other")
    assert (done.new, anew) == (4, "it was made with other weights")
    monkeypatch.setattr("trichord.choose.index.store.VERSION", 99)
    done, _, anew = bring(folder, place, model="other")
    assert (done.new, anew) == (4, "it is of version 1, this is 99")


def test_a_damaged_index_is_built_anew(folder: Path, place: Path) -> None:
    bring(folder, place)
    (place / "index.sqlite").write_bytes(b"rubbish" * 1000)
    done, names, anew = bring(folder, place)
    assert (done.new, names, anew) == (4, ALL, "its file is damaged")


def test_broken_files_are_counted_and_told_once(folder: Path, place: Path) -> None:
    (folder / "broken.wav").write_text("rubbish")
    (folder / "empty.flac").touch()
    (folder / "broken.sfz").write_text("<region> sample=gone.wav")
    (folder / "broken.rb").write_text("play )(")
    write(folder / "silent.wav", np.zeros(5000, np.float32))
    done, names, _ = bring(folder, place)
    assert names == ALL
    assert len(done.problems) == 5
    again, _, _ = bring(folder, place)
    assert not again.problems
    assert again.same == 9


def test_links_and_forbidden_places(folder: Path, place: Path) -> None:
    (folder / "deep" / "up").symlink_to(folder)
    (folder / "gone.wav").symlink_to(folder / "nowhere.wav")
    (folder / ".hidden").mkdir()
    (folder / "linked.wav").symlink_to(folder / "low.wav")
    done, names, _ = bring(folder, place)
    assert names == sorted([*ALL, "linked.wav"])
    assert done.passed["links to a folder that is there already"] == 1
    assert done.passed["broken links"] == 1
    assert done.passed["hidden"] == 1


def test_names_that_are_no_text(folder: Path, place: Path) -> None:
    shutil.copy(folder / "low.wav", folder / os.fsdecode(b"\xff\xfe.wav"))
    _, names, _ = bring(folder, place)
    assert "\udcff\udcfe.wav" in names


def test_an_empty_folder_has_an_empty_index(tmp_path: Path, place: Path) -> None:
    (tmp_path / "empty").mkdir()
    done, names, _ = bring(tmp_path / "empty", place)
    assert (done.new, names) == (0, [])


def test_a_search_keeps_what_it_has_mapped(folder: Path, place: Path) -> None:
    bring(folder, place)
    store, _ = open_store(place, "m")
    with store:
        before = store.matrices()
        for count in range(3):
            program(folder / f"more{count}.rb", 50 + count)
            bring(folder, place)
        assert len(before) == 4
        assert float(np.linalg.norm(before.vectors[0])) == pytest.approx(1, abs=1e-4)
        assert len(store.matrices()) == 7


def test_one_update_at_a_time(place: Path) -> None:
    import fcntl

    said: list[str] = []
    with locked(place, lambda: said.append("waits")):
        with (place / "lock").open("ab") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert not said
    with (place / "lock").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_second_run_is_told_that_it_waits(place: Path) -> None:
    import fcntl

    other = (place / "lock").open("ab")
    fcntl.flock(other, fcntl.LOCK_EX)
    # Whoever is told closes the other run's file, which lets go of the lock.
    with locked(place, other.close):
        assert other.closed


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(InputError, match=r"--index .*cannot be written"),
        locked(tmp_path / "file" / "index", lambda: None),
    ):
        pass


def test_each_folder_has_a_place_of_its_own_by_its_real_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert cache_place(tmp_path / "a") == cache_place(tmp_path / "link")
    assert cache_place(tmp_path / "a") != cache_place(tmp_path)
    assert cache_place(tmp_path).is_relative_to(tmp_path / "cache" / "trichord")


def test_a_commit_is_whole(place: Path) -> None:
    store, _ = open_store(place, "m")
    with store:
        store.put([])
        assert isinstance(store, Store)
    assert sqlite3.connect(place / "index.sqlite").execute("PRAGMA integrity_check").fetchone() == (
        "ok",
    )


def test_a_full_disk_is_one_line(place: Path) -> None:
    with pytest.raises(InputError, match=r"--index .*full: make room"), told(place):
        fill(place)


def fill(place: Path) -> None:
    store, _ = open_store(place, "m")
    with store:
        store._database.execute("PRAGMA max_page_count = 1")
        store.put(
            [Entry(str(i).encode(), "sample", "s", "d", problem="p" * 2000) for i in range(99)]
        )


def test_an_index_in_use_elsewhere_is_not_thrown_away(
    folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(folder, place)
    monkeypatch.setattr("trichord.choose.index.store._connect", impatient)
    other = sqlite3.connect(place / "index.sqlite", isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(InputError, match=r"--index .*locked"), told(place):
        open_store(place, "m")
    other.close()
    monkeypatch.undo()
    done, names, anew = bring(folder, place)
    assert (done.same, names, anew) == (4, ALL, None)


def impatient(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=0.1)
