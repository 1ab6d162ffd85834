from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from trichord.errors import InputError
from trichord.lm.similarity import Centring, Pooling, pool, similarity_loss


def test_the_loss_of_three_rows_by_hand() -> None:
    # Targets: right angle, 45° and 45° → cosines 0, √½, √½. Own: all the same → cosines 1.
    target = torch.tensor([[2.0, 0.0], [0.0, 0.5], [3.0, 3.0]])
    own = torch.tensor([[1.0, 2.0, 2.0]]).repeat(3, 1)
    half = math.sqrt(0.5)
    expected = (2 * 1.0 + 4 * (half - 1) ** 2) / 6
    assert similarity_loss(target, own).item() == pytest.approx(expected, rel=1e-6)


def test_the_loss_and_its_gradient_agree_with_a_loop_over_pairs() -> None:
    generator = torch.Generator().manual_seed(0)
    target = torch.randn(5, 7, generator=generator, requires_grad=True)
    own = torch.randn(5, 3, generator=generator, dtype=torch.float64).requires_grad_()
    twin = own.detach().clone().requires_grad_()
    total = torch.zeros((), dtype=torch.float64)
    for i in range(5):
        for j in range(5):
            if i != j:
                t = torch.dot(target[i], target[j]) / (target[i].norm() * target[j].norm())
                a = torch.dot(twin[i], twin[j]) / (twin[i].norm() * twin[j].norm())
                total = total + (t.detach().double() - a) ** 2
    (total / 20).backward()
    loss = similarity_loss(target, own)
    loss.backward()
    assert loss.item() == pytest.approx(total.item() / 20, rel=1e-5)
    assert own.grad is not None
    assert twin.grad is not None
    assert torch.allclose(own.grad, twin.grad, rtol=1e-4, atol=1e-7)
    assert target.grad is None, "gradient flows through the audio side only"


def test_mixed_precision_does_not_round_cosines() -> None:
    generator = torch.Generator().manual_seed(3)
    target, own = torch.randn(2, 6, 5, generator=generator) + 5  # cosines near 1
    expected = similarity_loss(target, own)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(similarity_loss(target, own), expected)


def test_equal_geometry_costs_nothing_and_one_row_has_no_pairs() -> None:
    own = torch.randn(4, 6, generator=torch.Generator().manual_seed(1))
    turned, _ = torch.linalg.qr(torch.randn(6, 6, generator=torch.Generator().manual_seed(2)))
    assert similarity_loss(3 * own @ turned, own).item() == pytest.approx(0, abs=1e-10)
    alone = torch.ones(1, 6, requires_grad=True)
    similarity_loss(torch.ones(1, 2), alone).backward()
    assert torch.equal(alone.grad, torch.zeros(1, 6))


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ("max", [[3.0, 5.0], [-2.0, -1.0]]),
        ("mean", [[2.0, 1.0], [-2.0, -1.0]]),
        ("logsumexp", [[math.log(math.e + math.e**3), math.log(math.e**5 + math.e**-3)], [-2, -1]]),
    ],
)
def test_pooling_by_hand_leaves_padding_out(pooling: Pooling, expected: list[list[float]]) -> None:
    states = torch.tensor([[[1.0, 5.0], [3.0, -3.0]], [[-2.0, -1.0], [100.0, 100.0]]])
    mask = torch.tensor([[True, True], [True, False]])
    assert torch.allclose(pool(states, mask, pooling), torch.tensor(expected))


@pytest.mark.parametrize("pooling", ["max", "mean", "logsumexp"])
def test_padding_gets_no_gradient(pooling: Pooling) -> None:
    states = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0), requires_grad=True)
    mask = torch.tensor([[True, True, False], [True, False, False]])
    pool(states, mask, pooling).square().sum().backward()
    assert states.grad is not None
    assert torch.isfinite(states.grad).all()
    assert (states.grad[~mask] == 0).all()
    assert (states.grad[mask] != 0).any()


def test_centring_takes_out_what_all_share() -> None:
    generator = torch.Generator().manual_seed(0)
    # Like sentence vectors: a large part that all share.
    vectors = torch.randn(200, 8, generator=generator) + 4
    centring = Centring.fit(vectors, "centred")
    assert centring is not None
    units = vectors / vectors.norm(dim=1, keepdim=True)
    assert torch.allclose(centring(vectors), units - units.mean(dim=0), atol=1e-6)

    def mean_cosine(rows: torch.Tensor) -> float:
        u = rows / rows.norm(dim=1, keepdim=True)
        return float(((u @ u.T).sum() - len(u)) / (len(u) * (len(u) - 1)))

    assert mean_cosine(vectors) > 0.8
    assert abs(mean_cosine(centring(vectors))) < 0.02


def test_whitening_gives_a_covariance_of_one() -> None:
    generator = torch.Generator().manual_seed(0)
    vectors = torch.randn(400, 5, generator=generator) @ torch.randn(5, 5, generator=generator)
    whitening = Centring.fit(vectors, "whitened", shrinkage=0.0)
    assert whitening is not None
    white = whitening(vectors).double().numpy()
    assert np.allclose(np.cov(white.T), np.eye(5), atol=1e-3)
    # Nothing varies in some directions: they are kept small by the shrinkage.
    flat = torch.cat([vectors, torch.zeros(400, 2)], dim=1)
    shrunk = Centring.fit(flat, "whitened")
    assert shrunk is not None
    assert torch.isfinite(shrunk(flat)).all()
    assert shrunk(flat)[:, 5:].abs().max() < 1e-3


def test_no_centring_and_too_few_targets() -> None:
    assert Centring.fit(torch.ones(3, 2), "none") is None
    with pytest.raises(InputError, match="choose centred"):
        Centring.fit(torch.ones(1, 2), "whitened")
