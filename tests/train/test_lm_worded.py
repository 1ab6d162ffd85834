"""Vectors of sentences in the language model's training."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from tests.train import lm_run, space_corpus
from trichord.errors import InputError
from trichord.space import debug_space
from trichord.train import lm_worded
from trichord.train.lm import LMTask, train_lm
from trichord.train.lm_worded import Worded, WordedConfig, worded_of
from trichord.train.space_prompts import read_lexicon
from trichord.train.tokenise import TokeniseConfig
from trichord.train.tokens import TokenSet

NAMES = [f"{kind}-{variant}" for kind in space_corpus.SOUNDS for variant in range(3)]
"""Instruments of the corpus; those of the tokens are numbered from 0."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> TokeniseConfig:
    """A corpus with captions, and the run of a space."""
    folder = tmp_path_factory.mktemp("worded")
    space_corpus.write_corpus(folder / "notes")
    space_corpus.write_plan(folder / "notes")
    debug_space().save(folder / "space" / "space")
    return TokeniseConfig(corpus=folder / "notes", space=folder / "space")


@pytest.fixture
def notes(tmp_path: Path) -> TokenSet:
    """Tokens of which two instruments are held out."""
    written = lm_run.write_tokens(tmp_path / "tokens")
    joint = F.normalize(torch.randn(len(written.codes), 16), dim=1).half()
    notes = dataclasses.replace(
        written,
        instrument=(written.instrument - 100).int(),
        joint=joint,
        meta=written.meta | {"instruments": NAMES},
    )
    notes.write(tmp_path / "tokens")
    return notes


def test_every_instrument_has_vectors_of_its_own_sentences(
    notes: TokenSet, source: TokeniseConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = WordedConfig(chance=0.5, prompts=5, names=2)
    worded = worded_of(tmp_path, notes, source, config)
    texts = lm_worded._sentences(notes, source.corpus, config)
    assert len(texts) == len(NAMES) == len(worded.start) - 1
    space = debug_space()
    for i, said in enumerate(texts):
        own = worded.vectors[worded.start[i] : worded.start[i + 1]]
        assert torch.allclose(own, space.text_to_audio(space.embed_text(said)), atol=1e-6)
    lexicon = {name for names in read_lexicon().values() for name in names}
    trained, held_out = texts[: lm_run.INSTRUMENTS - 2], texts[lm_run.INSTRUMENTS - 2 :]
    assert all(any(name in text for name in lexicon for text in said[-2:]) for said in trained)
    assert all(len(said) > 2 for said in trained)
    assert held_out == [["airy flute", "warm flute"], ["airy flute", "dark flute"]]
    monkeypatch.setattr(lm_worded, "_write", pytest.fail)  # what stands is read
    again = worded_of(tmp_path, notes, source, config)
    assert torch.equal(again.vectors, worded.vectors)


def test_each_sentence_of_an_instrument_is_drawn_and_no_other() -> None:
    worded = Worded(torch.eye(6), torch.tensor([0, 2, 2, 6]))
    drawn = worded.draw(torch.tensor([0, 2] * 100), torch.Generator().manual_seed(0)).argmax(1)
    assert set(drawn[::2].tolist()) == {0, 1}
    assert set(drawn[1::2].tolist()) == {2, 3, 4, 5}


def test_a_share_of_the_notes_is_given_them(
    notes: TokenSet, source: TokeniseConfig, tmp_path: Path
) -> None:
    config = dataclasses.replace(
        lm_run.tiny(tmp_path / "tokens", tmp_path / "run"),
        joint_noise=0.0,
        source=source,
        worded=WordedConfig(chance=0.4),
    )
    task = LMTask(config, notes)
    (path,) = (tmp_path / "tokens").glob("worded-*.safetensors")
    said = load_file(path)["vectors"]
    rows = torch.arange(60).repeat(20)
    joint = task.batch(rows, torch.Generator().manual_seed(0)).conditions.joint
    assert joint is not None
    shown = joint[joint.norm(dim=1) > 0]
    share = ((shown @ said.T).amax(1) > 1 - 1e-5).float().mean()
    assert 0.36 < share < 0.44
    told = train_lm(config)
    assert told["valid_loss_worded"] > 0


def test_what_is_lacking_is_named(notes: TokenSet, source: TokeniseConfig, tmp_path: Path) -> None:
    config = WordedConfig(chance=0.5)
    with pytest.raises(InputError, match=r"source\.space: .*is missing"):
        worded_of(tmp_path, notes, dataclasses.replace(source, space=tmp_path), config)
    nameless = dataclasses.replace(notes, meta=lm_run.write_tokens(tmp_path / "other").meta)
    with pytest.raises(InputError, match="name no instruments"):
        worded_of(tmp_path, nameless, source, config)
    renamed = dataclasses.replace(notes, meta=notes.meta | {"instruments": ["x", *NAMES[1:]]})
    with pytest.raises(InputError, match="does not know x"):
        worded_of(tmp_path, renamed, source, config)
    assert json.loads((tmp_path / "tokens" / "meta.json").read_text())["instruments"] == NAMES


@pytest.mark.parametrize("field", [{"chance": 1.5}, {"prompts": 0}, {"names": -1}])
def test_rates_and_counts_that_mean_nothing_are_refused(field: dict[str, float]) -> None:
    name = next(iter(field))
    with pytest.raises(InputError, match=rf"worded\.{name}"):
        WordedConfig(**field)  # pyright: ignore[reportArgumentType]


def test_a_sentence_is_not_several_vectors(tmp_path: Path) -> None:
    config = lm_run.tiny(tmp_path, tmp_path)
    with pytest.raises(InputError, match=r"scheme is learned and worded\.chance"):
        dataclasses.replace(
            config,
            scheme="learned",
            model=dataclasses.replace(config.model, joint_notes=2),
            worded=WordedConfig(chance=0.5),
        )
