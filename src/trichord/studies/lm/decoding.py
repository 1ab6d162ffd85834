"""Drawing: frames per second beside MusicGen's decoder, and the share of the matrix rate."""

from __future__ import annotations

from collections.abc import Callable

import torch

from trichord.lm import CodecLM, Conditions, LMConfig, Sampling
from trichord.studies.lm.peer import draw, musicgen
from trichord.studies.lm.study import LMStudy
from trichord.studies.lm.timing import SIDE, best_seconds, circumstances, products
from trichord.studies.tables import Cell, Table, Target, percent

LEAST_RATIO, LEAST_SHARE = 4.0, 0.35


def decode_table(study: LMStudy) -> Table:
    """Notes drawn together by both, in bfloat16, and by the peer in its float32 as well."""
    rows: list[tuple[Cell, ...]] = []
    targets: list[Target] = []
    with study.cores():
        for guided in (True, False):
            lines, reached = _compared(study, guided)
            rows += lines
            targets += reached
        about = _about(study)
    return Table(
        title="Drawing beside MusicGen's decoder",
        columns=("guidance", "decoder", "ms a step", "frames/s", "ours is", "share of matrix rate"),
        rows=tuple(rows),
        about=about,
        targets=tuple(targets),
    )


def _compared(study: LMStudy, guided: bool) -> tuple[list[tuple[Cell, ...]], list[Target]]:
    config, options = study.config(), study.options
    ours = model_of(config, options.seed, torch.bfloat16)
    full = musicgen(config, options.seed)
    half = musicgen(config, options.seed).bfloat16()
    steps = ours.pattern.steps(options.frames)
    multiply, operations = products(torch.bfloat16)
    works: list[Callable[[], object]] = [
        drawing(ours, options.rows, options.frames, 3.0 if guided else 1.0),
        lambda: draw(half, options.rows, steps, guided),
        lambda: draw(full, options.rows, steps, guided),
        multiply,
    ]
    mine, in_half, in_full, product = best_seconds(works, options.rounds)
    passes = options.rows * (2 if guided else 1)
    share = 2.0 * weights_of(ours) * passes * steps / mine / (operations / product)
    said = "3" if guided else "none"
    rows: list[tuple[Cell, ...]] = [
        (said, "ours, bfloat16", *_pace(study, mine, steps), None, percent(share))
    ]
    for name, took in (("bfloat16", in_half), ("float32", in_full)):
        pace = _pace(study, took, steps)
        rows.append((said, f"MusicGen, {name}", *pace, f"{took / mine:.1f} times as fast", None))
    told = f"guidance {said}"
    ratio = f"{in_full / mine:.1f} × ({in_half / mine:.1f} × in bfloat16)"
    return rows, [
        Target(f"frames/s beside MusicGen as it comes, float32; {told}", f"≥ {LEAST_RATIO:g} ×",
               ratio, in_full / mine >= LEAST_RATIO),
        Target(f"share of the matrix rate in bfloat16; {told}", f"≥ {percent(LEAST_SHARE)}",
               percent(share), share >= LEAST_SHARE),
    ]  # fmt: skip


def drawing(model: CodecLM, rows: int, frames: int, guidance: float) -> Callable[[], object]:
    """Drawing among the 50 likeliest tokens, as a piece of work."""
    conditions = Conditions(pitch=torch.full((rows,), 60))
    sampling = Sampling(temperature=1.0, top_k=50, guidance=guidance, seed=1)
    return lambda: model.generate(conditions, frames, sampling)


def model_of(config: LMConfig, seed: int, dtype: torch.dtype) -> CodecLM:
    """Random weights, whose choices are about as clear as those of a trained model of notes."""
    torch.manual_seed(seed)
    model = CodecLM(config)
    with torch.no_grad():
        # From logits that hardly differ to a deviation of 1.8: 5.3 nats a token of 1024.
        model.heads.weight.mul_(4)
    return model.to(dtype).eval()


def weights_of(model: CodecLM) -> int:
    """Numbers that every token is multiplied with."""
    blocks = [p.numel() for p in model.transformer.parameters() if p.dim() == 2]
    return sum(blocks) + model.heads.weight.numel()


def _pace(study: LMStudy, took: float, steps: int) -> tuple[float, float]:
    frames = study.options.rows * study.options.frames
    return 1000 * took / steps, frames / took


def _about(study: LMStudy) -> str:
    options, config = study.options, study.config()
    return (
        f"{options.rows} notes of {options.frames} frames and {config.num_codebooks} codebooks of "
        f"{config.cardinality} entries at once, delay pattern, {config.layers} layers of width "
        f"{config.dim} with {config.heads} heads, random weights, top-k 50; ours draw from logits "
        "of a deviation of 1.8, as a trained model has them (it saves part of their sorting, which "
        "the peer does in any case). Guidance doubles the rows of both. "
        "MusicGen's decoder is the one in `transformers` with the same numbers and "
        "its cache on; float32 is what it runs in unless it is told otherwise. The share counts "
        "the products with weight matrices alone (two operations a weight and row), against "
        f"`torch.mm` of {SIDE} × {SIDE} in bfloat16 in the same turns. Best of {options.rounds} "
        f"rounds in turns, on {circumstances(options.threads)}"
    )
