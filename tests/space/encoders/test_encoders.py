"""Tiny randomly initialised models of every kind, written to disk and loaded by their folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from trichord.errors import InputError
from trichord.space.base import Sound
from trichord.space.encoders import load_encoder
from trichord.space.encoders.code import CodeModelEncoder, spans

PROGRAM = "live_loop :beat do\n  sample :bd_haus, rate: 0.5\n  sleep 0.25\nend\n"


def write_tokenizer(folder: Path, kind: str) -> Any:
    """A byte-level BPE of RoBERTa's kind, learned from one program."""
    from tokenizers import ByteLevelBPETokenizer
    from transformers import PreTrainedTokenizerFast, RobertaTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    learned = ByteLevelBPETokenizer()
    learned.train_from_iterator([PROGRAM] * 4, vocab_size=320, special_tokens=special)
    learned.save_model(str(folder))
    if kind == "roberta":
        made: PreTrainedTokenizerFast = RobertaTokenizerFast(
            vocab=str(folder / "vocab.json"),
            merges=str(folder / "merges.txt"),
            model_max_length=64,
        )
    else:
        made = PreTrainedTokenizerFast(
            tokenizer_object=learned._tokenizer, pad_token="<pad>", model_max_length=77
        )
    made.save_pretrained(folder)
    return made


@pytest.fixture(scope="module")
def roberta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import RobertaConfig, RobertaModel

    folder = tmp_path_factory.mktemp("roberta")
    tokenizer = write_tokenizer(folder, "roberta")
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=66,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
    )
    RobertaModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def wav2vec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

    folder = tmp_path_factory.mktemp("wav2vec")
    torch.manual_seed(0)
    config = Wav2Vec2Config(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        conv_dim=(8, 8),
        conv_stride=(5, 64),
        conv_kernel=(10, 64),
        num_feat_extract_layers=2,
        num_conv_pos_embeddings=8,
        num_conv_pos_embedding_groups=2,
    )
    Wav2Vec2Model(config).save_pretrained(folder)
    Wav2Vec2FeatureExtractor(sampling_rate=16000).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def clap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import ClapConfig, ClapFeatureExtractor, ClapModel

    folder = tmp_path_factory.mktemp("clap")
    tokenizer = write_tokenizer(folder, "plain")
    torch.manual_seed(0)
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 90,
        "projection_dim": 12,
    }
    audio = {
        "spec_size": 64,
        "num_mel_bins": 16,
        "patch_size": 4,
        "patch_stride": [4, 4],
        "window_size": 4,
        "depths": [1, 1],
        "num_attention_heads": [2, 2],
        "patch_embeds_hidden_size": 8,
        "hidden_size": 16,
        "projection_dim": 12,
    }
    ClapModel(ClapConfig(text_config=text, audio_config=audio, projection_dim=12)).save_pretrained(
        folder
    )
    ClapFeatureExtractor(
        feature_size=16, max_length_s=10, hop_length=1920, truncation="rand_trunc"
    ).save_pretrained(folder)
    return folder


def noise(seconds: float, rate: int, seed: int = 0) -> Sound:
    wave = np.random.default_rng(seed).standard_normal(round(seconds * rate)).astype(np.float32)
    return Sound(0.1 * wave, rate)


