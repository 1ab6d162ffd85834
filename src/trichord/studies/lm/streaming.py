"""How soon the first frames of a clip are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from trichord.lm import CodecLM, Conditions, Sampling
from trichord.studies.lm.decoding import model_of
from trichord.studies.lm.masked import CLIP
from trichord.studies.lm.study import LMStudy
from trichord.studies.lm.timing import best_seconds, circumstances
from trichord.studies.tables import Cell, Table

SIZES = ("nano", "small", "medium", "60m")
FIRST = 13
"""Frames that are waited for: half a second at 25 frames a second."""


def stream_table(study: LMStudy) -> Table:
    """First frames and all frames of one clip, by size and pattern."""
    from trichord.lm import make_config

    rows: list[tuple[Cell, ...]] = []
    with study.cores():
        for size in SIZES:
            for pattern in ("delay", "parallel"):
                config = make_config(size, cardinality=1024, pattern=pattern, **CLIP)
                model = model_of(config, study.options.seed, torch.bfloat16)
                numbers = sum(p.numel() for p in model.parameters())
                first, every = best_seconds([_first(model), _all(model)], study.options.rounds)
                frames = CLIP["max_frames"]
                rows.append((size, pattern, numbers / 1e6, first, every, frames / every))
        where = circumstances(study.options.threads)
    return Table(
        title="First frames of a clip",
        columns=(
            "size",
            "pattern",
            "million numbers",
            f"first {FIRST} frames, s",
            "all, s",
            "frames/s",
        ),
        rows=tuple(rows),
        about=(
            f"`CodecLM.stream(..., at_once={FIRST})` of one clip of {CLIP['max_frames']} frames "
            f"and {CLIP['num_codebooks']} codebooks (ten seconds at 25 frames a second), guidance "
            f"3, bfloat16, random weights; the codec comes on top. Best of {study.options.rounds} "
            f"rounds, on {where}"
        ),
    )


def _first(model: CodecLM) -> Callable[[], object]:
    return lambda: next(_stream(model))


def _all(model: CodecLM) -> Callable[[], object]:
    return lambda: list(_stream(model))


def _stream(model: CodecLM) -> Iterator[Tensor]:
    conditions = Conditions(pitch=torch.full((1,), 60))
    return model.stream(conditions, CLIP["max_frames"], Sampling(seed=1), at_once=FIRST)
