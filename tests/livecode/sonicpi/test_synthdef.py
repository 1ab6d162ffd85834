"""When synths end, and how long audio files are: read from the compiled files themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.livecode.sonicpi.ruby import evaluate
from trichord.livecode.sonicpi import install

LIFETIME = """
options = JSON.parse(ARGV[1])
result = Trichord::SynthDef.read(ARGV[0]).lifetime(options, {7 => [88_200, 2, 44_100]})
"""


def lifetime(name: str, options: str = "{}") -> float | None:
    path = install.find().synthdefs()[f"sonic-pi-{name}"]
    return evaluate("synthdef", code=LIFETIME, arguments=(str(path), options))


@pytest.mark.parametrize(
    ("name", "options", "seconds"),
    [
        ("beep", "{}", 1.0),
        ("beep", '{"attack": 0.5, "decay": 0.25, "sustain": 2, "release": 0.1}', 2.85),
        ("beep", '{"attack": 0, "release": -3}', 0.0),
        ("basic_stereo_player", '{"buf": 7}', 2.03),
        ("basic_stereo_player", '{"buf": 7, "rate": -2}', 1.03),
        ("stereo_player", '{"buf": 7, "start": 0.25, "finish": 0.75}', 1.03),
        ("basic_stereo_player", '{"buf": 7, "sustain": 0.5, "release": 0.25}', 0.78),
        ("basic_stereo_player", '{"buf": 8}', None),
        ("fx_reverb", "{}", None),
        ("mixer", "{}", None),
    ],
)
def test_a_synth_ends_when_its_envelope_does_a_sample_30_ms_later(
    name: str, options: str, seconds: float | None
) -> None:
    found = lifetime(name, options)
    assert found == (None if seconds is None else pytest.approx(seconds, abs=1e-6))


def test_every_installed_definition_is_understood() -> None:
    folder = install.find().synthdef_folder
    result = evaluate(
        "synthdef",
        code="""
        result = Dir["#{ARGV[0]}/*.scsyndef"].to_h do |path|
          definition = Trichord::SynthDef.read(path)
          definition.lifetime({}, {})
          [File.basename(path, '.scsyndef'), definition.defaults]
        end
        """,
        arguments=(str(folder),),
    )
    assert set(result) == set(install.find().synthdefs())
    beep = result["sonic-pi-beep"]
    assert (beep["note"], beep["amp"], beep["release"], beep["out_bus"]) == (52.0, 1.0, 1.0, 0.0)


def test_a_later_folder_wins_and_an_appended_one_only_fills_gaps(tmp_path: Path) -> None:
    paths = install.find().synthdefs()
    for folder, source in (("first", "beep"), ("second", "saw")):
        (tmp_path / folder).mkdir()
        content = paths[f"sonic-pi-{source}"].read_bytes()
        (tmp_path / folder / "shared.scsyndef").write_bytes(content)
        (tmp_path / folder / f"{folder}.scsyndef").write_bytes(content)
    result = evaluate(
        "synthdef",
        code="""
        first, second = ARGV
        loaded = Trichord::SynthDefs.new.tap { |d| d.load(first); d.load(second) }
        filled = Trichord::SynthDefs.new.tap { |d| d.load(first); d.append(second) }
        result = [loaded.path('shared'), filled.path('shared'), filled.path('second'),
                  filled.path('none'), filled['none']]
        """,
        arguments=(str(tmp_path / "first"), str(tmp_path / "second")),
    )
    assert [path and Path(path).parent.name for path in result] == [
        "second",
        "first",
        "second",
        None,
        None,
    ]


INFO = """
result = begin
  Trichord::AudioFile.info(ARGV[0])
rescue Trichord::AudioFile::Unreadable => e
  e.message
end
"""


@pytest.mark.parametrize("suffix", ["wav", "flac", "aiff", "ogg"])
def test_the_size_of_an_audio_file_is_read_from_its_header(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, np.zeros((12_345, 2), dtype=np.float32), 48_000)
    assert evaluate("audiofile", code=INFO, arguments=(str(path),)) == [12_345, 2, 48_000]


def test_a_file_that_is_no_audio_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text.wav"
    path.write_text("RIFF....WAVE, or so they say")
    result = evaluate("audiofile", code=INFO, arguments=(str(path),))
    assert result == "text.wav is no WAV, AIFF, FLAC or Ogg file"
    missing = evaluate("audiofile", code=INFO, arguments=(str(tmp_path / "none.wav"),))
    assert "No such file" in missing
