from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trichord.data.notes import decode_flac, open_corpus
from trichord.data.plan import save_plan_json
from trichord.data.schema import HELD_SECONDS, NOTE_SECONDS, SAMPLE_RATE, Instrument, Note
from trichord.data.shards import encode_flac, shard_name, write_shard
from trichord.data.traits import Wave, envelope_db, measure
from trichord.data.treatments import (
    Breath,
    Decay,
    Drive,
    Hold,
    Swell,
    Tilt,
    Treatment,
    draw_treatments,
    treat,
)
from trichord.data.vary import VaryOptions, build
from trichord.errors import InputError

PITCH = 60


def string(decay: float = 1.0) -> Wave:
    """Twelve partials of C4 that die away, released after the hold."""
    time = np.arange(int(NOTE_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    tone = sum(np.sin(2 * np.pi * 261.626 * k * time) / k for k in range(1, 13))
    fade = np.exp(-time / decay) * np.clip((HELD_SECONDS + 0.1 - time) / 0.1, 0, 1)
    return np.asarray(0.2 * tone * fade, np.float32)


def treated(*treatments: Treatment) -> Wave:
    return treat(string(), PITCH, treatments, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("treatment", "trait", "sign"),
    [
        (Tilt(-6.0), "brightness", -1),
        (Tilt(4.0), "brightness", 1),
        (Decay(0.5), "decay_s", -1),
        (Hold(6.0), "decay_s", 1),
        (Swell(0.3), "attack_s", 1),
        (Breath(-12.0), "harmonic_db", -1),
    ],
)
def test_each_treatment_moves_its_own_trait(treatment: Treatment, trait: str, sign: int) -> None:
    before, after = measure(string(), PITCH), measure(treated(treatment), PITCH)
    assert sign * (getattr(after, trait) - getattr(before, trait)) > 0.02
    assert after.cents == pytest.approx(before.cents, abs=2.0)


def test_drive_adds_partials_to_a_pure_tone() -> None:
    time = np.arange(int(NOTE_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    pure = np.asarray(0.3 * np.sin(2 * np.pi * 261.626 * time), np.float32)
    driven = treat(pure, PITCH, (Drive(18.0),), np.random.default_rng(0))
    assert measure(driven, PITCH).fundamental < measure(pure, PITCH).fundamental - 0.02


@pytest.mark.parametrize("treatment", [Tilt(-9.0), Tilt(5.0), Decay(0.5), Breath(-12.0), Drive(12)])
def test_the_loudest_moment_keeps_its_level(treatment: Treatment) -> None:
    before, after = envelope_db(string()), envelope_db(treated(treatment))
    assert after.max() == pytest.approx(before.max(), abs=0.1)


def test_variants_alternate_between_dark_and_bright() -> None:
    rng = np.random.default_rng(3)
    for _ in range(40):
        dark, bright = draw_treatments({}, True, rng), draw_treatments({}, False, rng)
        assert [t.word for t in dark].count("dark") == 1
        assert [t.word for t in bright].count("bright") == 1


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    rows: list[dict[str, object]] = []
    for number, split in enumerate(("train", "test")):
        one = Instrument(
            f"string_{number}", "String", "string", "acoustic", ("string",), "test", "CC0",
            number, split,
        )  # fmt: skip
        rows.append(one.__dict__)
        notes = [
            Note(f"{one.instrument_id}_{p:03d}_{v:03d}", one, p, v, SAMPLE_RATE, flac)
            for p in (60, 62, 64, 66)
            for v, flac in ((127, encode_flac(string(1.0 + number), SAMPLE_RATE)),)
            if p == PITCH or number == 0
        ]
        write_shard(folder / shard_name(number), notes, [])
    save_plan_json(folder, {}, rows, [(0,), (1,)])
    return folder


def test_training_instruments_alone_get_variants(corpus: Path, tmp_path: Path) -> None:
    report = build(VaryOptions(corpus, tmp_path / "out", workers=1, velocities=(127,)))
    varied = open_corpus(tmp_path / "out")
    added = [one for one in varied.instruments if one.instrument_id not in ("string_0", "string_1")]
    assert [one.instrument_id for one in added] == ["string_0_v0", "string_0_v1"]
    assert {one.split for one in added} == {"train"}
    assert len({one.group for one in varied.instruments}) == 4
    for one, word in zip(added, ("dark", "bright"), strict=True):
        assert word in one.name
    assert all(one.captions and "strings" not in one.captions for one in added)
    assert all(one.licence == "CC0" and "Tilt" in one.origin for one in added)
    notes = [row["note_id"] for row in varied.iter_notes()]
    kept = [f"string_0_{pitch:03d}_127" for pitch in (60, 62, 64, 66)]
    # Every third key is varied.
    made = [f"string_0_v{v}_{pitch:03d}_127" for v in (0, 1) for pitch in (60, 66)]
    assert notes == [*kept, "string_1_060_127", *made]
    assert report["notes"] == len(notes)


def test_a_varied_note_is_the_original_treated(corpus: Path, tmp_path: Path) -> None:
    build(VaryOptions(corpus, tmp_path / "out", workers=1, velocities=(127,)))
    notes = {row["note_id"]: row for row in open_corpus(tmp_path / "out").iter_notes()}
    original = measure(decode_flac(notes["string_0_060_127"]["audio"]["bytes"]), PITCH)
    dark = measure(decode_flac(notes["string_0_v0_060_127"]["audio"]["bytes"]), PITCH)
    assert dark.brightness < original.brightness


def test_a_build_goes_on_where_it_stopped_with_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        build(VaryOptions(corpus, folder, workers=1, velocities=(127,)))
    (broken / shard_name(2)).unlink()
    build(VaryOptions(corpus, broken, workers=2, velocities=(127,)))
    names = sorted(path.name for path in whole.iterdir())
    assert names == sorted(path.name for path in broken.iterdir())
    assert all((whole / name).read_bytes() == (broken / name).read_bytes() for name in names)


def test_what_cannot_be_varied_is_refused(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="variants = 0"):
        VaryOptions(corpus, tmp_path / "out", variants=0)
    with pytest.raises(InputError, match="no such file"):
        build(VaryOptions(tmp_path / "nothing", tmp_path / "out", workers=1))
