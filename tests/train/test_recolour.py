"""Recoloured notes: alike within an instrument, as loud as before, silent where it was silent."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from trichord.codec.note import NoteCodec
from trichord.codec.note import layout as lay
from trichord.instrument.models import WEIGHTS
from trichord.train.recolour import (
    Colours,
    RecolourConfig,
    draw_colours,
    encode_recoloured,
    recolour,
)

PITCH = torch.tensor([48, 60, 72])
NONE = RecolourConfig(1.0, 0, 0, 0, 0, 0, 0)


def blocks(count: int = 3, frames: int = 12) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(count, frames, lay.FEATURES, generator=generator) * 60 - 60


def colours(config: RecolourConfig, count: int = 3, seed: int = 0) -> Colours:
    return draw_colours(count, config, torch.Generator().manual_seed(seed))


def peak(features: torch.Tensor) -> torch.Tensor:
    return (10 ** (features[..., 1:] / 10)).sum(-1).amax(-1).log10() * 10


def test_no_colour_changes_nothing() -> None:
    before = blocks()
    assert torch.allclose(recolour(before, PITCH, colours(NONE)), before, atol=1e-4)


def test_it_is_as_loud_as_before_and_as_much_in_tune() -> None:
    before = blocks()
    after = recolour(before, PITCH, colours(RecolourConfig(1.0, decay_db=0)))
    assert not torch.allclose(after, before, atol=1)
    assert torch.allclose(peak(after), peak(before), atol=0.5)
    assert torch.equal(after[..., 0], before[..., 0])


def test_silence_stays_silent() -> None:
    before = blocks()
    before[:, 5:, 10:20] = lay.FLOOR_DB
    after = recolour(before, PITCH, colours(RecolourConfig(1.0)))
    assert bool((after[:, 5:, 10:20] == lay.FLOOR_DB).all())


def test_the_body_is_a_curve_over_frequency_whatever_the_key() -> None:
    """Partial 2 of a note and partial 1 of its octave lie at one frequency: one gain for both."""
    body = dataclasses.replace(NONE, body_db=6)
    same = colours(body, 1)
    twice = Colours(**{name: torch.cat([value, value]) for name, value in vars(same).items()})
    before = torch.full((2, 3, lay.FEATURES), -40.0)
    after = recolour(before, torch.tensor([48, 60]), twice)
    first = lay.HARMONIC_SLICE.start
    gain = after[:, 0] - after[:, 0, first : first + 1]  # against each note's first partial
    low, high = gain[0, first + 3] - gain[0, first + 1], gain[1, first + 1]
    assert low.item() == pytest.approx(high.item(), abs=1e-3)


def test_breath_and_even_partials_move_alone() -> None:
    before = torch.full((1, 3, lay.FEATURES), -40.0)
    before[..., lay.HARMONIC_SLICE.start] = 0.0  # the first partial sets the loudest moment
    pitch = torch.tensor([60])
    breath = recolour(before, pitch, colours(dataclasses.replace(NONE, breath_db=6), 1))
    change = (breath - before)[0, 0]
    assert change[lay.NOISE_SLICE].abs().min() > 0.5
    assert change[lay.HARMONIC_SLICE].abs().max() < 0.2
    even = recolour(before, pitch, colours(dataclasses.replace(NONE, even_db=6), 1))
    change = (even - before)[0, 0, lay.HARMONIC_SLICE][: lay.SINGLES]
    assert change[1::2].abs().min() > 0.5
    assert change[0::2].abs().max() < 0.2


def test_an_added_decay_is_one() -> None:
    before = torch.full((4, 20, lay.FEATURES), -40.0)
    decay = colours(dataclasses.replace(NONE, decay_db=20), 4, seed=2)
    assert bool((decay.decay > 0).any())
    assert bool((decay.decay == 0).any())
    after = recolour(before, torch.full((4,), 60), decay)
    fall = after[:, 0, 1] - after[:, -1, 1]
    assert torch.equal(fall > 0.5, decay.decay > 1)


def test_codes_keep_their_head_and_follow_the_colour() -> None:
    codec = NoteCodec.load(WEIGHTS / "codec")
    features = blocks(frames=10)
    codes = torch.cat([torch.full((3, 8, 1), 7), codec.encode_blocks(features, PITCH)], -1)
    same = encode_recoloured(codec, features, PITCH, codes, colours(NONE))
    assert torch.equal(same[:, :, :1], codes[:, :, :1])
    assert (same == codes).float().mean() > 0.95
    other = encode_recoloured(codec, features, PITCH, codes, colours(RecolourConfig(1.0)))
    assert torch.equal(other[:, :, :1], codes[:, :, :1])
    assert (other != codes).any()
