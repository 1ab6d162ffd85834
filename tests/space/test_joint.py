from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from trichord.errors import InputError
from trichord.space import JointSpace, SpaceConfig, debug_space, load_space, mean_direction
from trichord.space.folder import config_from_dict
from trichord.space.heads import HeadConfig
from trichord.space.prior import PriorConfig

RATE = 44100


def noise(seconds: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(int(seconds * RATE)).astype(np.float32)


def test_the_debug_space_has_the_whole_interface() -> None:
    space = load_space("debug")
    text = space.embed_text(["warm piano", "bright bass", "warm piano"])
    audio = space.embed_audio([noise(0.2, 0), noise(1.0, 1)], RATE)
    assert text.shape == (3, space.dim)
    assert audio.shape == (2, space.dim)
    for vectors in (text, audio, space.text_to_audio(text)):
        assert torch.allclose(vectors.norm(dim=1), torch.ones(len(vectors)), atol=1e-5)
    assert torch.equal(text[0], text[2])
    whole = space.embed_instrument([noise(0.2, 0), noise(1.0, 1)], RATE)
    assert torch.allclose(whole, mean_direction(audio))


def test_debug_spaces_follow_their_seed_alone() -> None:
    state = torch.get_rng_state()
    a, b, c = debug_space(3), debug_space(3), debug_space(4)
    assert torch.equal(state, torch.get_rng_state())
    waves = [noise(0.3, 0)]
    assert torch.equal(a.embed_audio(waves, RATE), b.embed_audio(waves, RATE))
    assert not torch.equal(a.embed_audio(waves, RATE), c.embed_audio(waves, RATE))


@pytest.mark.parametrize("method", ["none", "neighbours", "learned"])
def test_saved_spaces_come_back_the_same(tmp_path: Path, method: str) -> None:
    space = debug_space(1).with_prior(PriorConfig(method, bank=5)).eval()  # type: ignore[arg-type]
    space.save(tmp_path)
    again = JointSpace.load(tmp_path)
    assert again.config == space.config
    assert not again.training
    prompts = ["slow dark organ", "bell"]
    text = space.embed_text(prompts)
    assert torch.equal(again.embed_text(prompts), text)
    assert torch.equal(again.text_to_audio(text), space.text_to_audio(text))
    waves = [noise(0.5, 2)]
    assert torch.equal(again.embed_audio(waves, RATE), space.embed_audio(waves, RATE))


def test_empty_prompts_are_refused() -> None:
    with pytest.raises(InputError, match="prompt: empty"):
        debug_space().embed_text(["piano", " \n"])


def test_altered_weights_are_detected(tmp_path: Path) -> None:
    debug_space().save(tmp_path)
    weights = tmp_path / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(InputError, match=r"model\.safetensors: altered"):
        JointSpace.load(tmp_path)
    weights.unlink()
    with pytest.raises(InputError, match="no such file"):
        JointSpace.load(tmp_path)


def test_what_is_no_space_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"config\.json: no such file"):
        load_space(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(InputError, match="not JSON"):
        load_space(tmp_path)
    (tmp_path / "config.json").write_text('{"kind": "codec"}')
    with pytest.raises(InputError, match="not a space"):
        load_space(tmp_path)


def test_configs_survive_json_and_name_unknown_fields() -> None:
    config = replace(SpaceConfig(), text_head=HeadConfig(layers=2))
    fields = json.loads(json.dumps(asdict(config)))
    assert config_from_dict(SpaceConfig, fields) == config
    fields["audio"]["colour"] = 1
    with pytest.raises(InputError, match=r"audio\.colour: unknown field"):
        config_from_dict(SpaceConfig, fields)


def test_impossible_heads_are_refused() -> None:
    with pytest.raises(InputError, match=r"head\.layers"):
        HeadConfig(layers=-1)
    with pytest.raises(InputError, match=r"head\.dropout"):
        HeadConfig(dropout=1.0)


def altered(folder: Path, **fields: object) -> Path:
    """A saved space whose config.json says something else; a field of None is left out."""
    debug_space().save(folder)
    file = folder / "config.json"
    described = json.loads(file.read_text()) | fields
    file.write_text(json.dumps({k: v for k, v in described.items() if v is not None}))
    return folder


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"sha256": None}, r"config\.json: lacks sha256; restore"),
        ({"config": None}, r"config\.json: lacks config; restore"),
        ({"config": [1]}, r"config\.json: lacks config; restore"),
        ({"config": {"colour": 1}}, r"config\.json: colour: unknown field"),
        ({"config": {"audio": 3}}, "make no space"),
        ({"config": {}}, r"make no space \(.*; copy both from one folder"),
    ],
)
def test_a_config_that_is_cut_or_of_another_model_is_one_line(
    tmp_path: Path, fields: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said) as told:
        JointSpace.load(altered(tmp_path, **fields))
    assert "\n" not in str(told.value)


def test_a_config_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    debug_space().save(tmp_path)
    (tmp_path / "config.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"config\.json: not JSON.*give the folder"):
        JointSpace.load(tmp_path)


def test_weights_of_another_format_are_one_line(tmp_path: Path) -> None:
    debug_space().save(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"rubbish")
    digest = hashlib.sha256(b"rubbish").hexdigest()
    described = json.loads((tmp_path / "config.json").read_text()) | {"sha256": digest}
    (tmp_path / "config.json").write_text(json.dumps(described))
    with pytest.raises(InputError, match=r"model\.safetensors: no weights"):
        JointSpace.load(tmp_path)
