"""Frames are handed out in order, as early as the pattern allows, and are those of `generate`."""

from __future__ import annotations

import pytest
import torch

from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions, LMConfig, Sampling

B, K, FRAMES = 3, 3, 9
OPTIONS = Sampling(seed=5, top_k=9, guidance=2.0)


def make(**changes: object) -> CodecLM:
    torch.manual_seed(0)
    return CodecLM(LMConfig.debug(**changes))


def known() -> Conditions:
    return Conditions(pitch=40 + torch.arange(B))


@pytest.mark.parametrize("pattern", ["delay", "parallel", "flat"])
@pytest.mark.parametrize("at_once", [1, 4, 9, 20])
def test_a_stream_is_what_is_generated(pattern: str, at_once: int) -> None:
    model = make(pattern=pattern)
    chunks = list(model.stream(known(), FRAMES, OPTIONS, seeds=[5, 5, 8], at_once=at_once))
    sizes = [chunk.shape[2] for chunk in chunks]
    assert sizes == [at_once] * (FRAMES // at_once) + [FRAMES % at_once] * (FRAMES % at_once > 0)
    whole = model.generate(known(), FRAMES, OPTIONS, seeds=[5, 5, 8])
    assert torch.equal(torch.cat(chunks, dim=2), whole)


@pytest.mark.parametrize(("pattern", "first"), [("delay", 3), ("parallel", 1), ("flat", 3)])
def test_the_first_frame_waits_for_its_own_codebooks_alone(
    pattern: str, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make(pattern=pattern)
    steps: list[int] = []
    plain = model.embed

    def watched(tokens: torch.Tensor, step: int) -> torch.Tensor:
        steps.append(step)
        return plain(tokens, step)

    monkeypatch.setattr(model, "embed", watched)
    next(model.stream(known(), FRAMES, OPTIONS))
    assert len(steps) == first


def test_a_stream_that_is_left_leaves_the_model_as_it_was() -> None:
    model = make().train()
    stream = model.stream(known(), FRAMES, OPTIONS)
    next(stream)
    assert torch.is_grad_enabled()
    stream.close()
    assert model.training


def test_a_stream_of_nothing_at_once_is_refused() -> None:
    with pytest.raises(InputError, match="at_once is 0"):
        list(make().stream(known(), FRAMES, at_once=0))
