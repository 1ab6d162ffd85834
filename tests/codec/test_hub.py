"""Codecs of the field behind the contract, on tiny randomly initialised copies written to disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from trichord.codec import Codec, load_codec
from trichord.codec.hub import ChunkedEncodecCodec
from trichord.errors import InputError


def _write(model: Any, folder: Path) -> None:
    """Saves a model with codebooks that differ: transformers begins some of them at zero."""
    for name, entries in model.named_buffers():
        if name.endswith(("codebook.embed", "codebook.embed_sum")):
            entries.normal_()
    model.save_pretrained(folder)


def _dac(folder: Path) -> None:
    config = transformers.DacConfig(
        encoder_hidden_size=4,
        decoder_hidden_size=16,
        downsampling_ratios=[2, 4],
        upsampling_ratios=[4, 2],
        hidden_size=8,
        n_codebooks=3,
        codebook_size=16,
        codebook_dim=4,
        hop_length=8,
        sampling_rate=16000,
    )
    _write(transformers.DacModel(config), folder)


def _encodec(folder: Path, **changes: Any) -> None:
    values: dict[str, Any] = {
        "num_filters": 2,
        "hidden_size": 8,
        "codebook_dim": 8,
        "codebook_size": 16,
        "num_lstm_layers": 1,
        "upsampling_ratios": [4, 2],
        "sampling_rate": 800,
        "target_bandwidths": [0.8, 1.6],
    }
    _write(transformers.EncodecModel(transformers.EncodecConfig(**values | changes)), folder)


def _mimi(folder: Path) -> None:
    config = transformers.MimiConfig(
        num_filters=2,
        hidden_size=16,
        vector_quantization_hidden_dimension=8,
        codebook_dim=8,
        codebook_size=16,
        num_quantizers=4,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=8,
        intermediate_size=16,
        upsampling_ratios=[4, 2],
        upsample_groups=16,
        sampling_rate=800,
        sliding_window=8,
    )
    _write(transformers.MimiModel(config), folder)


def _chunked(folder: Path) -> None:
    _encodec(folder, chunk_length_s=0.2, overlap=0.1, normalize=True, audio_channels=2)


WRITERS = {"dac": _dac, "encodec": _encodec, "mimi": _mimi, "chunked": _chunked}


@pytest.fixture(scope="module")
def codecs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Codec]:
    """One tiny codec of each kind, through its folder."""
    loaded: dict[str, Codec] = {}
    for name, write in WRITERS.items():
        torch.manual_seed(0)
        folder = tmp_path_factory.mktemp(name)
        write(folder)
        loaded[name] = load_codec(folder)
    return loaded


def _wave(codec: Codec, seconds: float, rows: int = 2) -> torch.Tensor:
    samples = round(seconds * codec.sample_rate)
    return 0.3 * torch.randn(rows, 1, samples, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("seconds", [0.1, 0.3333, 0.5])
def test_the_contract_holds_at_any_length(
    codecs: dict[str, Codec], name: str, seconds: float
) -> None:
    codec = codecs[name]
    wave = _wave(codec, seconds)
    codes = codec.encode(wave)
    assert codes.dtype == torch.int64
    assert codes.shape[:2] == (2, codec.num_codebooks)
    assert int(codes.min()) >= 0
    assert int(codes.max()) < codec.cardinality
    made = codec.decode(codes)
    assert made.shape[:2] == (2, 1)
    assert made.shape[-1] >= wave.shape[-1]
    assert torch.isfinite(made).all()
    assert codes.shape[-1] >= codec.frames(seconds) - 1


@pytest.mark.parametrize("name", ["dac", "encodec", "mimi"])
def test_frames_cover_samples_exactly(codecs: dict[str, Codec], name: str) -> None:
    codec = codecs[name]
    hop = round(codec.sample_rate / codec.frame_rate)
    for samples in (hop, 7 * hop - 1, 7 * hop, 7 * hop + 1):
        codes = codec.encode(torch.zeros(1, 1, samples))
        assert codes.shape[-1] == -(-samples // hop)
        assert codec.decode(codes).shape[-1] == codes.shape[-1] * hop


@pytest.mark.parametrize("name", WRITERS)
def test_a_row_is_alike_alone_and_in_a_batch(codecs: dict[str, Codec], name: str) -> None:
    codec = codecs[name]
    wave = _wave(codec, 0.3, rows=3)
    together = codec.encode(wave)
    alone = codec.encode(wave[1:2])
    assert torch.equal(together[1:2], alone)
    torch.testing.assert_close(codec.decode(together)[1:2], codec.decode(alone))


def test_dac_gives_what_transformers_gives(codecs: dict[str, Codec]) -> None:
    codec = codecs["dac"]
    wave = _wave(codec, 0.1)
    model: Any = codec.model  # type: ignore[attr-defined]
    with torch.inference_mode():
        expected = model.encode(wave).audio_codes
        sound = model.decode(audio_codes=expected).audio_values
    codes = codec.encode(wave)
    assert torch.equal(codes[..., : expected.shape[-1]], expected)
    same = min(sound.shape[-1], codec.decode(codes).shape[-1])
    torch.testing.assert_close(codec.decode(codes)[:, 0, : same - 64], sound[:, : same - 64])


@pytest.mark.parametrize("name", ["dac", "encodec", "mimi"])
def test_fewer_codebooks_decode_too(codecs: dict[str, Codec], name: str) -> None:
    codec = codecs[name]
    codes = codec.encode(_wave(codec, 0.2))
    whole, coarse = codec.decode(codes), codec.decode(codes[:, :2])
    assert coarse.shape == whole.shape
    assert not torch.equal(coarse, whole)


def test_the_level_of_a_chunk_travels_in_the_last_codebook(codecs: dict[str, Codec]) -> None:
    codec = codecs["chunked"]
    assert isinstance(codec, ChunkedEncodecCodec)
    wave = _wave(codec, 0.5, rows=1)
    loud, soft = codec.encode(wave), codec.encode(wave * 10 ** (-30 / 20))
    steps = (loud[:, -1] - soft[:, -1]).float().mean() * 120 / (codec.cardinality - 1)
    assert abs(float(steps) - 30) <= 120 / (codec.cardinality - 1)
    # The model hears normalised chunks: what differs between loud and soft is the level alone.
    assert torch.equal(loud[:, :-1], soft[:, :-1])
    ratio = codec.decode(loud).abs().max() / codec.decode(soft).abs().max()
    assert ratio > 10


def test_chunks_overlap_by_what_the_model_says(codecs: dict[str, Codec]) -> None:
    codec = codecs["chunked"]
    assert isinstance(codec, ChunkedEncodecCodec)
    # 160 samples a chunk, 144 between their beginnings: 305 samples need three.
    codes = codec.encode(torch.zeros(1, 1, 305))
    assert codes.shape[-1] == 3 * codec.chunk_frames
    assert codec.decode(codes).shape[-1] == 2 * 144 + 160
    assert codec.frames(305 / 800) == codes.shape[-1]
    with pytest.raises(ValueError, match="multiple of"):
        codec.decode(codes[..., :-1])


@pytest.mark.parametrize("name", WRITERS)
def test_save_and_load(codecs: dict[str, Codec], name: str, tmp_path: Path) -> None:
    codec = codecs[name]
    codec.save(tmp_path)
    wave = _wave(codec, 0.2)
    assert torch.equal(load_codec(tmp_path).encode(wave), codec.encode(wave))


def test_a_missing_model_says_where_to_get_it() -> None:
    with pytest.raises(InputError, match=r"hf download descript/dac_44khz") as caught:
        load_codec("dac_44khz")
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="hf download nobody/nothing"):
        load_codec("nobody/nothing")


def test_folders_that_hold_no_codec(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_codec(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(InputError, match="kind 'bert'"):
        load_codec(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "mimi"}))
    with pytest.raises(InputError, match="complete the folder"):
        load_codec(tmp_path)
    (tmp_path / "config.json").write_text("[1")
    with pytest.raises(InputError, match="describes no codec"):
        load_codec(tmp_path)


def test_a_model_that_keeps_the_level_to_itself_is_refused(tmp_path: Path) -> None:
    _encodec(tmp_path, normalize=True)
    with pytest.raises(InputError, match="outside of its tokens"):
        load_codec(tmp_path)
