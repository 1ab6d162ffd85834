"""Which synth a program leans on, and that it sounds alone as it does there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trichord.audio.pitch import estimate_pitch
from trichord.choose.voice import Voice, find_voice, note_program, voice_shot
from trichord.errors import InputError
from trichord.livecode.sonicpi.render import Renderer
from trichord.score import Event, Score

ACID = """
use_synth :beep
play 84, amp: 0.1, release: 0.1
with_fx :reverb do
  with_fx :distortion, distort: 0.5 do
    4.times do
      synth :saw, note: 45, cutoff: 90, release: 0.5, amp: 0.8
      sleep 0.5
    end
  end
end
"""


def event(node: int, name: str, note: float, amp: float = 1.0, seconds: float = 1.0) -> Event:
    given = {"note": note, "amp": amp}
    return Event(node, "synth", name, name, float(node), node + seconds, given=given)


def voice_of(*events: Event) -> Voice:
    found = find_voice(Score(duration=60.0, events=events))
    assert found is not None
    return found


def test_loud_beats_often_and_often_beats_once() -> None:
    often = [event(i, "pluck", 60) for i in range(5)]
    assert voice_of(*often, event(9, "saw", 40)).event.name == "pluck"
    assert voice_of(*often, event(9, "saw", 40, amp=3.0)).event.name == "saw"


def test_one_drone_does_not_outweigh_a_melody() -> None:
    melody = [event(i, "pluck", 60, seconds=1.0) for i in range(5)]
    assert voice_of(*melody, event(9, "hollow", 40, seconds=30.0)).event.name == "pluck"


def test_the_note_in_the_middle_stands_for_all() -> None:
    found = voice_of(*(event(i, "pluck", note) for i, note in enumerate((40, 60, 62, 64, 100))))
    assert found.event.given["note"] == 62
    assert found.share == pytest.approx(1)


def test_a_score_of_drums_has_no_voice() -> None:
    drum = Event(1, "sample", "stereo_player", "stereo_player", 0.0, 1.0, files={"buf": "x.flac"})
    assert find_voice(Score(duration=4.0, events=(drum,))) is None


def test_arguments_and_colours_are_kept(renderer: Renderer) -> None:
    score = renderer.render(ACID).score
    voice = find_voice(score)
    assert voice is not None
    text = note_program(voice, 45)
    assert "synth :saw, note: 45, cutoff: 90, release: 0.5" in text
    assert "with_fx :distortion, distort: 0.5" in text
    assert "reverb" not in text


def test_the_shot_is_one_note_at_its_pitch(renderer: Renderer, tmp_path: Path) -> None:
    song = tmp_path / "acid.rb"
    song.write_text(ACID)
    shot = voice_shot(song, renderer)
    assert shot.pitch == 45
    assert 0.3 < shot.wave.size / 44100 < 2.0
    heard = estimate_pitch(shot.wave, 44100)
    assert heard is not None
    assert abs(heard.midi - 45) % 12 < 0.5 or abs(heard.midi - 45) % 12 > 11.5
    assert any("saw through distortion" in line for line in shot.warnings)


def test_a_program_of_samples_is_taken_by_its_sample(renderer: Renderer, tmp_path: Path) -> None:
    song = tmp_path / "drums.rb"
    song.write_text("4.times do\n  sample :drum_cowbell\n  sleep 0.5\nend\n")
    shot = voice_shot(song, renderer)
    assert float(np.abs(shot.wave).max()) > 0.01
    assert any("drum_cowbell" in line for line in shot.warnings)


@pytest.mark.parametrize(
    ("code", "said"),
    [("system 'ls'", "line 1"), ("sleep 1", "plays nothing"), ("", "empty"), ("play )(", "line 1")],
)
def test_what_cannot_be_a_start_is_told(
    renderer: Renderer, tmp_path: Path, code: str, said: str
) -> None:
    song = tmp_path / "song.rb"
    song.write_text(code)
    with pytest.raises(InputError, match=rf"song\.rb.*{said}"):
        voice_shot(song, renderer)


def test_a_missing_program_is_told(renderer: Renderer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        voice_shot(tmp_path / "gone.rb", renderer)
