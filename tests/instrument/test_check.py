from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from trichord.audio.io import write_wav
from trichord.audio.notes import midi_to_hz
from trichord.errors import InputError
from trichord.instrument.check import check_instrument, find_sfz
from trichord.progress import Progress

RATE = 44100
QUIET = Progress("quiet")


def tone(
    midi: float, *, seconds: float = 1.0, level: float = 0.3, partials: int = 8, decay: float = 6.0
) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * midi_to_hz(midi) * time
    wave = sum(np.sin(k * phase) / k**1.5 for k in range(1, partials + 1))
    return (level * wave * np.exp(-decay * time) * np.minimum(1, time / 0.002)).astype(np.float32)


class Builder:
    """Writes a foreign SFZ, region by region."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines = ["<global> ampeg_release=0.2 amp_veltrack=0"]

    def add(self, name: str, wave: np.ndarray, opcodes: str) -> Builder:
        write_wav(self.folder / name, wave, RATE)
        self.lines.append(f"<region> sample={name} {opcodes}")
        return self

    def check(self, **options: object):
        path = self.folder / "set.sfz"
        path.write_text("\n".join(self.lines) + "\n")
        return check_instrument(path, QUIET, **options)


def sound_set(folder: Path, keys=(57, 60, 63, 66, 69)) -> Builder:
    """A small foreign set without faults."""
    builder = Builder(folder)
    for key in keys:
        for level, low, high in ((0.1, 1, 80), (0.25, 81, 127)):
            span = f"lokey={key - 1} hikey={key + 1} pitch_keycenter={key} lovel={low} hivel={high}"
            builder.add(f"{key}_{high}.wav", tone(key, level=level), span)
    return builder


def rules(report, where: str = "") -> set[str]:
    return {finding.rule for finding in report.failures if where in finding.where}


def test_our_own_instruments_pass(decaying, sustained):
    for result in (decaying, sustained):
        report = check_instrument(result.path.parent, QUIET)
        assert report.failures == ()
        assert report.passed
        assert len(report.zones) == result.zones
        assert {each.key for each in report.played} == set(range(48, 73))
        assert report.figures()["cents_p95_played"] < 3.0


def test_a_foreign_set_without_faults_passes_with_a_warning_of_its_range(tmp_path):
    report = sound_set(tmp_path).check()
    assert report.failures == ()
    assert any("A0" in finding.message for finding in report.findings)


def fault(wave: np.ndarray, kind: str) -> np.ndarray:
    if kind == "onset":
        return np.concatenate([np.zeros(int(0.03 * RATE), np.float32), wave])
    if kind == "dc":
        return wave + np.float32(0.01)
    if kind == "peak":
        return wave * np.float32(0.97 / np.abs(wave).max())
    if kind == "tail":
        return wave[: wave.size // 4]
    assert kind == "sample"
    return wave * np.float32(0)


@pytest.mark.parametrize("kind", ["onset", "dc", "peak", "tail", "sample"])
def test_a_fault_of_one_sample_is_named_with_its_zone_and_its_mend(tmp_path, kind):
    builder = sound_set(tmp_path)
    write_wav(tmp_path / "63_127.wav", fault(tone(63, level=0.25), kind), RATE)
    report = builder.check(play=False)
    assert kind in rules(report, "63_127.wav")
    assert not rules(report, "60_")
    assert all(finding.mend for finding in report.findings)


@pytest.mark.parametrize(
    ("played_midi", "rule"), [(63.12, "tuning"), (62.9, "tuning"), (75, "octave"), (51, "octave")]
)
def test_wrong_pitches_are_named_on_the_file_and_in_the_player(tmp_path, played_midi, rule):
    builder = sound_set(tmp_path)
    write_wav(tmp_path / "63_127.wav", tone(played_midi, level=0.25), RATE)
    report = builder.check()
    assert rule in rules(report, "63_127.wav")
    assert rule in rules(report, "D#4 played at 127")
    assert not rules(report, "60_")


def test_a_set_that_is_tuned_by_its_opcodes_is_in_tune(tmp_path):
    builder = Builder(tmp_path)
    for key in (60, 62, 64):
        builder.add(f"{key}.wav", tone(key + 0.3), f"key={key} tune=-30")
    assert not rules(builder.check()) & {"tuning", "octave"}


def looped(kind: str) -> tuple[np.ndarray, int, int]:
    wave = tone(60, seconds=2.0, decay=0.0)
    start, periods = 40000, 200
    end = start + round(periods * RATE / midi_to_hz(60)) - 1
    if kind == "click":
        end += 80
    elif kind == "level":
        wave = wave * np.linspace(0.2, 1.0, wave.size, dtype=np.float32)
        end = start + round(150 * RATE / midi_to_hz(60)) - 1
    elif kind == "short":
        end = start + round(RATE / midi_to_hz(60)) - 2
    elif kind == "outside":
        end = wave.size + 5
    return wave, start, end


@pytest.mark.parametrize("kind", ["click", "short", "outside"])
def test_bad_loops_are_named(tmp_path, kind):
    wave, start, end = looped(kind)
    span = f"key=60 loop_mode=loop_continuous loop_start={start} loop_end={end}"
    report = Builder(tmp_path).add("pad.wav", wave, span).check(play=False)
    assert "loop" in rules(report, "pad.wav")


def test_a_good_loop_passes(tmp_path):
    wave, start, end = looped("good")
    span = f"key=60 loop_mode=loop_continuous loop_start={start} loop_end={end}"
    report = Builder(tmp_path).add("pad.wav", wave, span).check()
    assert report.failures == ()


def test_a_jump_of_level_over_the_seam_is_named(tmp_path):
    wave = np.concatenate([tone(60, seconds=1.0, decay=0.0), tone(60, level=0.05, decay=0.0)])
    period = RATE / midi_to_hz(60)
    start, end = round(40 * period), round(300 * period) + round(40 * period) - 1
    span = f"key=60 loop_mode=loop_continuous loop_start={start} loop_end={end}"
    report = Builder(tmp_path).add("pad.wav", wave, span).check(play=False)
    assert "loop" in rules(report, "pad.wav")


@pytest.mark.parametrize("play", [False, True])
def test_layers_that_do_not_rise_and_neighbours_that_do_not_match(tmp_path, play):
    builder = sound_set(tmp_path)
    write_wav(tmp_path / "63_127.wav", tone(63, level=0.09), RATE)
    report = builder.check(play=play)
    assert "loudness" in rules(report, "D#4")
    assert "loudness" in rules(report, "F#4")


def test_a_darker_harder_layer_and_an_odd_timbre_are_warned_of(tmp_path):
    builder = sound_set(tmp_path, keys=(51, 54, 57, 60, 63, 66, 69, 72))
    write_wav(tmp_path / "63_127.wav", tone(63, level=0.3, partials=1), RATE)
    told = {finding.rule for finding in builder.check(play=False).findings}
    assert {"brightness", "timbre"} <= told


def test_a_hole_in_our_own_key_map_is_a_failure(tmp_path, decaying):
    folder = tmp_path / "copy"
    (folder / "samples").mkdir(parents=True)
    for path in decaying.path.parent.rglob("*"):
        if path.is_file():
            (folder / path.relative_to(decaying.path.parent)).write_bytes(path.read_bytes())
    sfz = folder / "piano.sfz"
    sfz.write_text(sfz.read_text().replace("lokey=57 hikey=62", "lokey=58 hikey=62"))
    report = check_instrument(folder, QUIET, play=False)
    assert "keys" in rules(report)


def test_missing_and_broken_samples_are_failures_of_their_zone(tmp_path):
    builder = sound_set(tmp_path)
    (tmp_path / "60_80.wav").unlink()
    (tmp_path / "66_80.wav").write_bytes(b"nonsense")
    report = builder.check(play=False)
    assert "sample" in rules(report, "60_80.wav")
    assert "sample" in rules(report, "66_80.wav")


def test_drums_need_no_pitch(tmp_path):
    noise = np.random.default_rng(0).normal(size=RATE // 2)
    hit = (0.1 * noise * np.exp(-12 * np.arange(RATE // 2) / RATE)).astype(np.float32)
    builder = Builder(tmp_path).add("hit.wav", hit, "key=36 pitch_keytrack=0")
    assert not rules(builder.check()) & {"tuning", "octave"}


def test_the_table_and_the_json_tell_the_same(tmp_path):
    report = sound_set(tmp_path).check()
    page = io.StringIO()
    report.print_to(Console(file=page, width=140))
    assert "D#4" in page.getvalue()
    assert "passed" in page.getvalue()
    told = json.loads(json.dumps(report.to_json()))
    assert told["passed"] is True
    assert len(told["zones"]) == 10
    assert told["figures"]["failures"] == 0


def test_what_is_no_instrument_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        find_sfz(tmp_path / "gone")
    with pytest.raises(InputError, match=r"holds no \.sfz"):
        find_sfz(tmp_path)
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InputError, match="is no SFZ"):
        find_sfz(tmp_path / "a.txt")
    for name in ("a.sfz", "b.sfz"):
        (tmp_path / name).write_text("<region> sample=a.wav")
    with pytest.raises(InputError, match="2 SFZ files"):
        find_sfz(tmp_path)


def test_layers_behind_a_key_switch_are_measured_but_not_expected_to_sound(tmp_path):
    builder = sound_set(tmp_path)
    span = (
        "lokey=62 hikey=64 pitch_keycenter=63 lovel=1 hivel=127 sw_lokey=24 sw_hikey=25 sw_last=25"
    )
    builder.add("other.wav", tone(63, level=0.01), span)
    report = builder.check()
    assert report.failures == ()
    assert any(zone.conditional for zone in report.zones)
