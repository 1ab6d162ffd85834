from __future__ import annotations

import pytest
import torch

from trichord.errors import InputError
from trichord.lm import ATTRIBUTES, Conditions, DropRates, LMConfig
from trichord.lm.conditions import ConditionEncoder

CONFIG = LMConfig.debug()


def all_known(count: int) -> Conditions:
    generator = torch.Generator().manual_seed(0)
    joint = torch.randn(count, CONFIG.joint_dim, generator=generator)
    return Conditions(
        joint=torch.nn.functional.normalize(joint, dim=1),
        pitch=torch.arange(count) % 128,
        velocity=torch.arange(count) % 127 + 1,
        family=torch.arange(count) % 11,
        source=torch.arange(count) % 3,
    )


@pytest.fixture
def encoder() -> ConditionEncoder:
    torch.manual_seed(0)
    made = ConditionEncoder(CONFIG)
    torch.nn.init.normal_(made.null)
    return made


def hidden_rows(conditions: Conditions, name: str) -> torch.Tensor:
    value = getattr(conditions, name)
    return (value == 0).all(1) if name == "joint" else value < 0


def test_absent_attribute_and_absent_rows_are_the_null_vector(encoder: ConditionEncoder) -> None:
    known = all_known(4)
    nothing = encoder(Conditions(), 4)
    assert torch.equal(nothing, encoder.null.expand(4, -1, -1))
    for index, name in enumerate(ATTRIBUTES):
        row = torch.tensor([False, True, False, False])
        partly = encoder(known.hide({name: row}), 4)
        assert torch.equal(partly[1, index], encoder.null[index])
        assert torch.equal(partly[0], encoder(known, 4)[0])
        others = [i for i in range(len(ATTRIBUTES)) if i != index]
        assert torch.equal(partly[1, others], encoder(known, 4)[1, others])


def test_drop_rates_are_kept() -> None:
    rates = DropRates(joint=0.1, pitch=0, velocity=0.3, family=1, source=0.5, everything=0.2)
    dropped = all_known(20_000).drop(rates, torch.Generator().manual_seed(1))
    for name, rate in (("joint", 0.1), ("pitch", 0.0), ("velocity", 0.3), ("source", 0.5)):
        expected = rate + (1 - rate) * 0.2
        assert hidden_rows(dropped, name).float().mean().item() == pytest.approx(expected, abs=0.02)
    assert hidden_rows(dropped, "family").all()
    everything = hidden_rows(dropped, "pitch")  # hidden only together with all others
    for name in ATTRIBUTES:
        assert hidden_rows(dropped, name)[everything].all()


def test_drop_at_zero_changes_nothing_and_is_seeded() -> None:
    known = all_known(50)
    zero = DropRates(0, 0, 0, 0, 0, 0, 0, 0)
    same = known.drop(zero, torch.Generator())
    for name in ATTRIBUTES:
        assert torch.equal(getattr(same, name), getattr(known, name))
    one, two = (known.drop(DropRates(), torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one.family, two.family)


def test_an_untrained_key_lies_near_its_neighbours(encoder: ConditionEncoder) -> None:
    keys = encoder(Conditions(pitch=torch.tensor([60, 61, 90])), 3)[:, ATTRIBUTES.index("pitch")]
    keys = keys - encoder.get_submodule("providers.pitch").table(torch.tensor([60, 61, 90]))
    assert (keys[0] - keys[1]).norm() < 0.5 * (keys[0] - keys[2]).norm()


def test_counts_that_disagree_are_refused(encoder: ConditionEncoder) -> None:
    with pytest.raises(InputError, match="disagree"):
        Conditions(pitch=torch.zeros(2), velocity=torch.zeros(3))
    with pytest.raises(InputError, match="for 2 notes, not 3"):
        encoder(Conditions(pitch=torch.zeros(2, dtype=torch.int64)), 3)


def test_select_keeps_absence() -> None:
    chosen = Conditions(pitch=torch.tensor([1, 2, 3])).select([2, 0])
    assert chosen.pitch is not None
    assert chosen.pitch.tolist() == [3, 1]
    assert chosen.joint is None
