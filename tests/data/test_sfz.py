from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from trichord.audio.sfz import SfzRegion
from trichord.data.notes import decode_flac, open_corpus
from trichord.data.sfz import SfzOptions, build, choose_regions, play_region
from trichord.data.traits import midi_to_hz, note_spectrum, tuning_cents
from trichord.errors import InputError

RATE = 48000


def write_tone(path: Path, pitch: float, seconds: float, level: float = 0.3) -> None:
    time = np.arange(round(seconds * RATE)) / RATE
    soundfile.write(path, level * np.sin(2 * np.pi * midi_to_hz(pitch) * time), RATE, "PCM_24")


@pytest.fixture
def sfz(tmp_path: Path) -> Path:
    samples = tmp_path / "set" / "samples"
    samples.mkdir(parents=True)
    lines = ["<control> default_path=samples/", "<global> ampeg_release=0.2 amp_veltrack=0"]
    for pitch in (48, 60):
        for low, high, level in ((1, 80, 0.1), (81, 127, 0.3)):
            write_tone(samples / f"{pitch}_{high}.wav", pitch, 2.0, level)
            lines.append(
                f"<region> sample={pitch}_{high}.wav key={pitch} lovel={low} hivel={high}"
                " loop_mode=loop_continuous loop_start=48000 loop_end=95999"
            )
    path = tmp_path / "set" / "Test Organ.sfz"
    path.write_text("\n".join(lines))
    return path


def test_regions_become_notes(sfz: Path, tmp_path: Path) -> None:
    options = SfzOptions(sfz, tmp_path / "out", "organ", licence="CC0", split="test")
    report = build(options)
    assert (report["notes"], report["dropped"]) == (4, {})
    corpus = open_corpus(options.out)
    rows = list(corpus.iter_notes())
    assert [(row["pitch"], row["velocity"]) for row in rows] == [
        (48, 80),
        (48, 127),
        (60, 80),
        (60, 127),
    ]
    assert {(row["family"], row["licence"], row["split"]) for row in rows} == {
        ("organ", "CC0", "test")
    }
    assert corpus.instruments[0].captions[0] == "test organ"
    soft, hard = (np.abs(decode_flac(row["audio"]["bytes"])).max() for row in rows[:2])
    assert hard == pytest.approx(0.5, abs=0.01)
    assert hard / soft == pytest.approx(3.0, rel=0.02)


def test_loops_are_held_and_released(sfz: Path) -> None:
    region = SfzRegion(
        sample=sfz.parent / "samples/60_127.wav",
        pitch_keycenter=60,
        loop_mode="loop_continuous",
        loop_start=RATE,
        loop_end=2 * RATE - 1,
        opcodes={"ampeg_release": "0.2"},
    )
    wave = play_region(region)
    assert len(wave) == 5 * 44100
    assert np.abs(wave[int(3.8 * 44100) : int(3.99 * 44100)]).max() > 0.25
    assert np.abs(wave[int(4.25 * 44100) :]).max() == 0.0


def test_tune_and_offset_are_applied(tmp_path: Path) -> None:
    write_tone(tmp_path / "flat.wav", 59.8, 3.0)
    region = SfzRegion(tmp_path / "flat.wav", pitch_keycenter=60, tune=20.0, offset=4800)
    wave = play_region(region)
    assert tuning_cents(note_spectrum(wave), midi_to_hz(60)).cents == pytest.approx(0.0, abs=1.0)
    assert np.abs(wave[int(2.95 * 44100) :]).max() < 1e-3


def test_round_robins_and_releases_give_one_note() -> None:
    first = SfzRegion(Path("a.wav"), hivel=127, opcodes={"seq_position": "1"})
    second = SfzRegion(Path("b.wav"), hivel=127, opcodes={"seq_position": "2"})
    release = SfzRegion(Path("c.wav"), hivel=90, opcodes={"trigger": "release"})
    outside = SfzRegion(Path("d.wav"), pitch_keycenter=120)
    assert choose_regions([first, second, release, outside]) == [first]


def test_a_missing_sample_is_named_and_nothing_stays(sfz: Path, tmp_path: Path) -> None:
    (sfz.parent / "samples/48_80.wav").unlink()
    with pytest.raises(InputError, match=r"48_80\.wav"):
        build(SfzOptions(sfz, tmp_path / "out", "organ"))
    assert not list((tmp_path / "out").glob("notes-*"))
