from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from trichord.errors import InputError
from trichord.space.prior import (
    LearnedPrior,
    NeighbourPrior,
    PriorConfig,
    build_prior,
    fit_learned_prior,
)


def unit(rows: int, dim: int, seed: int) -> torch.Tensor:
    return F.normalize(torch.randn(rows, dim, generator=torch.Generator().manual_seed(seed)), dim=1)


def neighbour_prior(bank: torch.Tensor, count: int, temperature: float) -> NeighbourPrior:
    config = PriorConfig("neighbours", count, temperature, bank=len(bank))
    prior = build_prior(bank.shape[1], config)
    assert isinstance(prior, NeighbourPrior)
    prior.bank.copy_(bank)
    return prior


def test_none_leaves_the_vector_alone() -> None:
    text = unit(3, 8, 0)
    assert torch.equal(build_prior(8, PriorConfig("none"))(text), text)


def test_one_neighbour_is_the_nearest() -> None:
    bank, text = unit(20, 8, 0), unit(5, 8, 1)
    found = neighbour_prior(bank, 1, 0.1)(text)
    assert torch.allclose(found, bank[(text @ bank.T).argmax(1)], atol=1e-6)


def test_neighbours_are_weighted_by_a_softmax_of_similarity() -> None:
    bank = F.normalize(torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]), dim=1)
    text = F.normalize(torch.tensor([[2.0, 1.0]]), dim=1)
    weights = torch.softmax(
        text[0] / 0.5, dim=0
    )  # similarities to the first two are its coordinates
    expected = F.normalize(weights[0] * bank[0] + weights[1] * bank[1], dim=0)
    assert torch.allclose(neighbour_prior(bank, 2, 0.5)(text)[0], expected, atol=1e-6)


def test_more_neighbours_than_instruments_is_all_of_them() -> None:
    bank, text = unit(3, 8, 0), unit(2, 8, 1)
    assert torch.allclose(
        neighbour_prior(bank, 50, 0.1)(text), neighbour_prior(bank, 3, 0.1)(text), atol=1e-6
    )


def test_the_learned_prior_crosses_a_gap() -> None:
    text = unit(64, 16, 0)
    rotation = torch.linalg.qr(torch.randn(16, 16, generator=torch.Generator().manual_seed(2)))[0]
    audio = F.normalize(text @ rotation + 1.5 * unit(1, 16, 3), dim=1)
    torch.manual_seed(0)
    prior = build_prior(16, PriorConfig("learned", hidden=64))
    assert isinstance(prior, LearnedPrior)
    before = float((prior(text) * audio).sum(1).mean())
    generator = torch.Generator().manual_seed(0)
    fit_learned_prior(prior, text, audio, steps=400, noise=0.1, generator=generator)
    after = float((prior(text) * audio).sum(1).mean())
    assert after > 0.9 > before
    assert torch.allclose(prior(text).norm(dim=1), torch.ones(64), atol=1e-5)


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(InputError, match=r"prior\.neighbours"):
        PriorConfig(neighbours=0)
    with pytest.raises(InputError, match=r"prior\.temperature"):
        PriorConfig(temperature=0)
