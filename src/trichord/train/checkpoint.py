"""Checkpoints: folders of safetensors and one JSON file, complete or not there at all.

A checkpoint is written under another name and renamed when it is whole; a run that is killed at
any moment finds the last whole one again.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from trichord.errors import InputError

_NAME = re.compile(r"step-(\d{9})")

Tensors = dict[str, Tensor]


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a run needs to go on from a step."""

    step: int
    """Optimiser steps done."""
    groups: dict[str, Tensors]
    """Named sets of tensors: model, ema, optimizer; one safetensors file each."""
    facts: dict[str, Any]
    """Anything that JSON can hold."""


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> Path:
    """Writes `folder/step-…` in one rename, then removes older ones; returns where it lies."""
    final = folder / f"step-{checkpoint.step:09d}"
    part = folder / f"{final.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, tensors in checkpoint.groups.items():
        own = {key: value.detach().contiguous().cpu() for key, value in tensors.items()}
        save_file(own, part / f"{name}.safetensors")
    state = {
        "step": checkpoint.step,
        "groups": sorted(checkpoint.groups),
        "facts": checkpoint.facts,
    }
    (part / "state.json").write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(final, ignore_errors=True)
    part.replace(final)
    for other in folder.iterdir():
        if other != final and other.name.startswith("step-"):
            shutil.rmtree(other)
    return final


def latest_checkpoint(folder: Path) -> Checkpoint | None:
    """The furthest whole checkpoint in a folder, or None."""
    if not folder.is_dir():
        return None
    whole = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    return load_checkpoint(whole[-1]) if whole else None


def load_checkpoint(path: Path) -> Checkpoint:
    """Reads one checkpoint folder."""
    file = path / "state.json"
    if not file.is_file():
        raise InputError(f"{file} is missing; {path} is no checkpoint")
    state = json.loads(file.read_text(encoding="utf-8"))
    groups = {name: load_file(path / f"{name}.safetensors") for name in state["groups"]}
    return Checkpoint(state["step"], groups, state["facts"])


def pack_optimizer(optimizer: torch.optim.Optimizer) -> Tensors:
    """The moments of an optimiser, flat: `<parameter index>.<name>` → tensor."""
    state: dict[int, dict[str, Any]] = optimizer.state_dict()["state"]
    return {
        f"{index}.{name}": torch.as_tensor(value)
        for index, entry in state.items()
        for name, value in entry.items()
    }


def unpack_optimizer(optimizer: torch.optim.Optimizer, tensors: Tensors) -> None:
    """Puts packed moments back; rates and decay stay as the optimiser was made."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = value.clone()
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})
