from __future__ import annotations

from pathlib import Path

import pytest
import torch

from trichord.errors import InputError
from trichord.space.refiner import Refiner, RefinerConfig, load_refiner

SMALL = RefinerConfig(channels=8, blocks=2)


def sketches(count: int, frames: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 60 * torch.rand(count, SMALL.bands, frames, generator=generator)


@pytest.mark.parametrize("frames", [1, 7, 20])
def test_an_untrained_refiner_changes_nothing(frames: int) -> None:
    asked = sketches(3, frames)
    assert torch.equal(load_refiner("debug").refine(asked), asked)
    assert load_refiner("debug").refine(asked[:0]).shape == (0, SMALL.bands, frames)


def test_it_learns_a_filter_and_a_tail() -> None:
    """The render: the top bands lost, and every column sounding on in the next."""

    def render(sketch: torch.Tensor) -> torch.Tensor:
        heard = torch.maximum(sketch, torch.nn.functional.pad(sketch, (1, -1)) - 6)
        return heard * (torch.arange(SMALL.bands) < 80)[:, None]

    torch.manual_seed(0)
    refiner = Refiner(SMALL)
    optimizer = torch.optim.AdamW(refiner.parameters(), lr=1e-2)
    for step in range(60):
        asked = sketches(8, 16, seed=step)
        loss = (refiner(asked) - render(asked)).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    unseen = sketches(8, 16, seed=999)
    before = (unseen - render(unseen)).abs().mean()
    after = (refiner.eval().refine(unseen) - render(unseen)).abs().mean()
    assert after < before / 2


def test_levels_stay_above_silence() -> None:
    torch.manual_seed(0)
    refiner = Refiner(SMALL).eval()
    torch.nn.init.normal_(refiner.untile.weight)
    refined = refiner.refine(sketches(2, 9))
    assert float(refined.min()) == 0
    assert float(refined.max()) > 0


def test_a_saved_refiner_comes_back(tmp_path: Path) -> None:
    torch.manual_seed(0)
    refiner = Refiner(SMALL).eval()
    torch.nn.init.normal_(refiner.untile.weight)
    refiner.save(tmp_path)
    again = load_refiner(tmp_path)
    assert again.config == SMALL
    assert torch.equal(again.refine(sketches(2, 5)), refiner.refine(sketches(2, 5)))


def test_what_cannot_be_refined_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"give \[N, 108, F\]"):
        load_refiner("debug").refine(torch.zeros(2, 107, 5))
    with pytest.raises(InputError, match=r"refiner\.bands: 107"):
        RefinerConfig(bands=107)
    with pytest.raises(InputError, match="no such file"):
        load_refiner(tmp_path)
