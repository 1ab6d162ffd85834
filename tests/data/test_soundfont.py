from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from trichord.data.notes import decode_flac, open_corpus
from trichord.data.schema import NOTE_SECONDS, SAMPLE_RATE, VELOCITIES
from trichord.data.soundfont import SoundfontOptions, build
from trichord.errors import InputError

FLUID = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")

PRESETS = ("Kalimba", "Ocarina", "Koto", "Taisho Koto", "Shakuhachi")


def options(out: Path, **changes: object) -> SoundfontOptions:
    fields = {"workers": 1, "every": 24, "dense_below": 0, "presets": PRESETS, "shard_notes": 1}
    return SoundfontOptions(fonts=(FLUID,), out=out, **(fields | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("corpus") / "notes"
    build(options(out))
    return out


def files(folder: Path) -> dict[str, bytes]:
    timeless = (path for path in folder.iterdir() if path.name != "timing.json")
    return {path.name: path.read_bytes() for path in timeless}


def test_notes_hold_attack_body_and_release(corpus: Path) -> None:
    rows = list(open_corpus(corpus).iter_notes())
    assert {row["velocity"] for row in rows} == set(VELOCITIES)
    assert {row["pitch"] % 24 for row in rows} == {0}
    for row in rows:
        wave = decode_flac(row["audio"]["bytes"])
        assert len(wave) == NOTE_SECONDS * SAMPLE_RATE
        assert 1e-3 < np.abs(wave).max() < 1.0
    held = [decode_flac(r["audio"]["bytes"]) for r in rows if r["instrument"] == "Ocarina"]
    body, tail = held[0][3 * SAMPLE_RATE : 4 * SAMPLE_RATE], held[0][-SAMPLE_RATE // 5 :]
    assert np.abs(tail).max() < 0.1 * np.abs(body).max()


def test_louder_layers_are_louder(corpus: Path) -> None:
    levels: dict[tuple[str, int], list[float]] = {}
    for row in open_corpus(corpus).iter_notes(["instrument_id", "pitch", "velocity", "audio"]):
        level = float(np.square(decode_flac(row["audio"]["bytes"])).mean())
        levels.setdefault((row["instrument_id"], row["pitch"]), []).append(level)
    assert all(layers == sorted(layers) and len(layers) == 5 for layers in levels.values())


def test_datasets_reads_the_shards_without_a_script(corpus: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    shards = sorted(str(path) for path in corpus.glob("notes-*.parquet"))
    loaded = load_dataset(
        "parquet", data_files=shards, split="train", cache_dir=str(tmp_path / "cache")
    )
    report = json.loads((corpus / "report.json").read_text())
    assert loaded.num_rows == report["notes"]
    assert decode_flac(loaded[0]["audio"]["bytes"]).dtype == np.float32
    assert loaded[0]["licence"] == "MIT"


def test_report_adds_up(corpus: Path) -> None:
    report = json.loads((corpus / "report.json").read_text())
    rows = list(open_corpus(corpus).iter_notes(["family", "split", "instrument_id"]))
    assert report["notes"] == len(rows)
    assert report["instruments"] == len(PRESETS)
    assert sum(one["notes"] for one in report["families"].values()) == len(rows)
    assert sum(one["notes"] for one in report["splits"].values()) == len(rows)


def test_twins_of_one_recording_share_group_and_split(corpus: Path) -> None:
    by_name = {one.name: one for one in open_corpus(corpus).instruments}
    assert by_name["Koto"].group == by_name["Taisho Koto"].group
    assert by_name["Koto"].split == by_name["Taisho Koto"].split
    assert len({one.group for one in by_name.values()}) == len(PRESETS) - 1


BUILD_AND_HANG = """
import sys, time
from tests_options import make
from trichord.data.soundfont import build

def watch(what, done, total):
    if what.startswith("rendering") and done == 2:
        print("halfway", flush=True)
        time.sleep(600)

build(make(sys.argv[1]), watch)
"""


def test_a_killed_build_resumes_to_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    (tmp_path / "tests_options.py").write_text(
        "from pathlib import Path\n"
        "from trichord.data.soundfont import SoundfontOptions\n"
        f"def make(out):\n    return SoundfontOptions(fonts=(Path({str(FLUID)!r}),), out=Path(out),"
        f" workers=1, every=24, dense_below=0, presets={PRESETS!r}, shard_notes=1)\n"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    child = subprocess.Popen(
        [sys.executable, "-c", BUILD_AND_HANG, str(out)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"halfway\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert sorted(path.name for path in out.glob("notes-*")) == [
        "notes-00000.parquet",
        "notes-00001.parquet",
    ]
    with pytest.raises(InputError, match="3 of 5 shards are not built"):
        open_corpus(out)
    (out / ".notes-00002.parquet.123.part").write_bytes(b"half a shard")
    build(options(out, workers=2))
    assert files(out) == files(corpus)


def test_a_finished_corpus_is_left_alone(corpus: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in corpus.glob("notes-*")}
    build(options(corpus))
    assert {path.name: path.stat().st_mtime_ns for path in corpus.glob("notes-*")} == before


def test_another_build_needs_force(corpus: Path) -> None:
    with pytest.raises(InputError, match="every differs"):
        build(options(corpus, every=6))


def test_other_files_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds thesis\.txt"):
        build(options(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_no_preset_left_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no melodic preset left"):
        build(options(tmp_path / "out", presets=("Gun Shot",)))


@pytest.mark.parametrize(("field", "value"), [("workers", 0), ("every", 0), ("shard_notes", -1)])
def test_impossible_options_are_refused(tmp_path: Path, field: str, value: int) -> None:
    with pytest.raises(InputError, match=field):
        options(tmp_path, **{field: value})
