"""Generation against the same-size decoder of transformers' MusicGen, and the matrix rate."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from benchmarks.timing import Figure, best_seconds
from trichord.lm import Conditions, LMConfig, Sampling
from trichord.lm.model import CodecLM
from trichord.studies.lm.peer import draw, musicgen

NOTES = 32
"""Rows generated together, about what an instrument's later batches hold."""


def figures(config: LMConfig, rounds: int) -> Iterator[Figure]:
    """Frames per second, and multiplications per second, of a model of this configuration."""
    frames = min(48, config.max_frames)
    ours, theirs, side = _ours(config), musicgen(config), 1024
    steps = frames + (config.num_codebooks - 1 if config.pattern == "delay" else 0)
    matrices = torch.randn(2, side, side)
    sampling = Sampling(temperature=1.0, top_k=50, top_p=1.0, guidance=1.0, seed=1)
    conditions = Conditions(pitch=torch.full((NOTES,), 60))

    def generate() -> None:
        ours.generate(conditions, frames, sampling)

    def generate_musicgen() -> None:
        # The same number of decoder steps: one token of the prompt, then as many as ours takes.
        draw(theirs, NOTES, steps, guided=False)

    def multiply() -> None:
        for _ in range(8):
            torch.mm(matrices[0], matrices[1])

    seconds, peer, product = best_seconds([generate, generate_musicgen, multiply], rounds)
    notes = f"{NOTES} notes of {frames} frames at once"
    yield Figure(
        f"generation, {notes}",
        NOTES * frames / seconds,
        "MusicGen's decoder in transformers, same dim, layers, heads, codebooks, steps and batch",
        NOTES * frames / peer,
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
