"""Masked decoding beside the autoregressive one of the same size: how much faster, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from trichord.lm import CodecLM, Conditions, Sampling
from trichord.lm.masked import passes_of
from trichord.studies.lm.decoding import drawing, model_of
from trichord.studies.lm.study import LMStudy
from trichord.studies.lm.timing import best_seconds, circumstances
from trichord.studies.tables import Cell, Table, Target

LEAST_RATIO = 3.0
PASSES = ((20, 10), (8, 2), (4, 1), (1,))
"""Per codebook, the last number for all further ones; the first line is MAGNeT's."""
FEW = ((4, 1), (1,))
"""For many rows, where more would take minutes."""
CLIP = {"num_codebooks": 4, "max_frames": 250}
"""Ten seconds at 25 frames a second."""


def masked_table(study: LMStudy) -> Table:
    """Passes against steps, for one clip and for many notes."""
    options = study.options
    rows: list[tuple[Cell, ...]] = []
    targets: list[Target] = []
    with study.cores():
        clip = _Work("one clip", 1, CLIP["max_frames"], CLIP, PASSES, PASSES[1])
        notes = _Work(f"{options.rows} notes", options.rows, options.frames, {}, FEW, FEW[0])
        for work in (clip, notes):
            for guidance in (1.0, 3.0):
                lines, ratio = _compared(study, work, guidance)
                rows += lines
                told = f"{work.name}, guidance {_strength(guidance)}, passes {_told(work.held)}"
                targets.append(
                    Target(f"masked beside autoregressive: {told}", f"≥ {LEAST_RATIO:g} ×",
                           f"{ratio:.1f} ×", ratio >= LEAST_RATIO)
                )  # fmt: skip
        where = circumstances(options.threads)
    return Table(
        title="Masked decoding beside autoregressive decoding",
        columns=(
            "drawn",
            "guidance",
            "passes",
            "in all",
            "masked, s",
            "autoregressive, s",
            "ratio",
        ),
        rows=tuple(rows),
        about=(
            f"Models of the size {options.size}, random weights, bfloat16, top-k 50. A clip is "
            f"{CLIP['max_frames']} frames of {CLIP['num_codebooks']} codebooks, a note "
            f"{options.frames} frames of 8. Passes are per codebook, the last number for all "
            "further ones. An autoregressive step multiplies one position a row, a masked pass "
            "all of them: where a processor is kept busy by the rows of one step already, masked "
            "decoding does many times the work. "
            "A single row is stepped as sixteen, so that it comes out alike alone and in a batch; "
            "a step of one row alone would be quicker. How good the notes are that few passes "
            "leave is not told by random weights. "
            f"Best of {options.rounds} rounds in turns, on {where}"
        ),
        targets=tuple(targets),
    )


@dataclass(frozen=True)
class _Work:
    """What is drawn, and in how many passes."""

    name: str
    rows: int
    frames: int
    shape: dict[str, int]
    """Fields of the configuration."""
    passes: tuple[tuple[int, ...], ...]
    held: tuple[int, ...]
    """Those that the target is about."""


def _compared(study: LMStudy, work: _Work, guidance: float) -> tuple[list[tuple[Cell, ...]], float]:
    seed, frames = study.options.seed, work.frames
    plain = model_of(study.config(**work.shape), seed, torch.bfloat16)
    masked = model_of(study.config(**work.shape, decoding="masked"), seed, torch.bfloat16)
    works = [drawing(plain, work.rows, frames, guidance)]
    works += [_filling(masked, work.rows, frames, guidance, passes) for passes in work.passes]
    steps, *filled = best_seconds(works, study.options.rounds)
    rows: list[tuple[Cell, ...]] = []
    for passes, took in zip(work.passes, filled, strict=True):
        total = sum(passes_of(Sampling(steps=passes), masked.config.num_codebooks, frames))
        rows.append(
            (work.name, _strength(guidance), _told(passes), total, took, steps, steps / took)
        )
    return rows, steps / filled[work.passes.index(work.held)]


def _filling(
    model: CodecLM, rows: int, frames: int, guidance: float, passes: tuple[int, ...]
) -> Callable[[], object]:
    conditions = Conditions(pitch=torch.full((rows,), 60))
    plain = Sampling(temperature=1.0, top_k=50, guidance=guidance, seed=1)
    return lambda: model.generate(conditions, frames, replace(plain, steps=passes))


def _strength(guidance: float) -> str:
    return "none" if guidance == 1 else f"{guidance:g}"


def _told(passes: tuple[int, ...]) -> str:
    return ", ".join(map(str, passes)) + (" …" if len(passes) > 1 else " each")
