from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save

from trichord.codec import load_codec
from trichord.codec.debug import DebugCodec
from trichord.codec.note import NetworkConfig, NoteCodec, NoteCodecConfig
from trichord.codec.note.header import decode_header, encode_header
from trichord.errors import InputError

TINY = NoteCodecConfig(NetworkConfig(dim=16, layers=1, latent=8), num_codebooks=4, cardinality=32)


def tiny() -> NoteCodec:
    torch.manual_seed(0)
    codec = NoteCodec(TINY).eval()
    generator = torch.Generator().manual_seed(1)
    for stage in codec.quantiser.stages:
        stage.start(torch.randn(200, 8, generator=generator), generator)
    return codec


def notes() -> tuple[torch.Tensor, torch.Tensor]:
    time = torch.arange(44100) / 44100
    waves = [torch.sin(2 * torch.pi * hz * time) * torch.exp(-time) for hz in (261.63, 440.0)]
    return torch.stack(waves)[:, None] * 0.4, torch.tensor([60, 69])


def test_shapes_and_ranges_keep_the_contract() -> None:
    codec = tiny()
    wave, pitch = notes()
    codes = codec.encode(wave, pitch)
    assert codes.shape == (2, 4, codec.frames(1.0))
    assert codes.dtype == torch.int64
    assert int(codes.min()) >= 0
    assert int(codes.max()) < codec.cardinality
    back = codec.decode(codes, pitch)
    assert back.shape[:2] == (2, 1)
    assert back.shape[-1] >= 44100
    assert bool(back.isfinite().all())


def test_a_note_sounds_the_same_alone_and_in_a_batch() -> None:
    codec = tiny()
    wave, pitch = notes()
    codes = codec.encode(wave, pitch)
    together = codec.decode(codes, pitch)
    for row in range(2):
        alone = codec.decode(codes[row : row + 1], pitch[row : row + 1])
        torch.testing.assert_close(alone[0], together[row], atol=1e-4, rtol=1e-3)


def test_pitch_is_needed() -> None:
    wave, pitch = notes()
    codec = tiny()
    with pytest.raises(ValueError, match="pitch"):
        codec.encode(wave)
    with pytest.raises(ValueError, match="pitch"):
        codec.decode(codec.encode(wave, pitch))


def test_saved_and_loaded_it_gives_the_same_codes(tmp_path: Path) -> None:
    codec = tiny()
    codec.save(tmp_path)
    loaded = load_codec(tmp_path)
    again = tmp_path / "again"
    loaded.save(again)
    wave, pitch = notes()
    assert torch.equal(load_codec(again).encode(wave, pitch), loaded.encode(wave, pitch))
    assert (again / "model.safetensors").read_bytes() == (
        tmp_path / "model.safetensors"
    ).read_bytes()


def test_a_broken_folder_is_named(tmp_path: Path) -> None:
    tiny().save(tmp_path)
    weights, config = tmp_path / "model.safetensors", tmp_path / "config.json"
    whole, described = weights.read_bytes(), config.read_text()
    weights.write_bytes(whole[:-10])
    with pytest.raises(InputError, match=r"model\.safetensors: not this codec"):
        NoteCodec.load(tmp_path)
    weights.write_bytes(save({"network.lost": torch.zeros(1)}))
    with pytest.raises(InputError, match=r"model\.safetensors: not this codec"):
        NoteCodec.load(tmp_path)
    weights.write_bytes(whole)
    config.write_text(described.replace("cardinality", "entries"))
    with pytest.raises(InputError, match=r"config\.json: not a codec's \('cardinality'\)"):
        NoteCodec.load(tmp_path)


@given(st.floats(-90, 0), st.floats(1e-5, 5e-3), st.floats(-60, 60))
def test_header_comes_back_within_half_a_step(level: float, stiffness: float, cents: float) -> None:
    tokens = encode_header(level, stiffness, cents, 1024)
    assert all(0 <= token < 1024 for token in tokens)
    back = decode_header(tokens, 1024)
    assert back[0] == pytest.approx(level, abs=0.05)
    assert back[1] == pytest.approx(stiffness, rel=0.01)
    assert back[2] == pytest.approx(cents, abs=0.06)


def test_no_stiffness_and_no_detune_are_exact() -> None:
    assert decode_header(encode_header(-96, 0.0, 0.0, 1024), 1024) == (-96.0, 0.0, 0.0)


@given(st.integers(0, 10_000))
def test_debug_codec_round_trips_levels(seed: int) -> None:
    codec = DebugCodec()
    generator = torch.Generator().manual_seed(seed)
    codes = torch.randint(codec.cardinality, (3, 2, 5), generator=generator)
    back = codec.decode(codes, torch.tensor([40, 69, 90]))
    assert back.shape == (3, 1, 5 * 400)
    assert codec.encode(back).shape == codes.shape


def test_debug_codec_keeps_the_peaks_of_frames(tmp_path: Path) -> None:
    codec = DebugCodec()
    wave = torch.rand(2, 1, 1234, generator=torch.Generator().manual_seed(0))
    codes = codec.encode(wave)
    assert torch.equal(codes, codec.encode(wave.clone()))
    levels = (codes * torch.tensor([[1 / 64], [1 / 64**2]])).sum(1)
    peaks = torch.nn.functional.pad(wave[:, 0], (0, 366)).unflatten(-1, (4, 400)).amax(-1)
    torch.testing.assert_close(levels, peaks, atol=1 / 64**2, rtol=0)
    codec.save(tmp_path)
    assert load_codec(tmp_path).frame_rate == codec.frame_rate


def test_an_unknown_codec_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"codec": "smoke signals"}')
    with pytest.raises(InputError, match="smoke signals"):
        load_codec(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        load_codec(tmp_path / "nowhere")
