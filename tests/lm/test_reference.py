"""Notes to sound like: read as a prefix, absent where they are hidden, cut and filled to length."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
import torch

from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions, LMConfig, Sampling
from trichord.lm.config import DropRates
from trichord.lm.reference import fitted_codes

B, K, F, R = 4, 3, 7, 5
FUSERS = ("sum", "prepend", "cross")


def make(**changes: object) -> CodecLM:
    torch.manual_seed(0)
    model = CodecLM(LMConfig.debug(like_frames=R, **changes)).eval()
    for parameter in model.parameters():
        if parameter.dim() == 2:
            torch.nn.init.normal_(parameter, std=0.2)
    return model


def codes(seed: int = 6, frames: int = F) -> torch.Tensor:
    return torch.randint(0, 16, (B, K, frames), generator=torch.Generator().manual_seed(seed))


def known(**changes: object) -> Conditions:
    conditions = Conditions(
        pitch=40 + 3 * torch.arange(B),
        velocity=30 + torch.arange(B),
        like=codes(9, R),
        like_pitch=torch.full((B,), 60),
        like_velocity=torch.full((B,), 100),
    )
    return dataclasses.replace(conditions, **changes)


@pytest.mark.parametrize("fuser", FUSERS)
def test_greedy_generation_with_cache_agrees_with_the_plain_pass(fuser: str) -> None:
    model = make(fuser=fuser)
    drawn = model.generate(known(), 24, Sampling(temperature=0, guidance=2.5))
    conditioned, free = model(drawn, known()), model(drawn, Conditions())
    assert torch.equal((free + 2.5 * (conditioned - free)).argmax(-1), drawn)


def test_every_part_of_the_reference_is_heard() -> None:
    model = make()
    before = model(codes(), known())
    other = codes(9, R)
    other[:, 2, R - 1] = (other[:, 2, R - 1] + 1) % 16
    changes = (
        {"like": other},
        {"like_pitch": torch.full((B,), 61)},
        {"like_velocity": torch.full((B,), 20)},
        {"like_velocity": torch.full((B,), -1)},
    )
    for change in changes:
        assert not torch.allclose(model(codes(), known(**change)), before)


def test_a_row_hears_its_own_reference_alone() -> None:
    model = make()
    before = model(codes(), known())
    other = codes(9, R)
    other[1] = (other[1] + 3) % 16
    after = model(codes(), known(like=other))
    same = torch.tensor([0, 2, 3])
    assert torch.allclose(after[same], before[same], atol=1e-6)
    assert not torch.allclose(after[1], before[1])


def test_a_hidden_reference_is_no_reference() -> None:
    model = make()
    rates = DropRates(0, 0, 0, 0, 0, like=1.0, everything=0)
    hidden = known().drop(rates, torch.Generator().manual_seed(0))
    without = Conditions(pitch=known().pitch, velocity=known().velocity)
    assert torch.allclose(model(codes(), hidden), model(codes(), without), atol=1e-6)


def test_the_rate_at_which_references_are_hidden_is_kept() -> None:
    many = Conditions(
        pitch=torch.full((20_000,), 60),
        like=torch.zeros(20_000, 1, 1, dtype=torch.int64),
        like_pitch=torch.full((20_000,), 60),
    )
    rates = DropRates(0, 0, 0, 0, 0, like=0.3, everything=0.1)
    dropped = many.drop(rates, torch.Generator().manual_seed(1))
    assert dropped.like is not None
    assert dropped.like_pitch is not None
    gone = dropped.like[:, 0, 0] < 0
    assert gone.float().mean().item() == pytest.approx(0.3 + 0.7 * 0.1, abs=0.02)
    assert torch.equal(gone, dropped.like_pitch < 0), "hidden together"


def test_it_learns_to_take_up_what_it_is_shown() -> None:
    """Every note is its reference again, and no note is met twice: there is nothing to recall."""
    torch.manual_seed(0)
    model = CodecLM(LMConfig.debug(like_frames=R, num_codebooks=1, pattern="parallel"))
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3)
    loss = torch.tensor(0.0)
    for _ in range(250):
        shown = torch.randint(0, 16, (64, 1, R))
        loss = model.loss(shown, Conditions(like=shown)).total
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.5 * math.log(16), "without a reference nothing beats log 16"


def test_references_are_cut_and_filled() -> None:
    given = torch.arange(1, 9).view(1, 2, 4)
    assert fitted_codes(given, (1, 2, 3), 99).tolist() == [[[1, 2, 3], [5, 6, 7]]]
    assert fitted_codes(given, (1, 2, 6), 99)[0, 1].tolist() == [5, 6, 7, 8, 99, 99]
    assert fitted_codes(torch.full((1, 2, 4), -1), (1, 2, 4), 99).unique().tolist() == [99]
    assert fitted_codes(None, (2, 2, 3), 99).shape == (2, 2, 3)


def test_a_model_of_fewer_codebooks_reads_the_first_of_a_reference() -> None:
    given = torch.arange(1, 9).view(1, 2, 4)
    assert fitted_codes(given, (1, 1, 3), 99).tolist() == [[[1, 2, 3]]]


def test_without_it_nothing_of_the_model_changes() -> None:
    assert all(not name.startswith("reference") for name in CodecLM(LMConfig.debug()).state_dict())


def test_it_is_saved_and_read(tmp_path: Path) -> None:
    model = make()
    model.save(tmp_path)
    again = CodecLM.load(tmp_path)
    assert again.config.like_frames == R
    assert torch.equal(again(codes(), known()), model(codes(), known()))


def test_more_frames_than_a_note_has_are_refused() -> None:
    with pytest.raises(InputError, match="like_frames is 25"):
        LMConfig.debug(like_frames=25)
