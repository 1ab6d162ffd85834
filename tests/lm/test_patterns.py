from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from trichord.errors import InputError
from trichord.lm import DelayPattern, FlatPattern, ParallelPattern, Pattern, make_pattern

SPECIAL = 99

pattern_strategy = st.one_of(
    st.lists(st.integers(0, 6), min_size=1, max_size=6).map(lambda d: DelayPattern(len(d), d)),
    st.integers(1, 6).map(ParallelPattern),
    st.integers(1, 6).map(FlatPattern),
)


def numbered(pattern: Pattern, frames: int) -> torch.Tensor:
    """Codes [2, K, F] that name their own place."""
    K = pattern.num_codebooks
    place = torch.arange(K * frames).view(1, K, frames)
    return torch.cat([place, place + 1000]) + SPECIAL + 1


@given(pattern_strategy, st.integers(1, 12))
def test_revert_undoes_apply(pattern: Pattern, frames: int) -> None:
    codes = numbered(pattern, frames)
    sequence = pattern.apply(codes, SPECIAL)
    assert sequence.shape == (2, pattern.num_codebooks, pattern.steps(frames))
    assert torch.equal(pattern.revert(sequence, frames), codes)


@given(pattern_strategy, st.integers(1, 12))
def test_every_code_stands_once_and_the_rest_is_special(pattern: Pattern, frames: int) -> None:
    codes = numbered(pattern, frames)
    for row, laid in zip(codes, pattern.apply(codes, SPECIAL), strict=True):
        for codebook in range(pattern.num_codebooks):
            shown = laid[codebook][laid[codebook] != SPECIAL]
            assert shown.tolist() == row[codebook].tolist()


@given(pattern_strategy, st.integers(1, 8))
def test_logits_are_reverted_like_codes(pattern: Pattern, frames: int) -> None:
    sequence = pattern.apply(numbered(pattern, frames), SPECIAL)
    logits = torch.stack([sequence, -sequence], dim=-1)
    reverted = pattern.revert(logits, frames)
    assert torch.equal(reverted[..., 0], pattern.revert(sequence, frames))
    assert torch.equal(reverted[..., 1], -reverted[..., 0])


def test_delay_lays_codebooks_one_step_apart() -> None:
    assert DelayPattern(3).layout(3).tolist() == [
        [0, 1, 2, -1, -1],
        [-1, 0, 1, 2, -1],
        [-1, -1, 0, 1, 2],
    ]


def test_flat_takes_one_codebook_per_step() -> None:
    assert FlatPattern(2).layout(2).tolist() == [[0, -1, 1, -1], [-1, 0, -1, 1]]


@pytest.mark.parametrize("delays", [(0, 1), (0, 1, -1)])
def test_wrong_delays_are_refused(delays: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="delays"):
        DelayPattern(3, delays)


def test_unknown_pattern_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="delay, parallel, flat"):
        make_pattern("spiral", 3)
