from __future__ import annotations

import pytest
import torch

from trichord.space.heads import HeadConfig, ProjectionHead


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_heads_end_on_the_unit_sphere(layers: int) -> None:
    torch.manual_seed(0)
    head = ProjectionHead(12, 5, HeadConfig(hidden=16, layers=layers)).eval()
    found = head(torch.randn(7, 12))
    assert found.shape == (7, 5)
    assert torch.allclose(found.norm(dim=1), torch.ones(7), atol=1e-5)


def test_dropout_acts_in_training_only() -> None:
    torch.manual_seed(0)
    head = ProjectionHead(12, 5, HeadConfig(hidden=64, dropout=0.5))
    x = torch.randn(3, 12)
    assert not torch.equal(head(x), head(x))
    head.eval()
    assert torch.equal(head(x), head(x))
    shaken = ProjectionHead(12, 5, HeadConfig(layers=0, input_dropout=0.5))
    assert not torch.equal(shaken(x), shaken(x))
