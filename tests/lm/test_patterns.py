from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions, LMConfig, Sampling
from trichord.lm.patterns import (
    PATTERNS,
    DelayPattern,
    FlatPattern,
    ParallelPattern,
    Pattern,
    make_pattern,
)

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


class PairsPattern(Pattern):
    """What a researcher writes: the first codebook, then all others of the frame at once."""

    def layout(self, frames: int) -> torch.Tensor:
        """See `Pattern.layout`."""
        step = torch.arange(2 * frames, device="cpu")
        first = torch.arange(self.num_codebooks, device="cpu")[:, None] == 0
        return torch.where((step % 2 == 0) == first, step // 2, -1)


def test_a_pattern_of_ones_own_is_a_table_and_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registered under a name it is configured, trained, drawn with and streamed."""
    monkeypatch.setitem(PATTERNS, "pairs", PairsPattern)
    torch.manual_seed(0)
    model = CodecLM(LMConfig.debug(pattern="pairs"))
    known = Conditions(pitch=torch.tensor([60, 64]))
    drawn = model.generate(known, 6, Sampling(temperature=0, guidance=1))
    assert torch.equal(model.eval()(drawn, known).argmax(-1)[:, :, :1], drawn[:, :, :1])
    assert torch.equal(torch.cat(list(model.stream(known, 6, Sampling(0, guidance=1))), 2), drawn)
    before = model.loss(drawn, known).total
    before.backward()
    assert LMConfig.from_json(model.config.to_json()) == model.config
    with pytest.raises(InputError, match=r"'pair'; choose one of delay, parallel, flat, pairs"):
        LMConfig.debug(pattern="pair")
