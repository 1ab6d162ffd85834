from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.data.clips.stand_in import PARTS, play
from trichord.data.clips import open_clips
from trichord.data.clips.programs import ProgramsOptions, build
from trichord.data.clips.store import decode, hash_pcm
from trichord.errors import InputError

ROOT = Path(__file__).parents[3]


def options(out: Path, **changes: object) -> ProgramsOptions:
    fields = {
        "variations": 2,
        "generate": 3,
        "seconds": 3.0,
        "shard_clips": 4,
        "workers": 1,
        "audio": "16000:mono",
    }
    return ProgramsOptions(out=out, **(fields | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("corpus") / "clips"
    build(options(out), parts=PARTS)
    return out


def files(folder: Path) -> dict[str, bytes]:
    timeless = (path for path in folder.iterdir() if not path.name.startswith("timing"))
    return {path.name: path.read_bytes() for path in timeless}


def test_report_counts_what_was_asked_kept_and_dropped(corpus: Path) -> None:
    report = json.loads((corpus / "report.json").read_text())
    rows = list(open_clips(corpus).rows(["clip_id", "kind"]))
    assert report["faults"] == {"clipped": 1, "duplicate": 1, "silent": 1, "syntax error": 1}
    assert report["clips"] == len(rows) == 11 * 2 + 5 + 3 - 4
    assert report["sources"]["example"]["kept"] == 11 * 2 + 5 - 4
    assert report["sources"]["generated"]["kept"] == report["sources"]["generated"]["asked"] == 3
    assert ["example_10_0004", "duplicate"] in report["faulty_clips"]


def test_rows_hold_the_sound_and_its_hash(corpus: Path) -> None:
    rows = list(open_clips(corpus).rows())
    assert len({row["render_hash"] for row in rows}) == len(rows)
    for row in rows:
        samples, rate = decode(row["audio"]["bytes"])
        assert (rate, samples.shape) == (16000, (48000, 1))
        assert hash_pcm(samples) == row["render_hash"]
        assert row["bars"] == 1.5
        assert row["bpm"] == row["tempo"] or row["tempo"] == pytest.approx(
            60 / json.loads(row["events"])["events"][1]["start"], rel=0.01
        )
        assert len(row["captions"]) >= 3
    assert all("fault" not in row or row["fault"] == "" for row in rows)


def test_siblings_stand_on_one_side(corpus: Path) -> None:
    sides: dict[str, set[str]] = {}
    for row in open_clips(corpus).rows(["template_id", "split"]):
        sides.setdefault(row["template_id"], set()).add(row["split"])
    assert all(len(found) == 1 for found in sides.values())
    assert set.union(*sides.values()) == {"train", "valid", "test"}


def test_datasets_reads_the_shards_without_a_script(corpus: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    shards = sorted(str(path) for path in corpus.glob("clips-*.parquet"))
    loaded = load_dataset(
        "parquet", data_files=shards, split="train", cache_dir=str(tmp_path / "cache")
    )
    assert loaded.num_rows == json.loads((corpus / "report.json").read_text())["clips"]
    assert loaded[0]["licence"] == "CC0"
    assert decode(loaded[0]["audio"]["bytes"])[1] == 16000


def test_keep_all_keeps_what_the_paper_kept(tmp_path: Path) -> None:
    report = build(options(tmp_path, keep_all=True, generate=0, sources="examples"), parts=PARTS)
    assert report["clips"] == report["sources"]["example"]["asked"] + 5
    assert report["faults"] == {"clipped": 1, "duplicate": 1, "silent": 1, "syntax error": 1}
    faults = {row["clip_id"]: row["fault"] for row in open_clips(tmp_path).rows()}
    assert faults["example_10_0000"] == "silent"
    assert faults["example_10_0002"] == "syntax error"


def test_two_workers_write_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    build(options(tmp_path / "two", workers=2), parts=PARTS)
    assert files(tmp_path / "two") == files(corpus)


HANG = """
import sys, time
from pathlib import Path
from tests.data.clips.stand_in import PARTS
from tests.data.clips.test_programs import options
from trichord.data.clips.programs import build

def watch(what, done, total):
    if what == "rendering clips" and done >= 8:
        print("halfway", flush=True)
        time.sleep(600)

if __name__ == "__main__":
    build(options(Path(sys.argv[1]), workers=2), watch, PARTS)
"""


def test_a_build_whose_whole_tree_was_killed_resumes_to_the_same_bytes(
    corpus: Path, tmp_path: Path
) -> None:
    out, script = tmp_path / "killed", tmp_path / "hang.py"
    script.write_text(HANG)
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    child = subprocess.Popen(
        [sys.executable, script, str(out)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"halfway\n"
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    built = sorted(path.name for path in out.glob("clips-*"))
    assert 2 <= len(built) < len(list(corpus.glob("clips-*")))
    with pytest.raises(InputError, match="shards are not built"):
        open_clips(out)
    (out / ".clips-00005.parquet.123.part").write_bytes(b"half a shard")
    build(options(out, workers=1), parts=PARTS)
    assert files(out) == files(corpus)
    timing = json.loads((out / "timing.json").read_text())
    assert timing["clips"] == 11 * 2 + 5 + 3


def test_a_build_killed_while_dropping_duplicates_goes_on(corpus: Path, tmp_path: Path) -> None:
    def stop(what: str, done: int, total: int) -> None:
        if what == "dropping duplicates":
            raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        build(options(out), stop, PARTS)
    with pytest.raises(InputError, match="not built"):
        open_clips(out)
    build(options(out), parts=PARTS)
    assert files(out) == files(corpus)


def test_a_finished_corpus_is_left_alone(corpus: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in corpus.glob("clips-*")}
    build(options(corpus), parts=PARTS)
    assert {path.name: path.stat().st_mtime_ns for path in corpus.glob("clips-*")} == before


def test_another_build_needs_force(corpus: Path) -> None:
    with pytest.raises(InputError, match="seconds differs"):
        build(options(corpus, seconds=4.0), parts=PARTS)


def test_an_excerpt_is_the_loudest_stretch(tmp_path: Path) -> None:
    build(options(tmp_path, generate=0, sources="examples", excerpt=1.0), parts=PARTS)
    for row in open_clips(tmp_path).rows(["start", "seconds", "code", "audio"]):
        assert row["seconds"] == 1.0
        assert row["start"] % 0.5 == 0.0
        whole = play(row["code"], 3.0, 1).samples
        assert whole is not None
        levels = [
            float(np.square(whole[int(s * 44100) : int((s + 1) * 44100)].astype(float)).mean())
            for s in np.arange(0.0, 2.01, 0.5)
        ]
        chosen = levels[int(row["start"] / 0.5)]
        assert chosen > 0.9 * max(levels)


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("workers", 0, "workers"),
        ("variations", 0, "variations"),
        ("audio", "lots", "RATE:mono"),
        ("audio", "4000:mono", "8000 to 48000"),
        ("seconds", 0.0, "seconds"),
        ("excerpt", 9.0, "excerpt"),
        ("sources", "elsewhere", "sources"),
        ("sources", "", "sources"),
        ("generate", -1, "generate"),
    ],
)
def test_impossible_options_are_refused(
    tmp_path: Path, field: str, value: object, word: str
) -> None:
    changes = {"generate": 0, "sources": "examples"} | {field: value}
    with pytest.raises(InputError, match=word):
        options(tmp_path, **changes)
