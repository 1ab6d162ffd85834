from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from trichord.errors import InputError
from trichord.lm import Sampling
from trichord.lm.sampling import (
    exponential_noise,
    guide,
    keep_top_k,
    keep_top_p,
    mix,
    row_generators,
    sample,
)

distinct_logits = st.lists(st.integers(-200, 200), min_size=1, max_size=12, unique=True).map(
    lambda values: [value / 20 for value in values]
)


def test_guidance_formula() -> None:
    torch.manual_seed(0)
    c, u = torch.randn(2, 3, 4), torch.randn(2, 3, 4)
    for scale in (0.0, 1.0, 3.0):
        assert torch.allclose(guide(c, u, scale), u + scale * (c - u), atol=1e-6)


@given(distinct_logits, st.integers(0, 14))
def test_top_k_against_sorting(values: list[float], k: int) -> None:
    kept = keep_top_k(torch.tensor([values]), k)[0]
    expected = set(sorted(values)[-k:]) if k else set(values)
    assert kept[kept > -torch.inf].tolist() == pytest.approx([v for v in values if v in expected])


@given(distinct_logits, st.floats(0.01, 0.999))
def test_top_p_against_a_plain_loop(values: list[float], p: float) -> None:
    weights = torch.tensor(values).softmax(0).tolist()
    kept: set[int] = set()
    reached = 0.0
    for index in sorted(range(len(values)), key=lambda i: -values[i]):
        if reached >= p - 1e-6:
            break
        kept.add(index)
        reached += weights[index]
    result = set((keep_top_p(torch.tensor([values]), p)[0] > -torch.inf).nonzero()[:, 0].tolist())
    border = abs(reached - p) < 1e-5  # rounding may keep one more or one fewer
    assert len(result ^ kept) <= 1 if border else result == kept


def filtered(logits: torch.Tensor, options: Sampling) -> torch.Tensor:
    return keep_top_p(keep_top_k(logits / options.temperature, options.top_k), options.top_p)


@pytest.mark.parametrize(
    "options",
    [
        Sampling(),
        Sampling(temperature=0.6, top_k=5),
        Sampling(temperature=1.3, top_p=0.8),
        Sampling(temperature=0.9, top_k=9, top_p=0.5),
    ],
)
def test_the_race_among_all_is_the_race_among_those_that_are_kept(options: Sampling) -> None:
    """The oracle sorts out first, and races then."""
    torch.manual_seed(1)
    logits = 3 * torch.randn(40, 6, 30)
    noise = exponential_noise(logits.shape, row_generators(1, range(40)))
    raced = (filtered(logits, options) - noise.log()).argmax(-1)
    assert torch.equal(sample(logits, options, row_generators(1, range(40))), raced)


def test_noise_is_exponential_and_of_its_row_alone() -> None:
    noise = exponential_noise((2, 200_000), row_generators(0, [3, 4]))
    quantiles = noise[0].sort().values[[20_000, 100_000, 180_000]]
    assert torch.allclose(quantiles, -torch.tensor([0.9, 0.5, 0.1]).log(), rtol=0.03)
    assert noise.var(dim=1).tolist() == pytest.approx([1.0, 1.0], abs=0.05)
    assert torch.equal(noise[1:], exponential_noise((1, 200_000), row_generators(0, [4])))


def test_drawn_tokens_follow_the_filtered_distribution() -> None:
    logits = torch.tensor([2.0, 1.0, 0.0, -1.0, -9.0])
    options = Sampling(temperature=0.7, top_k=4, top_p=0.97)
    generator = torch.Generator().manual_seed(0)
    drawn = sample(logits.expand(1, 40_000, 5), options, [generator])[0]
    frequency = drawn.bincount(minlength=5) / len(drawn)
    expected = filtered(logits, options).softmax(0)
    assert torch.allclose(frequency, expected, atol=0.01)


def test_temperature_zero_takes_the_likeliest() -> None:
    logits = torch.tensor([[[0.0, 3.0, 1.0]]])
    assert sample(logits, Sampling(temperature=0), []).tolist() == [[1]]


def test_rows_draw_from_their_own_stream() -> None:
    logits = torch.zeros(3, 2, 50)
    options = Sampling(seed=4)
    together = sample(logits, options, row_generators(4, [7, 8, 9]))
    alone = sample(logits[:1], options, row_generators(4, [8]))
    assert torch.equal(together[1:2], alone)
    assert not torch.equal(together[0], together[1])


def test_mix_tells_seed_and_key_apart() -> None:
    numbers = {mix(seed, key) for seed in range(40) for key in range(40)}
    assert len(numbers) == 1600
    assert all(0 <= number < 1 << 63 for number in numbers)
    assert mix(-1, 5) != mix(1, 5)


@pytest.mark.parametrize(
    "wrong", [{"temperature": -1}, {"top_k": -1}, {"top_p": 0}, {"top_p": 1.5}, {"guidance": -0.1}]
)
def test_senseless_options_are_refused(wrong: dict[str, float]) -> None:
    ((name, _value),) = wrong.items()
    with pytest.raises(InputError, match=name):
        Sampling(**wrong)  # type: ignore[arg-type]
