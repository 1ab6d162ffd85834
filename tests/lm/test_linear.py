"""Matrices that keep their layout while notes are drawn: the same bits, and gone afterwards."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from trichord.lm import CodecLM, Conditions, LMConfig, Sampling
from trichord.lm import linear as module
from trichord.lm.linear import Linear, laid_out


def matrix(width: int, out: int) -> Linear:
    torch.manual_seed(0)
    return Linear(width, out).to(torch.bfloat16)


@pytest.mark.parametrize("shape", [(1,), (16,), (37,), (500,), (16, 1), (3, 29)])
def test_the_same_numbers_come_out_to_the_last_bit(shape: tuple[int, ...]) -> None:
    one = matrix(64, 96)
    x = torch.randn(*shape, 64, generator=torch.Generator().manual_seed(1)).to(torch.bfloat16)
    with torch.no_grad(), laid_out(one, 16):
        assert torch.equal(one(x), F.linear(x, one.weight))


def test_nothing_is_kept_after_the_block_or_an_error() -> None:
    one = matrix(8, 8)
    x = torch.ones(2, 8, dtype=torch.bfloat16)
    with pytest.raises(RuntimeError), laid_out(one, 2):
        raise RuntimeError
    with torch.no_grad():
        one.weight.zero_()
    assert float(one(x).detach().abs().sum()) == 0
    one(x).sum().backward()
    assert one.weight.grad is not None


def test_weights_of_full_precision_stay_as_they_are() -> None:
    one = Linear(8, 8)
    with laid_out(one, 2):
        assert one._laid is None


def test_a_build_without_it_draws_the_same_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    model = CodecLM(LMConfig.debug(like_frames=4)).to(torch.bfloat16).eval()
    for parameter in model.parameters():  # far from the shy initial weights
        if parameter.dim() == 2:
            torch.nn.init.normal_(parameter, std=0.2)
    known = Conditions(pitch=torch.tensor([60, 48]), like=torch.ones(2, 3, 4).long())
    usual = model.generate(known, 8, Sampling(guidance=2.0, seed=1))
    streamed = torch.cat(list(model.stream(known, 8, Sampling(guidance=2.0, seed=1))), dim=2)
    monkeypatch.setattr(module, "has_bfloat16", lambda device: False)
    assert torch.equal(model.generate(known, 8, Sampling(guidance=2.0, seed=1)), usual)
    assert torch.equal(streamed, usual)
    assert len(usual.unique()) > 3


def test_a_changed_weight_is_laid_out_anew() -> None:
    one = matrix(8, 8)
    x = torch.ones(2, 8, dtype=torch.bfloat16)
    with torch.no_grad():
        for scale in (1.0, 0.0, 2.0):
            one.weight.fill_(scale)
            with laid_out(one, 2):
                assert float(one(x).float().mean()) == 8 * scale


def test_without_instructions_for_it_bfloat16_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "has_bfloat16", lambda device: True)
    assert module.quick_dtype() is torch.bfloat16
    monkeypatch.setattr(module, "has_bfloat16", lambda device: False)
    assert module.quick_dtype() is torch.float32


def test_names_of_the_weights_are_those_of_torch() -> None:
    assert list(matrix(4, 4).state_dict()) == ["weight"]
