"""The codec's trainer, end to end on a corpus that the test writes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from trichord.codec import load_codec
from trichord.codec.note import NetworkConfig, NoteCodec, NoteCodecConfig
from trichord.codec.note import layout as lay
from trichord.codec.note.objective import band_levels, reconstruction_loss
from trichord.errors import InputError
from trichord.train.codec import CodecTask, CodecTrainConfig
from trichord.train.codec_data import NoteBlocks
from trichord.train.loop import fit
from trichord.train.schedule import LoopConfig
from trichord.train.tokenise import encode_notes, read_vectors

TINY = NoteCodecConfig(NetworkConfig(dim=16, layers=1, latent=8), num_codebooks=4, cardinality=32)


def notes(count: int = 60) -> NoteBlocks:
    """Decaying spectra with a tilt of their own: enough for a codec to learn something."""
    generator = torch.Generator().manual_seed(0)
    blocks = torch.zeros(count, 40, lay.FEATURES)
    tilt = torch.rand(count, 1, 1, generator=generator) * 1.5
    decay = torch.rand(count, 1, 1, generator=generator) * 2
    places = torch.arange(lay.FEATURES - 1).float()
    blocks[..., 1:] = -10 - tilt * places - decay * torch.arange(40.0)[:, None]
    pitch = torch.randint(30, 90, (count,), generator=generator, dtype=torch.uint8)
    number = torch.arange(count)
    return NoteBlocks(
        blocks=blocks.clamp_min(lay.FLOOR_DB).half(),
        scalars=torch.tensor([[-6.0, 1e-4, 3.0]]).repeat(count, 1),
        pitch=pitch,
        velocity=torch.full((count,), 100, dtype=torch.uint8),
        family=torch.zeros(count, dtype=torch.uint8),
        source=torch.zeros(count, dtype=torch.uint8),
        split=(number % 5 == 0).to(torch.uint8),
        note_ids=tuple(f"n{i}" for i in range(count)),
        instrument_ids=tuple(f"i{i // 6}" for i in range(count)),
    )


def config(out: Path, steps: int) -> CodecTrainConfig:
    loop = LoopConfig(
        steps=steps, batch_size=8, learning_rate=3e-3, warmup=2, ema=0.0, precision="32-true",
        log_every=5, valid_every=10, save_every=10,
    )  # fmt: skip
    return CodecTrainConfig(out=out, plain_steps=5, valid_notes=12, model=TINY, loop=loop)


def train(out: Path, steps: int, resume: bool = False, stop: int | None = None) -> dict[str, float]:
    chosen = config(out, steps)
    task = CodecTask(chosen, notes())
    settings = {"steps": steps}

    def report(line: dict[str, float]) -> None:
        if stop is not None and line["step"] > stop:
            raise InterruptedError

    return fit(task, chosen.loop, out, settings=settings, resume=resume, on_report=report)


def test_training_lowers_the_error_on_held_out_instruments(tmp_path: Path) -> None:
    last = train(tmp_path, 40)
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    first = next(line for line in lines if "valid_bands" in line)
    assert last["valid_bands"] < first["valid_bands"]
    codec = load_codec(tmp_path / "model")
    assert (codec.num_codebooks, codec.cardinality) == (4, 32)


def test_a_stopped_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    train(whole, 30)
    with pytest.raises(InterruptedError):
        train(cut, 30, stop=20)
    train(cut, 30, resume=True)
    left, right = (f / "model" / "model.safetensors" for f in (whole, cut))
    assert left.read_bytes() == right.read_bytes()


def other_decoder(out: Path, start: Path, size: int) -> CodecTrainConfig:
    network = dataclasses.replace(TINY.network, decoder_dim=size, decoder_layers=2 * bool(size))
    model = dataclasses.replace(TINY, network=network)
    return dataclasses.replace(config(out, 60), start=start, model=model, codebooks_in_use=2)


@pytest.mark.parametrize("size", [0, 24])
def test_a_decoder_learns_on_and_every_token_stays_valid(size: int, tmp_path: Path) -> None:
    train(tmp_path / "first", 20)
    first = load_codec(tmp_path / "first" / "model")
    chosen = other_decoder(tmp_path / "second", tmp_path / "first" / "model", size)
    last = fit(CodecTask(chosen, notes()), chosen.loop, chosen.out)
    second = load_codec(tmp_path / "second" / "model")
    known = notes()
    codes = [encode_notes(codec, known) for codec in (first, second)]  # type: ignore[arg-type]
    assert torch.equal(*codes)
    blocks, pitch = known.blocks[:12].float(), known.pitch[:12].long()
    few = codes[0][:12, :2, 1:]
    errors = [
        float(reconstruction_loss(codec.decode_blocks(few, pitch), blocks, pitch)["bands"])  # type: ignore[attr-defined]
        for codec in (first, second)
    ]
    assert errors[1] < errors[0]
    assert last["valid_bands_in_use"] > 0


def test_a_decoder_of_the_same_size_begins_where_the_other_stood(tmp_path: Path) -> None:
    train(tmp_path / "first", 10)
    folder = tmp_path / "first" / "model"
    chosen = dataclasses.replace(config(tmp_path, 5), start=folder)
    task = CodecTask(chosen, notes())
    for name, value in NoteCodec.load(folder).network.state_dict().items():
        assert torch.equal(task.model.codec.network.state_dict()[name], value)
    task.model.train()
    assert not task.model.codec.quantiser.training
    trained = {name for name, p in task.model.named_parameters() if p.requires_grad}
    assert trained
    assert all(name.startswith("codec.network.decoder.") for name in trained)


def test_what_does_not_fit_a_start_is_refused(tmp_path: Path) -> None:
    train(tmp_path / "first", 10)
    chosen = other_decoder(tmp_path, tmp_path / "first" / "model", 24)
    wider = dataclasses.replace(chosen.model, cardinality=64)
    with pytest.raises(InputError, match=r"start: .* is of another shape \(quantiser"):
        CodecTask(dataclasses.replace(chosen, model=wider), notes())
    with pytest.raises(InputError, match="codebooks_in_use is 5; the codec has 4"):
        dataclasses.replace(chosen, codebooks_in_use=5)


def test_most_notes_use_as_many_codebooks_as_are_in_use(tmp_path: Path) -> None:
    chosen = dataclasses.replace(config(tmp_path, 5), codebooks_in_use=2, quantiser_dropout=0.3)
    batch = CodecTask(chosen, notes()).batch(torch.zeros(400).long(), torch.Generator())
    counts = torch.bincount(batch.keep, minlength=5)
    assert counts[0] == 0
    assert counts[2] > 250
    assert all(counts[[1, 3, 4]] > 10)


def test_a_corpus_without_validation_is_refused(tmp_path: Path) -> None:
    corpus = notes()
    corpus = dataclasses.replace(corpus, split=torch.zeros_like(corpus.split))
    with pytest.raises(InputError, match="valid"):
        CodecTask(config(tmp_path, 5), corpus)


def test_bands_add_up_partials_and_masked_errors_cost_little() -> None:
    features = torch.full((1, 40, lay.FEATURES), lay.FLOOR_DB)
    features[..., 0] = 0
    features[:, :, lay.HARMONIC_SLICE.start] = 0.0  # one partial of amplitude one: power 1/2
    pitch = torch.tensor([69])
    total = (10 ** (band_levels(features, pitch) / 10)).sum(-1)
    assert total[0].numpy() == pytest.approx(0.5, rel=0.02)
    masked, heard = features.clone(), features.clone()
    band = int(lay.position_on_erb(np.asarray([440.0]), lay.NOISE_BANDS)[0])
    masked[..., lay.NOISE_SLICE.start + band] = -50.0
    heard[..., lay.NOISE_SLICE.start + 30] = -50.0
    costs = [float(reconstruction_loss(x, features, pitch)["bands"]) for x in (masked, heard)]
    assert costs[0] < costs[1] / 2


def test_tokens_begin_with_a_header_that_tells_level_stiffness_and_detune(tmp_path: Path) -> None:
    train(tmp_path, 10)
    codec = load_codec(tmp_path / "model")
    codes = encode_notes(codec, notes(7))  # type: ignore[arg-type]
    assert codes.shape == (7, 4, 41)
    assert len(codes[:, :, 0].unique(dim=0)) == 1
    assert int(codes[0, 0, 0]) == round(90 / 96 * 31)


def test_vectors_follow_the_notes_by_name(tmp_path: Path) -> None:
    vectors = torch.eye(3, 4).half()
    save_file({"vectors": vectors}, tmp_path / "vectors.safetensors")
    (tmp_path / "note_ids.json").write_text('["a", "b", "c"]')
    assert torch.equal(read_vectors(tmp_path, ("c", "a")), vectors[[2, 0]])
    with pytest.raises(InputError, match="no vector of 1 notes"):
        read_vectors(tmp_path, ("a", "d"))
    with pytest.raises(InputError, match="is missing"):
        read_vectors(tmp_path / "nowhere", ("a",))
