from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.train import lm_run
from trichord.lm import CodecLM, Conditions, LMConfig
from trichord.space.debug import HashedWords
from trichord.studies.regularisation.agreement import order_agreement, panel_of, read
from trichord.train.captions import Captions, describe
from trichord.train.schedule import generator_for
from trichord.train.tokens import VALID, TokenSet


def test_agreement_is_one_for_a_turned_copy_and_zero_for_nothing_in_common() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 5)).astype(np.float32)
    turned, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    assert order_agreement(rows, (rows @ turned).astype(np.float32)) == pytest.approx(1, abs=1e-4)
    other = rng.normal(size=(60, 9)).astype(np.float32)
    assert abs(order_agreement(rows, other)) < 0.15
    # What all share takes no part: cosines that are all near 1 are compared as well.
    assert order_agreement(rows, rows + 50) > 0.99


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> tuple[TokenSet, Captions]:
    notes = lm_run.write_tokens(tmp_path_factory.mktemp("tokens"))
    said = {100 + i: lm_run.said_of(i) for i in range(lm_run.INSTRUMENTS)}
    return notes, describe(said, HashedWords(lm_run.DIM))


def test_a_panel_holds_as_many_notes_of_each_instrument(
    tokens: tuple[TokenSet, Captions], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trichord.studies.regularisation.agreement._EACH", 4)
    notes, captions = tokens
    panel = panel_of(notes, captions, notes.split == VALID, generator_for(0, 0))
    assert panel.rows.shape == (2, 4)
    for rows, caption in zip(panel.rows, panel.captions, strict=True):
        assert (notes.instrument[rows] == notes.instrument[rows[0]]).all()
        assert captions.sentences[caption] in lm_run.said_of(int(notes.instrument[rows[0]]) - 100)


def test_losses_are_those_of_the_model(
    tokens: tuple[TokenSet, Captions], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("trichord.studies.regularisation.agreement._EACH", 4)
    notes, captions = tokens
    panel = panel_of(notes, captions, notes.split == VALID, generator_for(0, 0))
    torch.manual_seed(0)
    config = LMConfig.debug(text_dim=lm_run.DIM, text_tokens=4, max_frames=lm_run.FRAMES)
    model = CodecLM(config).eval()
    found = read(model, notes, captions, panel)
    rows = panel.rows[1]
    logits = model(notes.frames(rows), Conditions(pitch=torch.full((4,), -1)))  # [B, K, F, C]
    expected = torch.nn.functional.cross_entropy(
        logits.permute(0, 3, 1, 2), notes.frames(rows).long()
    )
    assert found.hidden[1] == pytest.approx(expected.item(), rel=1e-5)
    assert found.shown[1] != found.hidden[1]
    assert 0 <= found.similarity <= 4
