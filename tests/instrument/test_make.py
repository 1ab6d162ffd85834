from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import soundfile

from trichord.audio.io import read_native, read_wav_loop
from trichord.audio.loudness import peak_db
from trichord.audio.notes import parse_note
from trichord.audio.pitch import cents_from
from trichord.errors import InputError
from trichord.files import file_sha256
from trichord.instrument.debug import DebugPlayer
from trichord.instrument.make import MakeOptions, check_options
from trichord.instrument.shot import Shot
from trichord.instrument.store import WORK
from trichord.progress import Progress

from .conftest import bytes_of, debug_sound, make_debug


def record_of(result):
    return json.loads((result.path.parent / "instrument.json").read_text())


def test_the_folder_holds_an_sfz_its_samples_and_the_record(decaying):
    out = decaying.path.parent
    names = set(bytes_of(out))
    assert decaying.path.name == "piano.sfz"
    assert {"piano.sfz", "instrument.json", "samples/piano_C4_v064.wav"} <= names
    assert len(names) == 2 + decaying.zones
    assert decaying.middle.is_file()
    assert not (out / WORK).exists()


def test_the_record_tells_source_seed_models_and_zones(decaying):
    record = record_of(decaying)
    assert record["request"]["source"] == {"prompt": "warm felt piano"}
    assert record["request"]["options"]["seed"] == 7
    assert record["request"]["models"]["hashes"]
    assert record["licences"] == {"lm": "MIT"}
    assert record["keys"] == [48, 72]
    assert len(record["zones"]) == decaying.zones
    for name, digest in record["files"].items():
        assert file_sha256(decaying.path.parent / name) == digest


def test_samples_are_in_tune_below_the_peak_and_carry_their_origin(decaying):
    for zone in record_of(decaying)["zones"]:
        path = decaying.path.parent / zone["file"]
        wave, rate = read_native(path)
        assert abs(cents_from(wave, rate, zone["pitch"]).cents) < 2.0
        assert parse_note(path.stem.split("_")[1]) == zone["pitch"]
        assert peak_db(wave) <= -0.99
        with soundfile.SoundFile(path) as written:
            assert json.loads(written.comment)["prompt"] == "warm felt piano"
            assert written.software == "Trichord"


def test_dying_sounds_have_no_loop_and_held_ones_have(decaying, sustained):
    assert not record_of(decaying)["sustained"]
    assert all(zone["loop"] is None for zone in record_of(decaying)["zones"])
    record = record_of(sustained)
    assert record["sustained"]
    sfz = sustained.path.read_text()
    for zone in record["zones"]:
        loop = read_wav_loop(sustained.path.parent / zone["file"])
        assert loop is not None
        assert [loop.start, loop.end] == [zone["loop"]["start"], zone["loop"]["end"]]
        assert f"loop_start={loop.start} loop_end={loop.end}" in sfz


def test_nothing_depends_on_time_or_place(decaying, tmp_path):
    again = make_debug(tmp_path / "elsewhere")
    assert bytes_of(again.path.parent) == bytes_of(decaying.path.parent)
    assert str(tmp_path) not in (again.path.parent / "instrument.json").read_text()


def test_another_seed_gives_another_instrument(decaying, tmp_path):
    other = make_debug(tmp_path / "out", seed=8)
    assert bytes_of(other.path.parent) != bytes_of(decaying.path.parent)


def test_a_silent_note_is_drawn_again(tmp_path):
    @dataclasses.dataclass(frozen=True)
    class Shy(DebugPlayer):
        def play(self, requests, seed):
            waves = super().play(requests, seed)
            quiet = [seed == 7 and request.pitch == 60 for request in requests]
            return [w * np.float32(not q) for w, q in zip(waves, quiet, strict=True)]

    result = make_debug(tmp_path / "out", debug_sound(Shy()))
    wave, _ = read_native(result.middle)
    assert peak_db(wave) > -40


def test_json_events_name_every_zone_and_end_with_the_summary(tmp_path, capsys):
    with Progress("json") as progress:
        result = make_debug(tmp_path / "out", progress=progress)
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    zones = [event for event in events if event.get("event") == "zone"]
    assert len(zones) == result.zones == len({event["zone"] for event in zones})
    audible = next(event for event in events if event.get("event") == "audible")
    assert events.index(audible) < events.index(zones[0])
    assert events[-1]["event"] == "summary"
    assert events[-1]["sfz"] == str(result.path)
    assert {"seconds", "seed", "zones"} <= set(events[-1])


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"prompt": ""}, "empty"),
        ({"keys": "C9-C2"}, "--keys"),
        ({"layers": 0}, "--layers"),
        ({"seconds": 900.0}, "--seconds"),
        ({"seed": -1}, "--seed"),
        ({"format": "mp3"}, "--format"),
        ({"format": ""}, "--format"),
        ({"from_": "x.wav"}, "give one of"),
        ({"from_code": "x.rb"}, "give one of"),
        ({"prompt": "", "from_": "x.wav", "from_code": "x.rb"}, "give one of"),
    ],
)
def test_bad_options_are_told_before_any_model_is_loaded(tmp_path, change, names):
    options = MakeOptions(out=tmp_path / "out", **{"prompt": "warm felt piano", **change})
    with pytest.raises(InputError, match=names):
        check_options(options)
    assert not (tmp_path / "out").exists()


def test_a_program_is_heard_by_whoever_can(tmp_path):
    shot = Shot(np.ones(100, np.float32), 45.0, (), "abc")
    heard = []
    options = MakeOptions(out=tmp_path / "out", from_code=tmp_path / "song.rb")
    assert check_options(options, lambda path: heard.append(path) or shot)[2] is shot
    assert heard == [tmp_path / "song.rb"]


def test_a_player_of_short_notes_shortens_the_plan_and_says_so(tmp_path):
    player = DebugPlayer(longest_seconds=0.8)
    result = make_debug(tmp_path / "out", debug_sound(player))
    assert "0.8 s" in result.warnings[0]
    wave, rate = read_native(result.middle)
    assert wave.size / rate <= 0.8
