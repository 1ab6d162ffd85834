"""A model as one folder: `model.safetensors`, and `config.json` with the weights' sha256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.space.text import check_sha256

WEIGHTS = "model.safetensors"
CONFIG = "config.json"


def write_model(
    folder: Path,
    kind: str,
    config: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    dtype: torch.dtype = torch.float32,
) -> None:
    """Writes the two files; numbers with a point are stored as `dtype`."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    stored = {
        name: (value.to(dtype) if value.is_floating_point() else value).contiguous()
        for name, value in tensors.items()
    }
    save_file(stored, folder / WEIGHTS)
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    described = {"kind": kind, "sha256": digest, "config": dict(config)}
    (folder / CONFIG).write_text(json.dumps(described, indent=2, default=str) + "\n")


def read_model(folder: Path, kind: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The configuration and the tensors of a folder, numbers with a point as float32.

    Raises:
        InputError: when a file is missing, altered, or of another kind of model.
    """
    from safetensors.torch import load_file

    described = _described(folder / CONFIG, kind)
    check_sha256(folder / WEIGHTS, described["sha256"])
    tensors = load_file(folder / WEIGHTS)
    return described["config"], {
        name: value.float() if value.is_floating_point() else value
        for name, value in tensors.items()
    }


def _described(file: Path, kind: str) -> dict[str, Any]:
    if not file.is_file():
        raise InputError(f"{file}: no such file; give the folder of a saved {kind}")
    try:
        described = json.loads(file.read_text())
    except json.JSONDecodeError as error:
        raise InputError(f"{file}: not JSON ({error.msg}); restore the file") from error
    if not isinstance(described, dict) or described.get("kind") != kind:
        raise InputError(f"{file}: not a {kind}; give the folder of a saved {kind}")
    return described
