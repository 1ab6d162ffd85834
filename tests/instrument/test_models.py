from __future__ import annotations

import json
import shutil

import pytest
import torch

from trichord.errors import InputError
from trichord.instrument.models import WEIGHTS, licence_of, load, verify, write_manifest
from trichord.lm import CodecLM, LMConfig


def shipped(folder):
    for room in ("codec", "space", "lm"):
        (folder / room).mkdir()
        (folder / room / "model.safetensors").write_bytes(room.encode())
        (folder / room / "config.json").write_text("{}")
    write_manifest(folder)
    return folder


def test_a_manifest_names_every_file_and_matches(tmp_path):
    hashes = verify(shipped(tmp_path))
    assert len(hashes) == 6
    assert list(hashes) == sorted(hashes)


def test_altered_weights_are_refused(tmp_path):
    (shipped(tmp_path) / "lm" / "model.safetensors").write_bytes(b"other")
    with pytest.raises(InputError, match="altered"):
        verify(tmp_path)


def test_missing_weights_are_refused(tmp_path):
    (shipped(tmp_path) / "space" / "model.safetensors").unlink()
    with pytest.raises(InputError, match="missing"):
        verify(tmp_path)


@pytest.mark.parametrize("text", [None, "", "[]", "{}", "nonsense"])
def test_a_bad_manifest_is_refused(tmp_path, text):
    if text is not None:
        (tmp_path / "MANIFEST.json").write_text(text)
    with pytest.raises(InputError, match=r"MANIFEST\.json"):
        verify(tmp_path)


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("# Codec\n\n- **Licence**: MIT\n", "MIT"),
        ("License: CC0 1.0", "CC0 1.0"),
        ("# no such line", "unknown"),
        (None, "unknown"),
    ],
)
def test_licences_come_from_the_cards(tmp_path, card, licence):
    if card is not None:
        (tmp_path / "card.md").write_text(card)
    assert licence_of(tmp_path) == licence


def test_the_manifest_is_plain_json(tmp_path):
    path = write_manifest(shipped(tmp_path))
    assert json.loads(path.read_text())["codec/config.json"]


def test_a_language_model_of_another_codec_is_refused_with_both_named(tmp_path):
    folder = tmp_path / "weights"
    for room in ("codec", "space"):
        shutil.copytree(WEIGHTS / room, folder / room)
    torch.manual_seed(0)
    CodecLM(LMConfig.debug()).save(folder / "lm")
    write_manifest(folder)
    with pytest.raises(InputError, match="3 codebooks of 16 entries, the codec has 8 of 512"):
        load(folder)
