"""The speeds of the language model: every table is made, of models of the same size."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from trichord.errors import InputError
from trichord.lm import LMConfig
from trichord.progress import Progress
from trichord.studies.lm import masked, peer, streaming
from trichord.studies.lm.contents import study_lm
from trichord.studies.lm.decoding import model_of, weights_of
from trichord.studies.lm.study import LMOptions, LMStudy
from trichord.studies.lm.timing import products


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LMOptions:
    """Everything as small as it goes."""

    def config(self: LMStudy, **changes: object) -> LMConfig:
        return LMConfig.debug(**({"max_frames": 64} | changes))

    monkeypatch.setattr(LMStudy, "config", config)
    small = {"num_codebooks": 2, "max_frames": 6}
    monkeypatch.setattr(masked, "CLIP", small)
    monkeypatch.setattr(masked, "PASSES", ((2, 1), (1,)))
    monkeypatch.setattr(masked, "FEW", ((2, 1), (1,)))
    monkeypatch.setattr(streaming, "CLIP", small)
    monkeypatch.setattr(streaming, "SIZES", ("nano",))
    page = tmp_path / "docs" / "lm.md"
    return LMOptions(tmp_path / "out", rows=2, frames=4, threads=1, rounds=1, page=page)


def test_every_table_is_made_with_its_command(options: LMOptions) -> None:
    threads = torch.get_num_threads()
    with Progress("quiet") as progress:
        told = study_lm(options, progress)
    assert torch.get_num_threads() == threads
    assert {name: len(targets) for name, targets in told.items()} == {
        "decode": 4,
        "training": 2,
        "masked": 4,
        "stream": 0,
    }
    page = options.page.read_text(encoding="utf-8")
    flags = "--size 60m --rows 2 --frames 4 --threads 1 --rounds 1 --seed 0"
    for name in told:
        assert f"`trichord study lm --out DIR --only {name} {flags}`" in page
    assert "MusicGen, float32" in page
    assert "one clip" in page


def test_the_peer_is_of_the_same_size() -> None:
    """Beside biases of its norms and its cross-attention, which it leaves out."""
    config = LMConfig.debug(dim=64, layers=3)
    theirs = peer.musicgen(config)
    used = [
        p.numel()
        for name, p in theirs.named_parameters()
        if p.dim() == 2 and "encoder_attn" not in name and "embed" not in name
    ]
    assert sum(used) == weights_of(model_of(config, 0, torch.float32))
    assert peer.draw(theirs, 2, 4, guided=True).shape[:2] == (2, config.num_codebooks)


def test_the_peers_loss_is_that_of_chance_at_the_beginning() -> None:
    config = LMConfig.debug()
    found = peer.loss(peer.musicgen(config), torch.randint(0, 16, (2, 3, 9)))
    assert found.item() == pytest.approx(torch.tensor(16.0).log().item(), abs=0.2)


def test_operations_of_products_are_two_a_weight_and_row() -> None:
    _, operations = products(torch.float32, times=3)
    assert operations == 3 * 2 * 1024**3


def test_senseless_options_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rows = 0"):
        LMOptions(tmp_path, rows=0)
    with pytest.raises(InputError, match="no such table"), Progress("quiet") as progress:
        study_lm(LMOptions(tmp_path, only="nothing"), progress)
