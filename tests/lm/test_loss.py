from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from trichord.lm.loss import IGNORED, heads_loss

M, K, C, D = 700, 3, 11, 8


def reference(
    hidden: torch.Tensor, weight: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    logits = (hidden @ weight.T).view(M, K, C)
    each = torch.stack(
        [F.cross_entropy(logits[:, k], targets[:, k], ignore_index=IGNORED) for k in range(K)]
    )
    return (each * weights).mean(), each


@pytest.fixture
def problem() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    targets = torch.randint(0, C, (M, K))
    targets[torch.rand(M, K) < 0.2] = IGNORED
    hidden = torch.randn(M, D, requires_grad=True)
    weight = torch.randn(K * C, D, requires_grad=True)
    return hidden, weight, targets, torch.tensor([2.0, 0.5, 0.5])


def test_value_and_gradient_are_those_of_cross_entropy(problem) -> None:
    hidden, weight = problem[:2]
    expected, each = reference(*problem)
    expected_grads = torch.autograd.grad(expected * 3, (hidden, weight))
    found = heads_loss(*problem)
    grads = torch.autograd.grad(found.total * 3, (hidden, weight))
    assert torch.allclose(found.total, expected, atol=1e-5)
    assert torch.allclose(found.per_codebook, each, atol=1e-5)
    for grad, wanted in zip(grads, expected_grads, strict=True):
        assert torch.allclose(grad, wanted, atol=1e-6)


def test_bfloat16_comes_close(problem) -> None:
    weight = problem[1]
    exact = torch.autograd.grad(heads_loss(*problem).total, weight)[0]
    with torch.autocast("cpu", torch.bfloat16):
        rough = torch.autograd.grad(heads_loss(*problem).total, weight)[0]
    assert rough.dtype == torch.float32
    assert (rough - exact).norm() < 0.02 * exact.norm()


def test_a_codebook_without_targets_counts_nothing(problem) -> None:
    hidden, weight, targets, weights = problem
    targets[:, 1] = IGNORED
    found = heads_loss(hidden, weight, targets, weights)
    assert found.per_codebook[1] == 0
    assert torch.isfinite(found.total)
