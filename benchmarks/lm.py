"""Generation against the same-size decoder of transformers' MusicGen, and the matrix rate."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from transformers import MusicgenForCausalLM
from transformers.models.musicgen.configuration_musicgen import MusicgenDecoderConfig

from benchmarks.timing import Figure, best_seconds
from trichord.lm import Conditions, LMConfig, Sampling
from trichord.lm.model import CodecLM

NOTES = 32
"""Rows generated together, about what an instrument's later batches hold."""


def figures(config: LMConfig, rounds: int) -> Iterator[Figure]:
    """Frames per second, and multiplications per second, of a model of this configuration."""
    frames = min(48, config.max_frames)
    ours, theirs, side = _ours(config), _musicgen(config), 1024
    steps = frames + (config.num_codebooks - 1 if config.pattern == "delay" else 0)
    matrices = torch.randn(2, side, side)
    sampling = Sampling(temperature=1.0, top_k=50, top_p=1.0, guidance=1.0, seed=1)
    conditions = Conditions(pitch=torch.full((NOTES,), 60))
    prompt = torch.full((NOTES * config.num_codebooks, 1), config.cardinality)

    def generate() -> None:
        ours.generate(conditions, frames, sampling)

    def generate_musicgen() -> None:
        # The same number of decoder steps: one token of the prompt, then as many as ours takes.
        theirs.generate(prompt, do_sample=True, top_k=50, max_new_tokens=steps)

    def multiply() -> None:
        for _ in range(8):
            torch.mm(matrices[0], matrices[1])

    seconds, musicgen, product = best_seconds([generate, generate_musicgen, multiply], rounds)
    notes = f"{NOTES} notes of {frames} frames at once"
    yield Figure(
        f"generation, {notes}",
        NOTES * frames / seconds,
        "MusicGen's decoder in transformers, same dim, layers, heads, codebooks, steps and batch",
        NOTES * frames / musicgen,
        "frames/s",
    )
    weights = sum(p.numel() for p in ours.transformer.parameters()) + ours.heads.weight.numel()
    yield Figure(
        f"multiplications in generation, {notes}",
        2e-9 * weights * NOTES * steps / seconds,
        f"torch.mm of {side} x {side} float32",
        2e-9 * 8 * side**3 / product,
        "GFLOP/s",
    )


def _ours(config: LMConfig) -> CodecLM:
    torch.manual_seed(0)
    return CodecLM(config).eval()


def _musicgen(config: LMConfig) -> MusicgenForCausalLM:
    torch.manual_seed(0)
    size = MusicgenDecoderConfig(
        vocab_size=config.cardinality,
        hidden_size=config.dim,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        ffn_dim=config.hidden * config.dim,
        num_codebooks=config.num_codebooks,
        max_position_embeddings=2 * config.max_frames,
        audio_channels=1,
        bos_token_id=config.cardinality,
        pad_token_id=config.cardinality,
    )
    model = MusicgenForCausalLM(size).eval()
    drawing = model.generation_config
    drawing.decoder_start_token_id = config.cardinality
    drawing.num_return_sequences = 1
    drawing.use_cache = True
    return model
