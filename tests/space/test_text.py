from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

import pytest
import torch

from trichord.errors import InputError
from trichord.space.debug import HashedWords
from trichord.space.text import (
    MINILM_SHA256,
    SentenceConfig,
    SentenceEncoder,
    TransformersEncoder,
    check_sha256,
    packaged_minilm,
)

SENTENCES = ["warm felt piano", "a bright, plucky synth lead for a film score", "ピアノ", "x"]


@pytest.fixture(scope="module")
def minilm() -> SentenceEncoder:
    return SentenceEncoder(SentenceConfig())


def test_minilm_equals_transformers(minilm: SentenceEncoder) -> None:
    config = SentenceConfig("transformers", str(packaged_minilm()), MINILM_SHA256)
    expected = TransformersEncoder(config).embed(SENTENCES)
    found = minilm.embed(SENTENCES)
    assert found.shape == (4, 384) == (4, minilm.dim)
    assert torch.allclose(found, expected, atol=1e-5)


def test_words_without_an_entry_are_new(minilm: SentenceEncoder) -> None:
    assert minilm.new_words("Dark underwater florbnix, 2 bells: zzyx!") == ["florbnix", "zzyx"]
    assert HashedWords(16).new_words("florbnix") == []


def test_states_pool_to_the_vectors_and_equal_transformers(minilm: SentenceEncoder) -> None:
    config = SentenceConfig("transformers", str(packaged_minilm()), MINILM_SHA256)
    other = TransformersEncoder(config).states(SENTENCES)
    for states, vector, twin in zip(
        minilm.states(SENTENCES), minilm.embed(SENTENCES), other, strict=True
    ):
        assert torch.allclose(
            torch.nn.functional.normalize(states.mean(0), dim=0), vector, atol=1e-5
        )
        assert states.shape == twin.shape
        assert torch.allclose(states, twin, atol=1e-4)


def test_debug_states_are_those_of_its_words() -> None:
    states = HashedWords(8).states(["warm piano", "piano"])
    assert [len(s) for s in states] == [2, 1]
    assert torch.equal(states[0][1], states[1][0])


def test_a_sentence_is_the_same_alone_and_in_a_batch(minilm: SentenceEncoder) -> None:
    together = minilm.embed(SENTENCES)
    alone = torch.cat([minilm.embed([text]) for text in SENTENCES])
    assert torch.allclose(together, alone, atol=1e-5)
    assert torch.allclose(together.norm(dim=1), torch.ones(4), atol=1e-5)


def test_meaning_is_near(minilm: SentenceEncoder) -> None:
    piano, grand, trumpet = minilm.embed(["soft piano", "gentle grand piano", "loud trumpet"])
    assert piano @ grand > piano @ trumpet


def test_long_prompts_are_cut_with_a_warning(
    minilm: SentenceEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        vectors = minilm.embed(["piano " * 2000, "piano " * 4000])
    assert torch.allclose(vectors[0], vectors[1], atol=1e-5)
    assert "the first 128 are read" in caplog.text


def test_an_altered_model_file_is_detected(tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(packaged_minilm() / name, tmp_path / name)
    content = bytearray((packaged_minilm() / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(InputError, match=r"model\.safetensors: altered or another version"):
        SentenceEncoder(SentenceConfig(source=str(tmp_path)))


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"model\.safetensors: no such file"):
        check_sha256(tmp_path / "model.safetensors", MINILM_SHA256)
    with pytest.raises(InputError, match=r"no config\.json"):
        SentenceEncoder(SentenceConfig(source=str(tmp_path), sha256=None))


def tiny_bert(folder: Path) -> None:
    """A randomly initialised two-layer BERT on disk, as a hub would give it."""
    from transformers import BertConfig, BertModel

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "warm", "piano", "bright", "bass"]
    tokenizer = json.loads((packaged_minilm() / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"] = {word: i for i, word in enumerate(words)}
    for token in tokenizer["added_tokens"]:
        token["id"] = words.index(token["content"])
    special = tokenizer["post_processor"]["special_tokens"]
    for name, token in special.items():
        token["ids"] = [words.index(name)]
    tokenizer["padding"] = tokenizer["truncation"] = None
    folder.mkdir(exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    named = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    named["tokenizer_class"] = "PreTrainedTokenizerFast"
    (folder / "tokenizer_config.json").write_text(json.dumps(named))
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 64}
    BertModel(
        BertConfig(vocab_size=len(words), num_hidden_layers=2, max_position_embeddings=64, **shape)
    ).save_pretrained(folder)


def test_other_models_load_by_folder_in_both_ways(tmp_path: Path) -> None:
    tiny_bert(tmp_path)
    prompts = ["warm piano", "bright bass bass"]
    ours = SentenceEncoder(SentenceConfig(source=str(tmp_path), sha256=None, dim=32))
    theirs = TransformersEncoder(SentenceConfig("transformers", str(tmp_path), None, dim=32))
    assert ours.dim == theirs.dim == 32
    assert torch.allclose(ours.embed(prompts), theirs.embed(prompts), atol=1e-5)


def test_transformers_needs_a_source() -> None:
    with pytest.raises(InputError, match=r"text\.source: empty"):
        TransformersEncoder(SentenceConfig("transformers", None, None))


def test_hashed_words_share_words() -> None:
    encoder = HashedWords(32)
    a, b, c = encoder.embed(["warm piano", "piano, warm!", "???"])
    assert torch.allclose(a, b, atol=1e-6)
    assert float(c.norm()) == pytest.approx(1)
    assert encoder.embed([]).shape == (0, 32)


def test_a_folder_that_transformers_cannot_load_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="complete the folder"):
        TransformersEncoder(SentenceConfig("transformers", str(tmp_path), None))
