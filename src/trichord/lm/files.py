"""A model as a folder: model.safetensors and config.json, written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.files import write_atomically
from trichord.lm.config import LMConfig

WEIGHTS, CONFIG = "model.safetensors", "config.json"


def save_model(model: nn.Module, config: LMConfig, folder: Path, dtype: torch.dtype) -> None:
    """Writes both files, each put in place when complete.

    Args:
        model: whose weights are kept.
        config: that describes it.
        folder: made if it is missing.
        dtype: of the weights in the file; float16 halves it and is what is shipped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = {k: v.to(dtype).contiguous().cpu() for k, v in model.state_dict().items()}
    weights, described = folder / WEIGHTS, folder / CONFIG
    write_atomically(weights, save(state))
    write_atomically(described, config.to_json().encode())


def read_weights(folder: Path, config: LMConfig) -> dict[str, Tensor]:
    """The weights in a folder.

    Raises:
        InputError: there are none, the file is cut short, or they are those of another model.
    """
    path = folder / WEIGHTS
    if not path.is_file():
        raise InputError(f"{path} is missing; a model is a folder with model.safetensors in it")
    try:
        state = load_file(path)
    except SafetensorError as error:
        raise InputError(
            f"{path} does not fit its config.json or is cut short ({error}); copy it again"
        ) from error
    found = _told_by({name: value.shape for name, value in state.items()})
    for name, value in found.items():
        wanted = getattr(config, name)
        if value != wanted:
            raise InputError(
                f"{path} does not fit its config.json: {name} is {value} in the weights and "
                f"{wanted} in the configuration; take both files from one folder"
            )
    return state


def check_codec(config: LMConfig, num_codebooks: int, cardinality: int, where: str) -> None:
    """Refuses a language model of another codec; it may draw the first of its codebooks only.

    Args:
        config: of the language model.
        num_codebooks: K of the codec.
        cardinality: of the codec.
        where: names the language model in the complaint.
    """
    if config.num_codebooks > num_codebooks or config.cardinality != cardinality:
        raise InputError(
            f"{where}: the language model takes {config.num_codebooks} codebooks of "
            f"{config.cardinality} entries, the codec has {num_codebooks} of {cardinality}; "
            "take the codec that it was trained with"
        )


def _told_by(shapes: Mapping[str, torch.Size]) -> dict[str, int]:
    """What the shapes of a state say of the configuration; nothing of a state that is no model."""
    if not {"tokens.weight", "heads.weight"} <= shapes.keys():
        return {}
    entries, dim = shapes["tokens.weight"]  # K·(C + 1), dim
    codebooks = max(1, entries - shapes["heads.weight"][0])
    blocks = {name.split(".")[2] for name in shapes if name.startswith("transformer.blocks.")}
    told = {
        "num_codebooks": codebooks,
        "cardinality": shapes["heads.weight"][0] // codebooks,
        "dim": dim,
        "layers": len(blocks),
    }
    columns = {
        "joint_dim": "conditioner.providers.joint.linear.weight",
        "text_dim": "text.linear.weight",
    }
    rows = {
        "families": "conditioner.providers.family.table.weight",
        "sources": "conditioner.providers.source.table.weight",
        "like_frames": "reference.positions.weight",
    }
    for axis, names in ((1, columns), (0, rows)):
        told |= {field: shapes[name][axis] for field, name in names.items() if name in shapes}
    return {"text_dim": 0, "like_frames": 0} | told
