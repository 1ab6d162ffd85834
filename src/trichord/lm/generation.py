"""From a request to codes, whole or as they are finished, by either way of decoding."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.lm.autoregressive import draw_steps, finished_frames
from trichord.lm.conditions import Conditions
from trichord.lm.guidance import Guide, make_guide
from trichord.lm.linear import laid_out
from trichord.lm.masked import decode_masked
from trichord.lm.sampling import Sampling, row_generators

if TYPE_CHECKING:
    from trichord.lm.model import CodecLM

# Matrix products of very few rows take other paths than those of many and round otherwise; from
# this many on a row comes out the same to the last bit whatever stands beside it.
_LEAST_ROWS = 16


@dataclass(frozen=True)
class Request:
    """The notes that are asked for; see `CodecLM.generate`."""

    conditions: Conditions
    frames: int
    sampling: Sampling
    seeds: Sequence[int] | None


@torch.no_grad()
def generate(
    model: CodecLM, request: Request, on_step: Callable[[int, int], None] | None
) -> Tensor:
    """All codes of a request, int64 [N, K, F]."""
    count, frames, sampling = len(request.conditions), request.frames, request.sampling
    with _evaluating(model):
        guide, generators = _prepared(model, request)
        if model.masked:
            with laid_out(model, guide.passes * len(generators) * frames):
                return decode_masked(model, guide, frames, sampling, generators, on_step)[:count]
        drawn: list[Tensor] = []
        steps = model.pattern.steps(frames)
        with laid_out(model, guide.passes * len(generators)):
            for tokens in draw_steps(model, guide, frames, sampling, generators):
                drawn.append(tokens)
                if on_step is not None:
                    on_step(len(drawn), steps)
    return model.pattern.revert(torch.stack(drawn, dim=2), frames)[:count]


def stream(model: CodecLM, request: Request, at_once: int) -> Iterator[Tensor]:
    """Frames of a request as soon as they are complete, int64 [N, K, f] after [N, K, f]."""
    if at_once < 1:
        raise InputError(f"at_once is {at_once}; give at least one frame")
    if model.masked:
        yield generate(model, request, None)
        return
    count, frames, given = len(request.conditions), request.frames, 0
    finished = finished_frames(model.pattern, frames)
    drawn: list[Tensor] = []
    for tokens in _steps(model, request):
        drawn.append(tokens)
        complete = finished[len(drawn) - 1]
        if complete - given >= at_once or given < complete == frames:
            # What is not drawn yet stands empty: no complete frame reads from there.
            missing = [torch.zeros_like(tokens)] * (len(finished) - len(drawn))
            codes = model.pattern.revert(torch.stack(drawn + missing, dim=2), frames)
            yield codes[:count, :, given:complete]
            given = complete


@torch.no_grad()
def _steps(model: CodecLM, request: Request) -> Iterator[Tensor]:
    with _evaluating(model):
        guide, generators = _prepared(model, request)
        with laid_out(model, guide.passes * len(generators)):
            yield from draw_steps(model, guide, request.frames, request.sampling, generators)


@contextmanager
def _evaluating(model: CodecLM) -> Generator[None]:
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)


def _prepared(model: CodecLM, request: Request) -> tuple[Guide, list[torch.Generator]]:
    """Conditions of all passes and a generator per row, with rows added where there are few."""
    count, frames, seeds = len(request.conditions), request.frames, request.seeds
    if count < 1:
        raise InputError("conditions hold no note; give at least one attribute for each note")
    if not 1 <= frames <= model.config.max_frames:
        raise InputError(f"frames is {frames}; this model makes 1..{model.config.max_frames}")
    if seeds is not None and len(seeds) != count:
        raise InputError(f"there are {len(seeds)} seeds for {count} notes; give one per note")
    keys = list(range(count)) if seeds is None else list(seeds)
    # A masked model multiplies all frames of a row at once.
    least = -(-_LEAST_ROWS // frames) if model.masked else _LEAST_ROWS
    added = [0] * max(0, least - count)
    generators = row_generators(request.sampling.seed, [*keys, *added])
    known = request.conditions.select([*range(count), *added]).to(model.device)
    return make_guide(model.fused, known, request.sampling), generators