def test_a_text_model_by_its_folder(roberta: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    encoder = load_encoder("text", str(roberta))
    texts = ["slow dub", PROGRAM]
    found = encoder.embed(texts)
    tokenizer, model = AutoTokenizer.from_pretrained(roberta), AutoModel.from_pretrained(roberta)
    for text, vector in zip(texts, found, strict=True):
        ids = tokenizer(text, truncation=True, max_length=64, return_tensors="pt")
        with torch.inference_mode():
            expected = model.eval()(**ids).last_hidden_state[0].mean(0)
        assert torch.allclose(vector, F.normalize(expected, dim=0), atol=1e-5)
    assert encoder.embed([]).shape == (0, encoder.dim) == (0, 16)


def test_a_sentence_transformer_by_its_folder(roberta: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    words = Transformer(str(roberta))
    made = SentenceTransformer(modules=[words, Pooling(16, pooling_mode="cls")], device="cpu")
    made.save(str(tmp_path))
    found = load_encoder("text", str(tmp_path)).embed(["slow dub", "bells"])
    expected = torch.from_numpy(made.encode(["slow dub", "bells"]))
    assert torch.allclose(found, F.normalize(expected, dim=-1), atol=1e-5)


def test_an_audio_model_is_the_mean_of_its_states(wav2vec: Path) -> None:
    from transformers import AutoModel

    encoder = load_encoder("audio", str(wav2vec))
    sound = noise(1.0, 16000)
    found = encoder.embed([sound, noise(0.001, 16000), noise(0.5, 44100)])
    wave = (sound.wave - sound.wave.mean()) / np.sqrt(sound.wave.var() + 1e-7)
    model = AutoModel.from_pretrained(wav2vec).eval()
    with torch.inference_mode():
        expected = model(torch.from_numpy(wave)[None]).last_hidden_state[0].mean(0)
    assert torch.allclose(found[0], expected, atol=1e-4)
    assert found.shape == (3, 16)
    assert found.isfinite().all()


def test_a_long_sound_is_heard_in_windows(wav2vec: Path) -> None:
    from trichord.space.encoders import AudioModelEncoder

    sound = noise(2.2, 16000)
    found = AudioModelEncoder(str(wav2vec), seconds=1.0).embed([sound])[0]
    halves = [Sound(sound.wave[at : at + 16000], 16000) for at in (0, 16000)]
    each = AudioModelEncoder(str(wav2vec)).embed(halves)
    assert torch.allclose(found, each.mean(0), atol=1e-5)  # the rest of 0.2 s is left out


def test_clap_hears_and_reads_into_one_space(clap: Path) -> None:
    audio, text = load_encoder("audio", str(clap)), load_encoder("text", str(clap))
    assert audio.dim == text.dim == 12
    sounds = [noise(0.4, 48000), noise(12.0, 44100)]
    heard = audio.embed(sounds)
    assert torch.allclose(heard.norm(dim=1), torch.ones(2), atol=1e-5)
    assert torch.equal(heard, audio.embed(sounds))  # no random crop
    read = text.embed(["slow dub", "bells"])
    assert torch.allclose(read.norm(dim=1), torch.ones(2), atol=1e-5)


def test_one_window_is_the_papers_cut(roberta: Path) -> None:
    cut = load_encoder("code", str(roberta), windows=1)
    whole = load_encoder("code", str(roberta))
    short, long = "sleep 0.25\n", PROGRAM * 8
    assert torch.allclose(cut.embed([short]), whole.embed([short]), atol=1e-5)
    later = long + "play 72\n"
    assert torch.equal(cut.embed([long]), cut.embed([later]))
    assert not torch.allclose(whole.embed([long]), whole.embed([later]), atol=1e-4)
    sentence = load_encoder("text", str(roberta))
    alike = F.normalize(cut.embed([long]), dim=-1)
    assert torch.allclose(alike, sentence.embed([long]), atol=1e-5)


def test_a_program_does_not_hear_its_neighbours(roberta: Path) -> None:
    encoder = CodeModelEncoder(str(roberta))
    programs = ["", "sleep 1\n", PROGRAM * 5, PROGRAM * 30]
    together = encoder.embed(programs)
    assert together.isfinite().all()
    for program, vector in zip(programs, together, strict=True):
        assert torch.allclose(encoder.embed([program])[0], vector, atol=1e-5)


@pytest.mark.parametrize(
    ("length", "room"), [(0, 10), (7, 10), (10, 10), (11, 10), (99, 10), (50, 7)]
)
def test_every_token_counts_once(length: int, room: int) -> None:
    counted = [at + i for at, first, last in spans(length, room) for i in range(first, last)]
    assert counted == list(range(length))
    for at, first, last in spans(length, room):
        assert 0 <= first <= last <= room
        assert at + last <= length


def test_ours_by_a_word() -> None:
    assert load_encoder("text", "debug").embed(["a bell"]).shape == (1, 32)
    assert load_encoder("code", "debug").embed(["play 60"]).shape == (1, 32)
    heard = load_encoder("audio", "debug").embed([noise(0.3, 22050), noise(1.0, 44100)])
    assert heard.shape == (2, 128)
    code = load_encoder("code").embed([PROGRAM, PROGRAM * 20])
    assert code.shape == (2, 384)
    assert torch.allclose(
        load_encoder("text").embed([PROGRAM])[0], F.normalize(code[0], dim=0), atol=1e-4
    )


def test_what_cannot_be_loaded_is_one_line(tmp_path: Path, roberta: Path) -> None:
    with pytest.raises(InputError, match="config") as missing:
        load_encoder("text", str(tmp_path))
    assert "\n" not in str(missing.value)
    (tmp_path / "config.json").write_text("{ no json")
    with pytest.raises(InputError, match="complete the folder"):
        load_encoder("code", str(tmp_path))
    with pytest.raises(InputError, match=r"cannot be loaded|hears no audio"):
        load_encoder("audio", str(roberta))
    with pytest.raises(InputError, match="give text, audio or code"):
        load_encoder("smell", "debug")  # type: ignore[call-overload]
    with pytest.raises(InputError, match="windows: 0"):
        load_encoder("code", str(roberta), windows=0)
