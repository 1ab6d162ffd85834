from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from trichord.errors import InputError
from trichord.livecode.reader import Reading, read
from trichord.livecode.reader.batch import collate
from trichord.livecode.reader.features import NUMBERS, TURNED, name_of_effect
from trichord.livecode.reader.sounds import MOST_SOUNDS
from trichord.livecode.reader.store import load_readings, save_readings

BEAT = """
use_bpm 120
live_loop :beat do
  sample :bd_haus, amp: (ring 1, 2).tick
  sleep 1
end
with_fx :echo, phase: 0.5, decay: 4, mix: 0.5 do
  with_fx :slicer, phase: 0.25 do
    live_loop :pad do
      play 60, attack: 0.2, sustain: 2, release: 1, cutoff: 90
      play 67, attack: 0.2, sustain: 2, release: 1, cutoff: 90
      sleep 4
    end
  end
end
"""


def number(reading: Reading, sound: int, name: str) -> float:
    return float(reading.numbers[sound, NUMBERS.index(name)])


def test_a_sound_is_told_once_and_struck_often() -> None:
    reading = read(BEAT, 4.0)
    assert len(reading.names) == 3
    assert np.bincount(reading.strokes).tolist() == [8, 2, 2]
    kick = reading.strokes == 0
    order = np.argsort(reading.times[kick])
    assert reading.powers[kick][order].tolist() == [1, 4] * 4
    assert reading.times[kick][order].tolist() == [0.5 * at for at in range(8)]


def test_numbers_are_numbers() -> None:
    reading = read(BEAT, 4.0)
    assert number(reading, 1, "note") == 0.0
    assert number(reading, 2, "note") == pytest.approx(7 / 12)
    assert number(reading, 1, "cutoff") == pytest.approx(-0.5)
    assert number(reading, 1, "cutoff_given") == 1.0
    # In beats of half a second.
    assert reading.envelopes[1].tolist() == pytest.approx([0.1, 0.0, 1.0, 0.5, 1.6, 1.0])


def test_effects_stand_nearest_first_with_their_settings() -> None:
    reading = read(BEAT, 4.0)
    assert reading.chains[0].tolist() == [0] * 5
    nearest, next_ = reading.chains[1][:2] - 1
    assert reading.effects[nearest] == name_of_effect("slicer")
    assert reading.effects[next_] == name_of_effect("echo")
    assert reading.turns[next_, TURNED.index("mix")] == 0.5
    # Echoes every quarter of a second, 60 dB less after two; half of it wet.
    assert reading.echoes[1].tolist() == pytest.approx([0.25, 10 ** (-6 * 0.25 / 2.0), 0.5])
    assert reading.gates[1][0] == pytest.approx(0.125)


def test_samples_last_as_long_as_they_are_played() -> None:
    whole = read("sample :loop_amen").envelopes[0, 4]
    assert read("sample :loop_amen, rate: 2").envelopes[0, 4] == pytest.approx(whole / 2)
    assert read("sample :loop_amen, finish: 0.25").envelopes[0, 4] == pytest.approx(whole / 4)
    assert read("sample :loop_amen, beat_stretch: 4").envelopes[0, 4] == pytest.approx(4.0)


def test_sounds_beyond_the_most_join_their_next_of_kin() -> None:
    code = "300.times do |i|\n play 20 + i % 100, release: 0.01 * (i + 1)\n sleep 0.01\nend"
    reading = read(code)
    assert len(reading.names) == MOST_SOUNDS
    assert len(reading.strokes) == 300


def test_names_that_nobody_knows_have_numbers_too() -> None:
    one, other = read("sample :my_own_loop").names, read("use_synth :from_elsewhere\nplay 60").names
    assert one != other


@pytest.mark.parametrize(
    "code", ["", "play 60", BEAT, "with_fx :krush, cutoff: 1e9 do\nplay 1e9\nend"]
)
def test_arrays_are_finite_and_kept(code: str, tmp_path: Path) -> None:
    readings = [read(code), read(BEAT), read("")]
    save_readings(tmp_path / "kept.npz", readings)
    for made, kept in zip(readings, load_readings(tmp_path / "kept.npz"), strict=True):
        for name, value in vars(made).items():
            assert np.isfinite(value).all()
            np.testing.assert_array_equal(value, getattr(kept, name))


def test_a_file_that_holds_no_readings_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"no")
    with pytest.raises(InputError, match="delete it"):
        load_readings(tmp_path / "x.npz")


def test_a_batch_keeps_each_program_s_rows() -> None:
    readings = [read(BEAT, 4.0), read(""), read("with_fx :reverb do\n play 50\nend")]
    batch = collate(readings)
    assert batch.counts.tolist() == [3, 0, 1]
    assert batch.chains[3].tolist() == [3, 0, 0, 0, 0]
    assert batch.effects[batch.chains[3, 0] - 1] == name_of_effect("reverb")
    assert batch.strokes[-1] == 3
    assert batch.powers.dtype == torch.float32
