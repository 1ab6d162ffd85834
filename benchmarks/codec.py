"""The note codec against EnCodec and DAC of transformers, sizes as published, weights random."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from transformers import DacConfig, DacModel, EncodecConfig, EncodecModel

from benchmarks.timing import Figure, best_seconds
from trichord.codec.base import Codec

SECONDS = 4.0
"""Of one note: what the default instrument asks for."""
NOTES = 4
"""Encoded and decoded together."""
PITCH = 48


def figures(codec: Codec, rounds: int) -> Iterator[Figure]:
    """Seconds of sound per second, encoding and decoding, beside each peer."""
    pitch = torch.full((NOTES,), PITCH)
    waves = _notes(codec.sample_rate)
    codes = codec.encode(waves, pitch)
    ours: dict[str, Callable[[], object]] = {
        "encode": lambda: codec.encode(waves, pitch),
        "decode": lambda: codec.decode(codes, pitch),
    }
    for name, theirs in (("EnCodec, 24 kHz", _encodec()), ("DAC, 44.1 kHz", _dac())):
        for verb, work in ours.items():
            mine, peer = best_seconds([work, theirs[verb]], rounds)
            sound = SECONDS * NOTES
            label = f"{name}, in transformers, one note of {SECONDS:.0f} s"
            yield Figure(f"note codec, {verb}", sound / mine, label, SECONDS / peer, "x real time")


def _notes(sample_rate: int) -> torch.Tensor:
    """Decaying strings [NOTES, 1, T]: harmonic, so that the codec's analysis has its usual work."""
    time = np.arange(round(SECONDS * sample_rate)) / sample_rate
    hz = 440.0 * 2 ** ((PITCH - 69) / 12)
    partials = [np.sin(2 * np.pi * k * hz * time) * np.exp(-k * time) / k for k in range(1, 40)]
    wave = 0.1 * np.sum(partials, axis=0, dtype=np.float32)
    return torch.from_numpy(wave.astype(np.float32)).expand(NOTES, 1, -1).contiguous()


def _encodec() -> dict[str, Callable[[], object]]:
    torch.manual_seed(0)
    model = EncodecModel(EncodecConfig()).eval()
    return _pair(model, model.config.sampling_rate, 6.0)


def _dac() -> dict[str, Callable[[], object]]:
    torch.manual_seed(0)
    size = DacConfig(
        downsampling_ratios=[2, 4, 8, 8],
        n_codebooks=9,
        sampling_rate=44100,
        upsampling_ratios=[8, 8, 4, 2],
    )
    return _pair(DacModel(size).eval(), size.sampling_rate, None)


def _pair(
    model: EncodecModel | DacModel, sample_rate: int, bandwidth: float | None
) -> dict[str, Callable[[], object]]:
    """The peer's two directions on one note."""
    wave = torch.zeros(1, 1, round(SECONDS * sample_rate)).normal_(std=0.1)
    options = {} if bandwidth is None else {"bandwidth": bandwidth}
    with torch.inference_mode():
        encoded = model.encode(wave, **options)
    given = {"audio_codes": encoded.audio_codes}
    if isinstance(model, EncodecModel):
        given["audio_scales"] = encoded.audio_scales

    def encode() -> object:
        with torch.inference_mode():
            return model.encode(wave, **options)

    def decode() -> object:
        with torch.inference_mode():
            return model.decode(**given)

    return {"encode": encode, "decode": decode}
