from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from trichord.data.notes import decode_flac, open_corpus
from trichord.data.nsynth import NsynthOptions, build
from trichord.errors import InputError

RATE = 16000
TIME = np.arange(4 * RATE) / RATE

INSTRUMENTS = {
    "bass_synthetic_033": ("bass", "synthetic", ["dark", "long_release"]),
    "flute_acoustic_002": ("flute", "acoustic", ["bright"]),
    "vocal_acoustic_000": ("vocal", "acoustic", []),
}


@pytest.fixture
def nsynth(tmp_path: Path) -> Path:
    folder = tmp_path / "nsynth-valid"
    (folder / "audio").mkdir(parents=True)
    examples: dict[str, dict[str, object]] = {}
    for name, (family, source, qualities) in INSTRUMENTS.items():
        for pitch in (48, 60):
            key = f"{name}-{pitch:03d}-100"
            hz = 440.0 * 2.0 ** ((pitch - 69) / 12)
            wave = 0.3 * np.sin(2 * np.pi * hz * TIME) * (TIME < 3.0)
            soundfile.write(folder / "audio" / f"{key}.wav", wave, RATE, subtype="PCM_16")
            examples[key] = {
                "note_str": key,
                "instrument_str": name,
                "pitch": pitch,
                "velocity": 100,
                "sample_rate": RATE,
                "qualities_str": qualities,
                "instrument_family_str": family,
                "instrument_source_str": source,
            }
    (folder / "examples.json").write_text(json.dumps(examples))
    return folder


def test_notes_arrive_with_their_labels_and_their_samples(nsynth: Path, tmp_path: Path) -> None:
    report = build(NsynthOptions(nsynth, tmp_path / "out", workers=1))
    assert report["notes"] == 6
    assert report["hours"] == round(6 * 4 / 3600, 2)
    corpus = open_corpus(tmp_path / "out")
    rows = {row["note_id"]: row for row in corpus.iter_notes()}
    row = rows["bass_synthetic_033_048_100"]
    assert (row["family"], row["source"], row["sample_rate"]) == ("bass", "synthetic", RATE)
    assert (row["licence"], row["split"]) == ("CC BY 4.0", "valid")
    original, _ = soundfile.read(nsynth / "audio/bass_synthetic_033-048-100.wav", dtype="float32")
    assert np.abs(decode_flac(row["audio"]["bytes"]) - original).max() < 1.0 / 32767


def test_qualities_become_captions(nsynth: Path, tmp_path: Path) -> None:
    build(NsynthOptions(nsynth, tmp_path / "out", workers=1))
    captions = {i.instrument_id: i.captions for i in open_corpus(tmp_path / "out").instruments}
    assert "dark bass" in captions["bass_synthetic_033"]
    assert "bright flute" in captions["flute_acoustic_002"]
    assert not any("bright" in one for one in captions["vocal_acoustic_000"])
    assert all(len(set(one)) == len(one) >= 5 for one in captions.values())


def test_bad_notes_are_dropped_and_counted(nsynth: Path, tmp_path: Path) -> None:
    audio = nsynth / "audio"
    (audio / "flute_acoustic_002-048-100.wav").unlink()
    (audio / "flute_acoustic_002-060-100.wav").write_bytes(b"no sound")
    soundfile.write(audio / "vocal_acoustic_000-048-100.wav", np.zeros(RATE), RATE)
    report = build(NsynthOptions(nsynth, tmp_path / "out", workers=1))
    assert report["dropped"] == {"missing": 1, "silent": 1, "unreadable": 1}
    assert report["instruments_without_notes"] == ["flute_acoustic_002"]


def test_an_interrupted_import_goes_on(nsynth: Path, tmp_path: Path) -> None:
    options = NsynthOptions(nsynth, tmp_path / "out", workers=1, shard_notes=1)
    build(options)
    whole = {path.name: path.read_bytes() for path in options.out.iterdir()}
    (options.out / "notes-00001.parquet").unlink()
    (options.out / "report.json").unlink()
    build(options)
    assert {path.name: path.read_bytes() for path in options.out.iterdir()} == whole


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pitch": 200}, "pitch = 200"),
        ({"instrument_family_str": "kazoo"}, "kazoo"),
        ({"velocity": None}, "velocity = None"),
    ],
)
def test_a_wrong_entry_is_named(
    nsynth: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    path = nsynth / "examples.json"
    examples = json.loads(path.read_text())
    next(iter(examples.values())).update(change)
    path.write_text(json.dumps(examples))
    with pytest.raises(InputError, match=message):
        build(NsynthOptions(nsynth, tmp_path / "out"))


def test_a_key_cannot_leave_the_folder(nsynth: Path, tmp_path: Path) -> None:
    path = nsynth / "examples.json"
    entry = next(iter(json.loads(path.read_text()).values()))
    path.write_text(json.dumps({"../../secret": entry}))
    with pytest.raises(InputError, match="is no file name"):
        build(NsynthOptions(nsynth, tmp_path / "out"))


def test_a_folder_that_is_not_nsynth(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="json-wav"):
        build(NsynthOptions(tmp_path, tmp_path / "out"))
    (tmp_path / "examples.json").write_text("{")
    with pytest.raises(InputError, match="not readable as JSON"):
        build(NsynthOptions(tmp_path, tmp_path / "out"))
