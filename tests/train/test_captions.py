from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from trichord.errors import InputError
from trichord.space.debug import HashedWords
from trichord.space.text import SentenceConfig
from trichord.train.captions import Captions, captions_of, describe
from trichord.train.tokens import TokenSet

SAID = {7: ["warm piano", "soft piano"], 3: ["bright bell"], 9: ["soft piano", "old grand piano"]}


@pytest.fixture(scope="module")
def captions() -> Captions:
    return describe(SAID, HashedWords(8))


def test_each_sentence_is_stored_once(captions: Captions) -> None:
    assert len(captions.sentences) == 4
    assert captions.owner.tolist() == [3, 7, 9]
    assert len(captions.states) == 2 + 2 + 2 + 3
    for i, sentence in enumerate(captions.sentences):
        states, lengths = captions.text(torch.tensor([i]))
        expected = HashedWords(8).states([sentence])[0]
        assert lengths.item() == len(expected)
        assert torch.allclose(states[0], expected, atol=2e-3)


def test_states_are_filled_up_with_zeros(captions: Captions) -> None:
    long = captions.sentences.index("old grand piano")
    states, lengths = captions.text(torch.tensor([0, long]))
    assert states.shape == (2, 3, 8)
    assert lengths.tolist() == [2, 3]
    assert (states[0, 2] == 0).all()


def test_a_sound_gets_each_of_its_own_sentences_and_no_other(captions: Captions) -> None:
    owners = torch.tensor([9, 3, 7]).repeat(100)
    drawn = captions.draw(owners, torch.Generator().manual_seed(0))
    for owner in (9, 3, 7):
        said = {captions.sentences[i] for i in drawn[owners == owner].tolist()}
        assert said == set(SAID[owner])
    again = captions.draw(owners, torch.Generator().manual_seed(0))
    assert torch.equal(drawn, again)
    assert [captions.sentences[i] for i in captions.of_owners(torch.tensor([3]))] == ["bright bell"]


def test_written_and_read_it_is_the_same(captions: Captions, tmp_path: Path) -> None:
    captions.write(tmp_path, "debug")
    found = Captions.read(tmp_path)
    assert found.sentences == captions.sentences
    for field in dataclasses.fields(Captions)[1:]:
        assert torch.equal(getattr(found, field.name), getattr(captions, field.name))


def test_what_is_lacking_is_named(captions: Captions, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="number 5 is the first"):
        captions.draw(torch.tensor([3, 5]), torch.Generator())
    with pytest.raises(InputError, match="captions of number 1 hold an empty sentence"):
        describe({1: ["piano", " "]}, HashedWords(8))
    with pytest.raises(InputError, match="describes no sound"):
        describe({1: []}, HashedWords(8))
    with pytest.raises(InputError, match=r"captions\.json is missing"):
        Captions.read(tmp_path)
    captions.write(tmp_path, "debug")
    whole = (tmp_path / "captions.safetensors").read_bytes()
    (tmp_path / "captions.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="captions cannot be read"):
        Captions.read(tmp_path)


def test_tokens_without_names_cannot_be_described(tmp_path: Path) -> None:
    notes = TokenSet(
        codes=torch.zeros(1, 1, 1, dtype=torch.uint16),
        lengths=torch.ones(1, dtype=torch.int32),
        pitch=torch.zeros(1, dtype=torch.uint8),
        velocity=torch.zeros(1, dtype=torch.uint8),
        family=torch.zeros(1, dtype=torch.uint8),
        source=torch.zeros(1, dtype=torch.uint8),
        instrument=torch.zeros(1, dtype=torch.int32),
        split=torch.zeros(1, dtype=torch.uint8),
        joint=torch.ones(1, 2).half(),
        meta={"num_codebooks": 1, "cardinality": 2},
    )
    with pytest.raises(InputError, match="name no instruments"):
        captions_of(tmp_path, notes, tmp_path, SentenceConfig("debug", dim=8))
