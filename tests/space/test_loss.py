from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F

from trichord.space.loss import InstrumentInfoNCE, LossConfig, info_nce


def no_pairs(size: int) -> torch.Tensor:
    return torch.zeros(size, size, dtype=torch.bool)


def test_info_nce_matches_a_hand_computed_value() -> None:
    similarity = torch.tensor([[2.0, 1.0, 0.5], [0.0, 3.0, 1.0]])
    positive = torch.tensor([[True, True, False], [False, True, False]])
    ignored = torch.tensor([[False, False, False], [True, False, False]])
    first = (
        -math.log(math.exp(2) / (math.exp(2) + math.exp(0.5)))
        - math.log(math.exp(1) / (math.exp(1) + math.exp(0.5)))
    ) / 2
    second = -math.log(math.exp(3) / (math.exp(3) + math.exp(1)))
    loss = info_nce(similarity, positive, ignored)
    assert float(loss) == pytest.approx((first + second) / 2, rel=1e-6)


def test_with_one_positive_each_it_is_cross_entropy() -> None:
    similarity = torch.randn(5, 5, generator=torch.Generator().manual_seed(0))
    loss = info_nce(similarity, torch.eye(5, dtype=torch.bool), no_pairs(5))
    assert float(loss) == pytest.approx(float(F.cross_entropy(similarity, torch.arange(5))))


def test_queries_without_positives_or_negatives_cost_nothing() -> None:
    similarity = torch.randn(2, 2, generator=torch.Generator().manual_seed(1)).requires_grad_()
    loss = info_nce(similarity, torch.eye(2, dtype=torch.bool), ~torch.eye(2, dtype=torch.bool))
    loss.backward()
    assert loss.item() == 0
    assert similarity.grad is not None
    assert torch.isfinite(similarity.grad).all()
    assert info_nce(similarity, no_pairs(2), no_pairs(2)).item() == 0


def unit(rows: int, dim: int, seed: int) -> torch.Tensor:
    return F.normalize(torch.randn(rows, dim, generator=torch.Generator().manual_seed(seed)), dim=1)


def test_twins_are_no_negatives() -> None:
    objective = InstrumentInfoNCE(LossConfig())
    text, audio, owner = unit(3, 8, 0), unit(6, 8, 1), torch.arange(3).repeat_interleave(2)
    twins = no_pairs(3)
    twins[0, 1] = twins[1, 0] = True
    with_twins = objective(text, audio, owner, twins, no_pairs(3))
    moved = audio.clone()
    moved[2:4] = F.normalize(audio[2:4] + text[0], dim=1)  # the twin comes closer to text 0
    only_text_0 = objective(text, moved, owner, twins, no_pairs(3))
    plain = objective(text, audio, owner, no_pairs(3), no_pairs(3))
    assert float(with_twins.total) < float(plain.total)
    # Query text 0 does not see its twin at all: its share of the loss stays the same.
    scale = objective.scales[0]
    row = scale * text[:1] @ moved.T
    own = (owner == 0)[None]
    skipped = (owner == 1)[None]
    before = info_nce(scale * text[:1] @ audio.T, own, skipped)
    assert torch.allclose(info_nce(row, own, skipped), before)
    assert float(only_text_0.audio_to_audio) != float(with_twins.audio_to_audio)


def test_alike_captions_are_masked_between_doors_only() -> None:
    objective = InstrumentInfoNCE(LossConfig())
    text, audio, owner = unit(3, 8, 0), unit(6, 8, 1), torch.arange(3).repeat_interleave(2)
    alike = no_pairs(3)
    alike[0, 2] = alike[2, 0] = True
    masked = objective(text, audio, owner, no_pairs(3), alike)
    plain = objective(text, audio, owner, no_pairs(3), no_pairs(3))
    assert float(masked.text_to_audio) < float(plain.text_to_audio)
    assert float(masked.audio_to_text) < float(plain.audio_to_text)
    assert torch.equal(masked.audio_to_audio, plain.audio_to_audio)


def test_temperature_is_learned_and_kept_above_its_limit() -> None:
    objective = InstrumentInfoNCE(LossConfig(lowest_temperature=0.05))
    text = unit(4, 8, 0)
    audio, owner = text.repeat_interleave(2, dim=0), torch.arange(4).repeat_interleave(2)
    before = objective.scales.detach().clone()
    optimiser = torch.optim.SGD(objective.parameters(), lr=5.0)
    for _ in range(50):
        loss = objective(text, audio, owner, no_pairs(4), no_pairs(4)).total
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    after = objective.scales.detach()
    assert (after > before).all()  # pairs are told apart already: a colder softmax is better
    assert (after <= 20 + 1e-4).all()
