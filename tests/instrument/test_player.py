from __future__ import annotations

import sys

import numpy as np
import pytest

from trichord.audio.loudness import loudness
from trichord.audio.pitch import cents_from
from trichord.errors import InputError, MissingProgramError
from trichord.instrument.player import open_player

from .conftest import make_debug


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """All keys of the piano, few samples."""
    out = tmp_path_factory.mktemp("wide") / "out"
    return make_debug(out, keys="A0-C8", every=5, layers=3, seconds=1.0)


def test_a_sampler_plays_every_key_in_tune_and_louder_with_velocity(wide):
    cents, rises = [], []
    with open_player(wide.path) as player:
        assert player.playable_keys == list(range(21, 109))
        for key in range(21, 109):
            soft = player.play(key, 42, 0.5, 0.7)
            hard = player.play(key, 127, 0.5, 0.7)
            reading = cents_from(hard, player.sample_rate, key)
            assert not reading.octave_error
            cents.append(abs(reading.cents))
            rises.append(loudness(hard, 44100) - loudness(soft, 44100))
    assert np.percentile(cents, 95) < 3.0
    assert min(rises) > 6.0


def test_loudness_runs_on_through_the_layers_without_steps(wide):
    with open_player(wide.path) as player:
        levels = [loudness(player.play(60, v, 0.5, 0.7), 44100) for v in (20, 42, 43, 85, 86, 127)]
    steps = np.diff(levels)
    assert (steps > -0.5).all()
    assert abs(steps[1]) < 1.0  # over the border of two layers
    assert abs(steps[3]) < 1.0


def test_looped_notes_sound_for_longer_than_their_samples(sustained):
    with open_player(sustained.path) as player:
        wave = player.play(60, 127, 6.0, 8.0)
    held = loudness(wave[int(4.0 * 44100) : int(6.0 * 44100)], 44100)
    assert held == pytest.approx(loudness(wave[: 2 * 44100], 44100), abs=2.0)
    assert np.abs(wave[int(7.5 * 44100) :]).max() < 1e-3  # released


def test_paths_with_spaces_and_folders_above_are_found(tmp_path, decaying):
    folder = tmp_path / "My Sounds"
    (folder / "maps").mkdir(parents=True)
    (folder / "a b.wav").write_bytes(decaying.middle.read_bytes())
    sfz = folder / "maps" / "x.sfz"
    sfz.write_text("<region> sample=..\\a b.wav key=60\n")
    with open_player(sfz) as player:
        assert np.abs(player.play(60, 100, 0.3, 0.5)).max() > 0.01


def test_a_missing_sample_is_no_crash(tmp_path):
    sfz = tmp_path / "x.sfz"
    sfz.write_text("<region> sample=gone.wav key=60\n")
    with pytest.raises(InputError, match="sfizz"), open_player(sfz):
        pass


def test_the_missing_package_is_named(monkeypatch, decaying):
    monkeypatch.setitem(sys.modules, "pysfizz", None)
    with (
        pytest.raises(MissingProgramError, match="pip install pysfizz"),
        open_player(decaying.path),
    ):
        pass
