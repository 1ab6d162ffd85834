from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.data.clips.stand_in import open_stand_in
from trichord.data.clips import open_clips
from trichord.data.executor import LocalExecutor
from trichord.errors import InputError
from trichord.progress import Progress
from trichord.studies.alignment.bases import Base, Draft, read_bases
from trichord.studies.alignment.ears import hear, load_arrays, save_arrays
from trichord.studies.alignment.extract import extract_sets, sibling_names, unseen_names
from trichord.studies.alignment.rendering import SetJob, read_set, render_sets

CODES = tuple(f"play {50 + at} 0.3" for at in range(10))
QUIET = Progress("quiet")


def job(folder: Path, name: str, codes: tuple[str, ...]) -> SetJob:
    base = Base("own_a_0000", "own_a", True, "play 50 0.3")
    return SetJob(Draft(name, "melody", base, codes), folder / f"{name}.parquet", 1.0, 1)


def test_a_set_is_ten_that_sound_each_differently(tmp_path: Path) -> None:
    codes = ("silence", "fail", CODES[0], CODES[0], *CODES[1:], "play 80 0.3")
    jobs = [job(tmp_path, "short", CODES[:9]), job(tmp_path, "full", codes)]
    full = render_sets(jobs, 1, LocalExecutor(1), QUIET, open_stand_in)
    assert [path.stem for path in full] == ["full"]
    rows = read_set(full[0])
    assert [row["code"] for row in rows] == list(CODES)
    assert {row["template_id"] for row in rows} == {"own_a"}


def test_what_is_rendered_is_not_rendered_again(tmp_path: Path) -> None:
    jobs = [job(tmp_path, "a", CODES), job(tmp_path, "b", CODES), job(tmp_path, "c", CODES)]
    render_sets(jobs[:1], 1, LocalExecutor(1), QUIET, open_stand_in)
    before = jobs[0].path.stat().st_mtime_ns
    full = render_sets(jobs, 2, LocalExecutor(1), QUIET, open_stand_in)
    assert [path.stem for path in full] == ["a", "b"]
    assert jobs[0].path.stat().st_mtime_ns == before
    assert not jobs[2].path.exists()


def test_bases_are_of_the_test_split(tones: Path) -> None:
    split = {row["clip_id"]: row["split"] for row in open_clips(tones).rows(["clip_id", "split"])}
    bases = read_bases(tones)
    assert {split.get(base.clip_id, "test") for base in bases} == {"test"}
    assert {base.varied for base in bases} == {True, False}
    with pytest.raises(InputError, match="split nothing"):
        read_bases(tones, "nothing")


def test_siblings_share_a_held_out_template_and_no_sound(tones: Path, tmp_path: Path) -> None:
    names = sibling_names(tones, each=2, seed=3)
    rows = [read_set(path) for path in extract_sets(tones, names, tmp_path)]
    assert all(len({row["template_id"] for row in one}) == 1 for one in rows)
    assert {row["split"] for one in rows for row in one} == {"test"}
    hashes = [row["render_hash"] for one in rows for row in one]
    assert len(set(hashes)) == len(hashes)
    assert [[row["clip_id"] for row in one] for one in rows] == list(names.values())
    assert names != sibling_names(tones, each=2, seed=4)


def test_extracted_sets_are_kept(tones: Path, tmp_path: Path) -> None:
    names = unseen_names(tones, 20, seed=0)
    first = [path.stat().st_mtime_ns for path in extract_sets(tones, names, tmp_path)]
    assert first == [path.stat().st_mtime_ns for path in extract_sets(tones, names, tmp_path)]


def test_unseen_clips_come_from_as_many_templates_as_there_are(tones: Path) -> None:
    rows = list(open_clips(tones).rows(["clip_id", "template_id"], split="test"))
    owner = {row["clip_id"]: row["template_id"] for row in rows}
    names = [clip for one in unseen_names(tones, 20, seed=0).values() for clip in one]
    assert len(set(names)) == 20
    assert {owner[name] for name in names} == set(owner.values())


def test_ears_hear_the_whole_and_its_start() -> None:
    rate = 16000
    wave = np.zeros(6 * rate, np.float32)
    wave[5 * rate :] = np.sin(np.arange(rate) * 0.3)
    late, silent = hear(wave, rate), hear(np.zeros_like(wave), rate)
    assert np.array_equal(late["yardstick_start"], silent["yardstick_start"])
    assert not np.array_equal(late["yardstick"], silent["yardstick"])
    assert late["picture"].shape[0] == 108


def test_arrays_come_back(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6, dtype=np.float16).reshape(2, 3)[:, ::-1]}
    save_arrays(tmp_path / "x.safetensors", arrays)
    assert np.array_equal(load_arrays(tmp_path / "x.safetensors")["a"], arrays["a"])
