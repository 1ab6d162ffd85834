"""Text as a condition: as a sum, a prefix, by cross-attention; absent, padded, dropped."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions, LMConfig, Sampling
from trichord.lm.config import DropRates

B, K, FRAMES, D = 4, 3, 7, 6
WAYS = ("sum", "prepend", "cross")


def make(**changes: object) -> CodecLM:
    torch.manual_seed(0)
    model = CodecLM(LMConfig.debug(text_dim=D, text_tokens=5, **changes)).eval()
    for name, parameter in model.named_parameters():
        if parameter.dim() == 2 or name == "text.null":
            torch.nn.init.normal_(parameter, std=0.2)
    return model


def codes(frames: int = FRAMES) -> torch.Tensor:
    return torch.randint(0, 16, (B, K, frames), generator=torch.Generator().manual_seed(6))


def told(length: int = 4, **changes: object) -> Conditions:
    text = torch.randn(B, length, D, generator=torch.Generator().manual_seed(3))
    lengths = torch.tensor([4, 2, 1, 3]).clamp(max=length)
    conditions = Conditions(pitch=40 + torch.arange(B), text=text, text_length=lengths)
    return dataclasses.replace(conditions, **changes)


@pytest.mark.parametrize("fuser", WAYS)
@pytest.mark.parametrize("way", WAYS)
def test_greedy_generation_with_cache_agrees_with_the_plain_pass(fuser: str, way: str) -> None:
    model = make(fuser=fuser, text_fuser=way)
    drawn = model.generate(told(), 24, Sampling(temperature=0, guidance=2.5))
    conditioned, free = model(drawn, told()), model(drawn, Conditions())
    assert torch.equal((free + 2.5 * (conditioned - free)).argmax(-1), drawn)


@pytest.mark.parametrize("way", WAYS)
def test_every_state_that_counts_is_heard_and_no_padding(way: str) -> None:
    model = make(text_fuser=way)
    before = model(codes(), told())
    for row, state in ((0, 3), (1, 0), (3, 2)):
        text = told().text.clone()
        text[row, state] = -text[row, state]
        after = model(codes(), told(text=text))
        others = [each for each in range(B) if each != row]
        assert not torch.allclose(after[row], before[row])
        assert torch.allclose(after[others], before[others], atol=1e-5)
    text = told().text.clone()
    text[1, 2:], text[2, 1:] = 99.0, 99.0
    assert torch.equal(model(codes(), told(text=text)), before)


@pytest.mark.parametrize("way", WAYS)
def test_more_padding_changes_nothing(way: str) -> None:
    model = make(text_fuser=way)
    longer = F.pad(told().text, (0, 0, 0, 9), value=7.0)
    assert torch.allclose(model(codes(), told(text=longer)), model(codes(), told()), atol=1e-6)


@pytest.mark.parametrize("way", ["prepend", "cross"])
def test_a_text_that_is_too_long_is_cut(way: str) -> None:
    model = make(text_fuser=way)
    text = torch.randn(B, 9, D, generator=torch.Generator().manual_seed(4))
    cut = Conditions(text=text[:, :5])
    assert torch.equal(model(codes(), Conditions(text=text)), model(codes(), cut))


def test_a_pooled_text_is_its_single_state() -> None:
    """The sum takes the mean of the states: a text of equal states is one of them."""
    model = make(text_fuser="sum")
    one = torch.randn(B, 1, D, generator=torch.Generator().manual_seed(4))
    many = Conditions(text=one.expand(-1, 6, -1))
    assert torch.allclose(model(codes(), Conditions(text=one)), model(codes(), many), atol=1e-5)


def test_the_scale_of_an_encoder_does_not_matter() -> None:
    model = make()
    louder = told(text=told().text * 50)
    assert torch.allclose(model(codes(), louder), model(codes(), told()), atol=1e-3)


@pytest.mark.parametrize("way", WAYS)
def test_a_hidden_text_is_no_text(way: str) -> None:
    model = make(text_fuser=way)
    rates = DropRates(0, 0, 0, 0, 0, 0, 0, text=1.0)
    without = model(codes(), Conditions(pitch=told().pitch))
    for given in (told(), told(text_length=None)):
        hidden = given.drop(rates, torch.Generator().manual_seed(0))
        assert torch.allclose(model(codes(), hidden), without, atol=1e-6)
    assert not torch.allclose(model(codes(), told()), without)


def test_the_rate_at_which_text_is_hidden_is_kept() -> None:
    many = Conditions(pitch=torch.full((20_000,), 60), text=torch.ones(20_000, 2, 1))
    rates = DropRates(0, 0, 0, 0, 0, 0, everything=0.1, text=0.3)
    dropped = many.drop(rates, torch.Generator().manual_seed(1))
    gone = dropped.text_length == 0
    assert gone.float().mean().item() == pytest.approx(0.3 + 0.7 * 0.1, abs=0.02)
    assert torch.equal(gone, (dropped.text == 0).all(dim=(1, 2)))
    assert gone[dropped.pitch < 0].all(), "hidden with everything else"


def test_a_text_does_not_change_how_other_conditions_are_dropped() -> None:
    known = Conditions(pitch=torch.arange(50), velocity=torch.arange(1, 51))
    beside = dataclasses.replace(known, text=torch.ones(50, 1, D))
    one, two = (c.drop(DropRates(), torch.Generator().manual_seed(3)) for c in (known, beside))
    assert torch.equal(one.pitch, two.pitch)
    assert torch.equal(one.velocity, two.velocity)


def test_rows_come_out_alike_alone_or_in_a_batch() -> None:
    model = make(text_fuser="cross")
    together = model.generate(told(), 12, Sampling(seed=2), seeds=[5, 6, 7, 8])
    alone = told(2).select([1])  # the rest of its padding is gone
    known = dataclasses.replace(alone, text=told().text[1:2, :2])
    assert torch.equal(model.generate(known, 12, Sampling(seed=2), seeds=[6])[0], together[1])


@pytest.mark.parametrize("way", WAYS)
def test_what_a_text_says_is_learnt(way: str) -> None:
    """The one state tells the code, among states that are never met twice."""
    torch.manual_seed(0)
    small = {"num_codebooks": 1, "pattern": "parallel", "text_dim": 16, "text_tokens": 2}
    model = CodecLM(LMConfig.debug(text_fuser=way, **small))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    loss = torch.tensor(0.0)
    for _ in range(80):
        shown = torch.randint(0, 16, (64,))
        text = F.one_hot(shown, 16).float() * (1 + torch.rand(64, 1))
        wanted = shown[:, None, None].expand(-1, 1, 2)
        loss = model.loss(wanted, Conditions(text=text[:, None])).total
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.25 * math.log(16), "without the text half of the codes cost log 16"


def test_hidden_states_come_out_of_the_same_pass() -> None:
    """Of each step the state that its logits are read from; the gradient flows into the model."""
    model = make(text_fuser="prepend")
    lengths = torch.tensor([7, 3, 1, 5])
    report = model.loss(codes(), told(), lengths)
    steps = FRAMES + K - 1
    assert report.hidden.shape == (B, steps, 32)
    logits = model.heads(report.hidden).view(B, steps, K, 16).transpose(1, 2)
    assert torch.allclose(model.pattern.revert(logits, FRAMES), model(codes(), told()), atol=1e-5)
    assert report.mask.sum(dim=1).tolist() == [steps, 3 + K - 1, K, 5 + K - 1]
    report.hidden[report.mask].sum().backward()
    assert model.tokens.weight.grad.abs().sum() > 0


def test_it_is_saved_and_read_and_no_part_of_a_model_without_text(tmp_path: Path) -> None:
    model = make(text_fuser="cross")
    model.save(tmp_path)
    assert torch.equal(CodecLM.load(tmp_path)(codes(), told()), model(codes(), told()))
    plain = CodecLM(LMConfig.debug())
    assert not any(name.startswith("text") for name in plain.state_dict())


def test_texts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match=r"text is \[4, 6\]; give states"):
        Conditions(text=torch.zeros(B, D))
    with pytest.raises(InputError, match="text of 9 numbers a state; this model's text_dim is 6"):
        make()(codes(), Conditions(text=torch.zeros(B, 2, 9)))
    with pytest.raises(InputError, match="text_dim is 0: leave it out"):
        CodecLM(LMConfig.debug())(codes(), told())
