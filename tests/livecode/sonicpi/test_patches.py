from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from trichord.audio.bands import log_bands, picture, picture_of
from trichord.errors import InputError
from trichord.livecode.sonicpi import install, patch_render
from trichord.livecode.sonicpi.patches import SonicPiPatches
from trichord.livecode.sonicpi.render import Renderer
from trichord.score.sketch import sketch

PROGRAM = """
use_bpm 120
use_synth :saw
with_fx :echo, phase: 0.5, mix: 0.4 do
  8.times do |i|
    play 48 + 3 * i, release: 0.4, cutoff: 90, amp: 0.7
    sample :bd_haus, rate: 0.8 if i.even?
    sleep 0.5
  end
end
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache with two synths at two notes each: rendering all takes a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patch_render, "NOTES", (48, 66))
        place = tmp_path_factory.mktemp("patches")
        SonicPiPatches(place).prepare(["saw", "noise", "no_such_synth"])
        yield place


def test_the_cache_has_what_was_prepared_and_nothing_beside(folder: Path) -> None:
    names = sorted(path.name.split("-")[0] for path in folder.iterdir())
    assert names == ["noise", "saw"]


def test_a_patch_is_the_synth_at_its_note(folder: Path) -> None:
    patches = SonicPiPatches(folder, build=False)
    patch = patches.synth("saw", 60.0)
    assert patch is not None
    assert patch.note == 66
    held = patch.power[40]
    assert held.argmax() + patches.grid.low == 66
    assert held[66 + 12 - 20] / held[66 - 20] == pytest.approx(1 / 4, rel=0.3)  # 1 / n of a saw
    noise = patches.synth("noise", 60.0)
    assert noise is not None
    assert noise.note is None


def test_what_is_not_there_is_none_unless_it_may_be_built(folder: Path) -> None:
    patches = SonicPiPatches(folder, build=False)
    assert patches.synth("prophet", 60.0) is None
    assert patches.synth("mixer", 60.0) is None
    assert patches.synth("fx_echo", 60.0) is None


def test_a_broken_file_is_put_away(folder: Path, tmp_path: Path) -> None:
    good = next(folder.glob("saw-*"))
    (tmp_path / good.name).write_bytes(good.read_bytes()[:1000])
    assert SonicPiPatches(tmp_path, build=False).synth("saw", 60.0) is None
    assert not list(tmp_path.iterdir())


def test_a_patch_that_cannot_be_written_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    patches = SonicPiPatches(tmp_path, build=False)
    kept = patch_render.SynthPatches.read(next(folder.glob("saw-*")))
    patches._path("saw").mkdir()
    with pytest.raises(InputError, match=r"saw-.*: cannot be written .*point XDG_CACHE_HOME"):
        patches._write("saw", kept)
    assert [path.is_dir() for path in tmp_path.iterdir()] == [True]


def test_a_sample_is_cut_and_resampled(folder: Path) -> None:
    patches = SonicPiPatches(folder, build=False)
    path = str(install.find().samples()["bd_haus"])
    whole, slow, half = (
        patches.sample(path, *how) for how in ((1.0, 0.0, 1.0), (-0.5, 0.0, 1.0), (1.0, 0.0, 0.5))
    )
    assert whole is not None
    assert slow is not None
    assert half is not None
    assert slow.seconds == pytest.approx(2 * whole.seconds)
    assert half.seconds == pytest.approx(whole.seconds / 2, rel=1e-3)
    assert whole.power.sum(0).argmax() - slow.power.sum(0).argmax() == pytest.approx(12, abs=1)
    assert patches.sample("/no/such/file.wav", 1.0, 0.0, 1.0) is None


def test_a_sketch_is_near_the_render(folder: Path, renderer: Renderer) -> None:
    render = renderer.render(PROGRAM, seconds=4.0)
    assert render.audio is not None
    real = picture(render.audio.mean(0), 44100, seconds=4.0)
    drawn = picture_of(sketch(render.score, SonicPiPatches(folder, build=False), seconds=4.0))
    assert np.corrcoef(real.ravel(), drawn.ravel())[0, 1] > 0.95
    assert log_bands(10 ** (drawn / 10) * 1e-8).max() == pytest.approx(real.max(), abs=3)
