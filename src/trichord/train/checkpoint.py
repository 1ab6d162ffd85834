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
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from trichord.errors import InputError
from trichord.train.devices import laid_like

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
    """Writes `folder/step-…` in one rename, then removes older ones; returns where it lies.

    Raises:
        InputError: the disk is full or cannot be written; the checkpoint before stands, and nothing
            of this one is left.
    """
    final = folder / f"step-{checkpoint.step:09d}"
    part = folder / f"{final.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    try:
        _write(part, checkpoint)
    except (OSError, SafetensorError) as error:
        shutil.rmtree(part, ignore_errors=True)
        raise InputError(
            f"{final} could not be written ({reason_of(error)}); {_standing(folder)}; "
            "make room and go on with --resume"
        ) from error
    shutil.rmtree(final, ignore_errors=True)
    part.replace(final)
    for other in folder.iterdir():
        if other != final and other.name.startswith("step-"):
            shutil.rmtree(other)
    return final


def _write(part: Path, checkpoint: Checkpoint) -> None:
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


def reason_of(error: Exception) -> str:
    """What the system says, without the wrapping of libraries."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).splitlines()[0]


def _standing(folder: Path) -> str:
    """Which checkpoint is left to go on from."""
    steps = last_step(folder)
    return "no checkpoint stands before it" if steps is None else f"that of step {steps} stands"


def last_step(folder: Path) -> int | None:
    """The step of the furthest whole checkpoint in a folder, or None."""
    if not folder.is_dir():
        return None
    found = [_NAME.fullmatch(path.name) for path in folder.iterdir()]
    return max((int(name[1]) for name in found if name), default=None)


def latest_checkpoint(folder: Path) -> Checkpoint | None:
    """The furthest whole checkpoint in a folder, or None."""
    step = last_step(folder)
    return None if step is None else load_checkpoint(folder / f"step-{step:09d}")


def load_checkpoint(path: Path) -> Checkpoint:
    """Reads one checkpoint folder."""
    file = path / "state.json"
    if not file.is_file():
        raise InputError(f"{file} is missing; {path} is no checkpoint")
    try:
        state = json.loads(file.read_text(encoding="utf-8"))
        groups = {name: load_file(path / f"{name}.safetensors") for name in state["groups"]}
        return Checkpoint(state["step"], groups, state["facts"])
    except (SafetensorError, OSError, KeyError, json.JSONDecodeError) as error:
        raise InputError(
            f"{path} is damaged ({error}); remove it and begin the run anew"
        ) from error


def pack_optimizer(optimizer: torch.optim.Optimizer) -> Tensors:
    """The moments of an optimiser, flat: `<parameter index>.<name>` → tensor."""
    state: dict[int, dict[str, Any]] = optimizer.state_dict()["state"]
    return {
        f"{index}.{name}": torch.as_tensor(value)
        for index, entry in state.items()
        for name, value in entry.items()
    }


def unpack_optimizer(optimizer: torch.optim.Optimizer, tensors: Tensors) -> None:
    """Puts packed moments back, laid out as their parameters are.

    Rates and decay stay as the optimiser was made.
    """
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        index, name = key.split(".", 1)
        live = parameters[int(index)]
        moment = name != "step" and value.shape == live.shape
        own = laid_like(value.clone(), live) if moment else value.clone()
        state.setdefault(int(index), {})[name] = own
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})
