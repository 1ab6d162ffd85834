from __future__ import annotations

import numpy as np
import pytest
import torch

from trichord.space.clips.distance import (
    colour,
    correlation,
    course,
    notes,
    picture_distances,
    rhythm,
)


def pulses(every: int, start: int = 0, band: int = 40, frames: int = 96) -> torch.Tensor:
    """Strokes that die away, at one band, every so many columns: [bands, F]."""
    picture = torch.zeros(108, frames)
    for at in range(start, frames, every):
        length = min(4, frames - at)
        picture[band, at : at + length] = torch.tensor([60.0, 45.0, 30.0, 15.0])[:length]
    return picture


def apart(measure: object, a: torch.Tensor, b: torch.Tensor) -> float:
    x, y = measure(torch.stack([a, b]))  # type: ignore[operator]
    return float((x - y).norm())


def test_each_measure_hears_its_own_thing() -> None:
    plain = pulses(8)
    later, quicker = pulses(8, start=4), pulses(4)
    octave, third = pulses(8, band=52), pulses(8, band=44)
    assert apart(rhythm, plain, later) < 0.35 * apart(rhythm, plain, quicker)
    assert apart(notes, plain, octave) < 1e-4 < 0.1 < apart(notes, plain, third)
    assert apart(colour, plain, octave) > 1
    half = plain.clone()
    half[:, 48:] = 0
    other = plain.clone()
    other[:, :48] = 0
    assert apart(course, half, other) > apart(course, plain, half) > 0.1
    assert apart(colour, half, other) < apart(colour, plain, half)


def test_distances_are_a_symmetric_table() -> None:
    pictures = torch.stack([pulses(8), pulses(8), pulses(6, band=70), torch.zeros(108, 96)])
    table = picture_distances(pictures)
    assert torch.equal(table, table.T)
    assert torch.equal(table.diagonal(), torch.zeros(4))
    assert table[0, 1] == 0
    assert table[0, 2] > 0.3
    assert table.isfinite().all()


def test_silence_alone_has_no_distance() -> None:
    assert torch.equal(picture_distances(torch.zeros(3, 108, 20)), torch.zeros(3, 3))


def test_correlation_is_pearsons() -> None:
    a, b = torch.randn(2, 5, 30, generator=torch.Generator().manual_seed(0)).unbind()
    expected = [np.corrcoef(x, y)[0, 1] for x, y in zip(a.numpy(), b.numpy(), strict=True)]
    assert correlation(a, b).tolist() == pytest.approx(expected, abs=1e-5)
    assert float(correlation(a[0], torch.ones(30))) == pytest.approx(0, abs=1e-3)
