"""Movement drawn anew: as much as was told, around the same mean, none in silence."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from trichord.codec.note import NoteCodec
from trichord.codec.note import layout as lay
from trichord.codec.note.codec import NoteCodecConfig
from trichord.codec.note.motion import moved, movement, sounding
from trichord.codec.note.network import NetworkConfig
from trichord.errors import InputError
from trichord.train.codec_data import NoteBlocks
from trichord.train.loop import LoopConfig, fit
from trichord.train.motion import MotionTask, MotionTrainConfig


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_movement_is_what_departs_from_the_mean_around() -> None:
    still = torch.linspace(-40, -20, 30)[None, :, None].expand(2, -1, 5)
    inner = movement(still)[:, 5:-5]
    assert inner.abs().max() < 1e-4, "a slow fall is no movement"
    shaken = still + 3 * torch.randn(still.shape, generator=generator())
    assert movement(shaken).std().item() == pytest.approx(3 * (8 / 9) ** 0.5, rel=0.15)


def test_moved_levels_have_the_deviation_they_were_told_and_the_same_mean() -> None:
    features = torch.full((4000, lay.FEATURES), -40.0)
    told = torch.full((4000, lay.FEATURES - 1), 1.5).log()
    lively = moved(features, told, generator())
    assert torch.equal(lively[:, 0], features[:, 0]), "pitch stays"
    # A normal deviate held within two deviations has a deviation of .96 (clamped, not cut).
    assert lively[:, 1:].std().item() == pytest.approx(1.5 * 0.96, rel=0.02)
    assert lively[:, 1:].mean().item() == pytest.approx(-40, abs=0.02)
    assert torch.equal(lively, moved(features, told, generator()))


def test_silence_does_not_move() -> None:
    features = torch.full((10, lay.FEATURES), lay.FLOOR_DB)
    lively = moved(features, torch.ones(10, lay.FEATURES - 1), generator())
    assert torch.equal(lively, features)
    assert not sounding(features[:, 1:]).any()


def tiny(motion: int = 0) -> NoteCodec:
    torch.manual_seed(0)
    network = NetworkConfig(dim=16, layers=1, latent=8, motion=motion)
    codec = NoteCodec(NoteCodecConfig(network, num_codebooks=3, cardinality=16))
    for stage in codec.quantiser.parameters():
        torch.nn.init.normal_(stage)
    return codec.eval()


def test_a_codec_with_motion_has_the_same_tokens_and_livelier_notes(tmp_path: Path) -> None:
    still = tiny()
    lively = tiny(motion=8)
    lively.load_state_dict(still.state_dict(), strict=False)
    codes = torch.randint(16, (1, 3, 12), generator=generator())
    pitch = torch.tensor([60])
    blocks = torch.rand(1, 11, lay.FEATURES, generator=generator()) * 60 - 60
    assert torch.equal(still.encode_blocks(blocks, pitch), lively.encode_blocks(blocks, pitch))
    assert not torch.equal(still.decode(codes, pitch), lively.decode(codes, pitch))
    lively.save(tmp_path)
    again = NoteCodec.load(tmp_path)
    assert again.motion is not None
    assert torch.equal(again.decode(codes, pitch), NoteCodec.load(tmp_path).decode(codes, pitch))


def shimmering(count: int = 48) -> NoteBlocks:
    """Notes whose levels move by 3 dB from block to block, which no codec of theirs can tell."""
    drawn = generator(1)
    blocks = -40 + 3 * torch.randn(count, 40, lay.FEATURES, generator=drawn)
    blocks[..., 0] = 0
    blocks[..., -5:] = lay.FLOOR_DB
    names = tuple(f"note {i}" for i in range(count))
    return NoteBlocks(
        blocks=blocks.half(),
        scalars=torch.zeros(count, 3),
        pitch=torch.full((count,), 60, dtype=torch.uint8),
        velocity=torch.full((count,), 100, dtype=torch.uint8),
        family=torch.zeros(count, dtype=torch.uint8),
        source=torch.zeros(count, dtype=torch.uint8),
        split=(torch.arange(count) >= count - 8).to(torch.uint8),
        note_ids=names,
        instrument_ids=names,
    )


def test_training_finds_how_much_movement_is_lost(tmp_path: Path) -> None:
    tiny().save(tmp_path / "codec")
    loop = LoopConfig(
        steps=60, batch_size=16, learning_rate=0.02, warmup=5, ema=0.5, valid_every=60,
        save_every=60, log_every=60,
    )  # fmt: skip
    config = MotionTrainConfig(
        codec=tmp_path / "codec", out=tmp_path / "run", channels=8, loop=loop
    )
    task = MotionTask(config, shimmering())
    before = {k: v.clone() for k, v in task.codec.state_dict().items() if "motion" not in k}
    figures = fit(task, loop, config.out)
    assert figures["valid_movement_decoded"] < 0.9, "the codec smooths"
    assert figures["valid_movement"] == pytest.approx(1, abs=0.15)
    after = task.codec.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert NoteCodec.load(config.out / "model").motion is not None


def test_a_width_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="channels is 0"):
        dataclasses.replace(MotionTrainConfig(), channels=0)
