"""What is found of an installed Sonic Pi, and what is said where something is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from trichord.errors import MissingProgramError
from trichord.livecode.sonicpi import install


def test_the_installed_sonic_pi_is_found_with_what_it_brings() -> None:
    found = install.find()
    assert found.version.startswith("3.2")
    assert len(found.examples()) >= 27
    assert found.examples() == sorted(found.examples())
    assert found.samples()["bd_haus"].suffix == ".flac"
    assert found.synthdefs()["sonic-pi-beep"].exists()
    assert {"reverb", "echo", "lpf"} <= set(found.effects())


def test_a_missing_part_is_named_with_the_packages(tmp_path: Path) -> None:
    with pytest.raises(MissingProgramError) as caught:
        install.find(root=tmp_path)
    message = str(caught.value)
    assert message.startswith("Sonic Pi's runtime not found: apt-get install sonic-pi-server")
    assert "ruby" in message
    assert "\n" not in message


def test_a_missing_ruby_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MissingProgramError, match=r"^ruby not found: apt-get install"):
        install.find.__wrapped__()


def test_a_missing_sound_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert install.require_scsynth().name == "scsynth"
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MissingProgramError, match="supercollider-server sc3-plugins-server"):
        install.require_scsynth()


def test_samples_are_audio_files_at_any_depth(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("kick.wav", "deep/snare.AIFF", "readme.txt"):
        (tmp_path / name).touch()
    assert set(install.samples_in(tmp_path)) == {"kick", "snare"}
