"""Several vectors of one instrument, weighed into one."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions, LMConfig
from trichord.lm.providers import JointProvider, NoteAttention


def unit(*shape: int) -> torch.Tensor:
    drawn = torch.randn(*shape, generator=torch.Generator().manual_seed(1))
    return F.normalize(drawn, dim=-1)


def test_it_begins_at_the_mean_direction():
    notes = unit(3, 5, 8)
    assert torch.allclose(NoteAttention(8)(notes), F.normalize(notes.mean(1), dim=-1), atol=1e-6)


def test_one_note_passes_as_it_is_whatever_was_learned():
    weigh = NoteAttention(8)
    torch.nn.init.normal_(weigh.query, generator=torch.Generator().manual_seed(2))
    notes = unit(3, 1, 8)
    assert torch.allclose(weigh(notes), notes[:, 0], atol=1e-6)


def test_the_order_of_the_notes_does_not_count_and_their_weights_do():
    weigh = NoteAttention(8)
    torch.nn.init.normal_(weigh.query, generator=torch.Generator().manual_seed(2))
    notes = unit(3, 5, 8)
    assert torch.allclose(weigh(notes), weigh(notes.flip(1)), atol=1e-6)
    assert not torch.allclose(weigh(notes), F.normalize(notes.mean(1), dim=-1), atol=1e-3)


def test_the_weights_are_trained_with_the_model():
    model = CodecLM(LMConfig.debug(joint_notes=5))
    codes = torch.randint(16, (4, 3, 12), generator=torch.Generator().manual_seed(3))
    known = Conditions(joint=unit(4, 5, 8), pitch=torch.full((4,), 60))
    model.loss(codes, known).total.backward()
    provider = model.conditioner.providers["joint"]
    assert isinstance(provider, JointProvider)
    assert provider.weigh is not None
    assert provider.weigh.query.grad is not None
    assert float(provider.weigh.query.grad.abs().sum()) > 0


def test_a_row_of_no_notes_is_absent():
    provider = JointProvider(LMConfig.debug(joint_notes=5))
    notes = unit(2, 5, 8)
    notes[1] = 0
    assert provider.absent(notes).tolist() == [False, True]
    assert torch.isfinite(provider(notes)).all()
    hidden = Conditions(joint=notes).hide({"joint": torch.tensor([True, False])})
    assert hidden.joint is not None
    assert provider.absent(hidden.joint).all()


def test_a_model_that_learned_no_weights_refuses_several_vectors():
    provider = JointProvider(LMConfig.debug())
    assert provider.weigh is None
    with pytest.raises(InputError, match="joint_notes is 0"):
        provider(unit(2, 5, 8))
    with pytest.raises(InputError, match="joint_notes is -1"):
        LMConfig.debug(joint_notes=-1)
