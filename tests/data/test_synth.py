from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from trichord.data.schema import SAMPLE_RATE
from trichord.data.synth import PresetPlayer, load_fluidsynth
from trichord.errors import InputError, MissingProgramError

FLUID = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
KALIMBA, OCARINA = 108, 79


def test_the_same_notes_are_the_same_samples() -> None:
    def play() -> list[np.ndarray]:
        player = PresetPlayer(FLUID, 0, KALIMBA)
        waves = [player.play(pitch, 100) for pitch in (60, 72, 60)]
        player.close()
        return waves

    once, again = play(), play()
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))


def test_nothing_of_a_note_is_left_for_the_next() -> None:
    player = PresetPlayer(FLUID, 0, OCARINA)
    first = player.play(72, 127)
    after_another = [player.play(74, 20), player.play(72, 127)][1]
    player.close()
    assert np.abs(first - after_another).max() < 1e-8


def test_the_note_begins_at_once_and_is_released() -> None:
    player = PresetPlayer(FLUID, 0, OCARINA)
    wave = np.abs(player.play(72, 100, held_seconds=1.0, seconds=2.0)).max(axis=0)
    player.close()
    assert len(wave) == 2 * SAMPLE_RATE
    assert wave[: SAMPLE_RATE // 100].max() > 0.01 * wave.max()
    assert wave[int(1.5 * SAMPLE_RATE) :].max() < 0.01 * wave.max()


def test_a_preset_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="no preset 077:001"):
        PresetPlayer(FLUID, 77, 1)


def test_a_file_that_fluidsynth_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "noise.sf2"
    path.write_bytes(b"RIFF\x04\0\0\0sfbk")
    with pytest.raises(InputError, match="FluidSynth cannot read"):
        PresetPlayer(path, 0, 0)


def test_a_missing_library_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    with pytest.raises(MissingProgramError, match="apt install libfluidsynth3"):
        load_fluidsynth()


def test_finding_the_library_leaves_stdout_to_results() -> None:
    script = "from trichord.data.synth import load_fluidsynth; load_fluidsynth()"
    environment = {**os.environ, "CI": "true"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, check=True
    )
    assert done.stdout == b""
