from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from trichord.audio.bands import GRID, picture
from trichord.errors import InputError
from trichord.space.clips import ClipSpace, debug_clip_space, load_clip_space
from trichord.space.folder import write_model
from trichord.space.joint import debug_space

RATE = 22050


def sine(hz: float, seconds: float) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def pictures(count: int, frames: int = 40) -> torch.Tensor:
    return 60 * torch.rand(count, GRID.bands, frames, generator=torch.Generator().manual_seed(0))


def test_every_door_gives_unit_vectors() -> None:
    space = load_clip_space("debug")
    for vectors in (
        space.embed_picture(pictures(3)),
        space.embed_audio([sine(220, 0.5), sine(880, 2.0)], RATE),
        space.embed_text(["slow dark dub", "bells"]),
    ):
        assert vectors.shape[1] == 128
        assert torch.allclose(vectors.norm(dim=1), torch.ones(len(vectors)), atol=1e-5)
        assert not vectors.requires_grad


def test_a_recording_is_its_picture() -> None:
    space = debug_clip_space()
    wave = sine(440, 1.5)
    seen = torch.from_numpy(picture(wave, RATE, seconds=None))[None]
    assert torch.allclose(space.embed_audio([wave], RATE), space.embed_picture(seen), atol=1e-5)


def test_neighbours_in_a_batch_are_not_heard() -> None:
    space = debug_clip_space()
    short, long = sine(440, 0.4), sine(110, 3.0)
    together = space.embed_audio([short, long], RATE)
    assert torch.allclose(together[:1], space.embed_audio([short], RATE), atol=1e-5)


def test_only_the_first_seconds_are_heard() -> None:
    space = debug_clip_space()
    wave = sine(440, space.config.seconds + 2)
    cut = wave[: round(space.config.seconds * RATE)]
    assert torch.equal(space.embed_audio([wave], RATE), space.embed_audio([cut], RATE))


def test_many_pictures_are_encoded_as_each_alone() -> None:
    space, many = debug_clip_space(), pictures(70, 12)
    lengths = torch.arange(70) % 12 + 1
    together = space.embed_picture(many, lengths)
    alone = space.embed_picture(many[66:67, :, : int(lengths[66])])
    assert together.shape == (70, 128)
    assert torch.allclose(together[66:67], alone, atol=1e-5)
    assert space.embed_picture(many[:0]).shape == (0, 128)


def test_gradient_reaches_a_picture_through_encode() -> None:
    asked = pictures(2).requires_grad_()
    debug_clip_space().encode(asked)[:, 0].sum().backward()
    assert asked.grad is not None
    assert asked.grad.abs().sum() > 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_a_saved_space_comes_back(tmp_path: Path, dtype: torch.dtype) -> None:
    space = debug_clip_space(3)
    space.save(tmp_path, dtype)
    again = load_clip_space(tmp_path)
    assert again.config == space.config
    assert not again.training
    near = 1e-6 if dtype is torch.float32 else 5e-3
    seen = pictures(4)
    assert torch.allclose(again.embed_picture(seen), space.embed_picture(seen), atol=near)
    assert torch.allclose(again.embed_text(["bell"]), space.embed_text(["bell"]), atol=near)


def test_the_door_for_code_of_an_older_folder_is_left_out(tmp_path: Path) -> None:
    space = debug_clip_space(3)
    config = asdict(space.config) | {"code": {"width": 4, "head": {"hidden": 8}}}
    tensors = space.state_dict() | {"code_head.normalise.weight": torch.ones(4)}
    write_model(tmp_path, "clip space", config, tensors)
    again = load_clip_space(tmp_path)
    assert again.config == space.config
    assert torch.equal(again.embed_picture(pictures(2)), space.embed_picture(pictures(2)))


def test_debug_spaces_follow_their_seed_alone() -> None:
    state, seen = torch.get_rng_state(), pictures(2)
    a, b, c = debug_clip_space(3), debug_clip_space(3), debug_clip_space(4)
    assert torch.equal(state, torch.get_rng_state())
    assert torch.equal(a.embed_picture(seen), b.embed_picture(seen))
    assert not torch.equal(a.embed_picture(seen), c.embed_picture(seen))


def test_what_cannot_be_embedded_is_named() -> None:
    space = debug_clip_space()
    with pytest.raises(InputError, match=r"pictures: shape \(2, 5\)"):
        space.embed_picture(torch.zeros(2, 5))
    with pytest.raises(InputError, match="text: empty"):
        space.embed_text([" "])
    with pytest.raises(InputError, match="NaN"):
        space.embed_audio([np.full(100, np.nan, np.float32)], RATE)
    with pytest.raises(InputError, match="give one channel"):
        space.embed_audio([np.zeros(0, np.float32)], RATE)


def test_silence_has_a_finite_vector() -> None:
    assert debug_clip_space().embed_audio([np.zeros(RATE, np.float32)], RATE).isfinite().all()


def test_a_folder_of_another_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        ClipSpace.load(tmp_path / "nowhere")
    debug_space().save(tmp_path)
    with pytest.raises(InputError, match="not a clip space"):
        ClipSpace.load(tmp_path)
