"""Tokens, and the codec and space that they were made with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from trichord.errors import InputError
from trichord.files import file_sha256
from trichord.train.lm import LMTrainConfig, train_lm
from trichord.train.tokenise import TokeniseConfig, check_tokens, read_vectors
from trichord.train.tokens import TokenSet


@pytest.fixture
def source(tmp_path: Path) -> TokeniseConfig:
    """Something in the places of a codec and of a space."""
    for name, file in (("codec", "model"), ("space", "vectors")):
        (tmp_path / name).mkdir()
        save_file({"vectors": torch.zeros(2, 4)}, tmp_path / name / f"{file}.safetensors")
    (tmp_path / "space" / "note_ids.json").write_text('["a", "b"]')
    return TokeniseConfig(codec=tmp_path / "codec", space=tmp_path / "space")


def tokens(**meta: str) -> TokenSet:
    """Two notes, and where they say that they come from."""
    numbers = {name: torch.zeros(2, dtype=torch.uint8) for name in ("pitch", "velocity", "family")}
    return TokenSet(
        codes=torch.zeros(2, 1, 3, dtype=torch.uint16),
        lengths=torch.full((2,), 3, dtype=torch.int32),
        source=torch.zeros(2, dtype=torch.uint8),
        instrument=torch.arange(2).int(),
        split=torch.arange(2).to(torch.uint8),
        joint=torch.zeros(2, 4).half(),
        meta={"num_codebooks": 1, "cardinality": 16, **meta},
        **numbers,
    )


def digests(source: TokeniseConfig) -> dict[str, str]:
    return {
        "codec": file_sha256(source.codec / "model.safetensors"),
        "vectors": file_sha256(source.space / "vectors.safetensors"),
    }


def test_tokens_of_the_codec_and_space_that_stand_pass(source: TokeniseConfig) -> None:
    check_tokens(tokens(**digests(source)), Path("t"), source)


def test_tokens_without_digests_pass(source: TokeniseConfig) -> None:
    check_tokens(tokens(), Path("t"), source)
    check_tokens(tokens(codec="debug"), Path("t"), source)


@pytest.mark.parametrize(("field", "what"), [("codec", "codec"), ("vectors", "space")])
def test_tokens_of_others_are_refused(
    tmp_path: Path, source: TokeniseConfig, field: str, what: str
) -> None:
    folder = tmp_path / "tokens"
    tokens(**(digests(source) | {field: "0" * 64})).write(folder)
    config = LMTrainConfig(tokens=folder, source=source, out=tmp_path / "run")
    with pytest.raises(InputError, match=rf"tokens: .*tokens was made with another {what}"):
        train_lm(config)
    for file in (*source.codec.iterdir(), *source.space.iterdir()):
        file.unlink()
    check_tokens(TokenSet.read(folder), folder, source)


def test_vectors_come_in_the_order_of_the_notes(source: TokeniseConfig) -> None:
    values = torch.arange(8.0).reshape(2, 4)
    save_file({"vectors": values}, source.space / "vectors.safetensors")
    assert torch.equal(read_vectors(source.space, ("b", "a")), values.flip(0))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("vectors.safetensors", b"rubbish"),
        ("note_ids.json", b'["a", '),
        ("note_ids.json", b"\xff\xfe\x00"),
        ("note_ids.json", b"3"),
        ("note_ids.json", json.dumps(["a", "b", "c"]).encode()),
    ],
)
def test_vectors_that_cannot_be_read_are_one_line(
    source: TokeniseConfig, file: str, content: bytes
) -> None:
    (source.space / file).write_bytes(content)
    with pytest.raises(InputError, match=r"run `trichord train space` again") as told:
        read_vectors(source.space, ("a",))
    assert "\n" not in str(told.value)
