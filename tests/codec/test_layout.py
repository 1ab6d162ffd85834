from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from trichord.codec.note import layout as lay


@given(st.integers(1, 3000))
def test_blocks_cover_all_frames_once_and_in_order(frames: int) -> None:
    edges = lay.block_edges(frames)
    assert edges[0] == 0
    assert edges[-1] == frames
    assert all(a < b for a, b in itertools.pairwise(edges))


@given(st.integers(1, 140))
def test_a_count_of_blocks_and_its_frames_agree(blocks: int) -> None:
    frames = lay.frames_of_blocks(blocks)
    assert len(lay.block_edges(frames)) - 1 == blocks


def test_blocks_are_fine_at_the_attack_and_a_boundary_lies_on_the_release() -> None:
    edges = lay.block_edges(lay.analysis_frames(5 * lay.SAMPLE_RATE))
    assert np.diff(edges)[:8].tolist() == [1] * 8
    assert lay.held_frames() in edges
    assert lay.blocks_for(4.0) == edges.index(lay.held_frames()) + 1


def test_slots_hold_every_harmonic_once() -> None:
    assert lay.EDGES[0] == 1
    assert lay.EDGES[-1] == lay.TOP_HARMONIC + 1
    assert all(a < b for a, b in zip(lay.EDGES, lay.EDGES[1:], strict=False))


def test_a_constant_survives_blocks_exactly_and_a_ramp_nearly() -> None:
    frames = lay.frames_of_blocks(40)
    constant = torch.full((frames, 3), 2.5)
    torch.testing.assert_close(lay.from_blocks(lay.to_blocks(constant)), constant)
    ramp = torch.arange(frames).float()[:, None]
    back = lay.from_blocks(lay.to_blocks(ramp))
    torch.testing.assert_close(back[20:-20], ramp[20:-20], atol=0.51, rtol=0)


def test_stiff_strings_are_sharp_in_their_high_partials() -> None:
    hz = lay.partial_hz(torch.tensor([1.0, 10.0]), 69, 0.0, 1e-3)
    assert float(hz[1]) == pytest.approx(4400 * (1 + 1e-3 * 100) ** 0.5, rel=1e-5)


def test_band_weights_sum_to_one() -> None:
    for window, bands in [(512, 24), (1024, 40), (8192, 40)]:
        total = lay.band_weights(window, bands).sum(1)
        torch.testing.assert_close(total, torch.ones(bands))
