"""A model as one folder: `model.safetensors`, and `config.json` with the weights' sha256."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Generator, Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import torch
from torch import Tensor, nn

from trichord.errors import InputError, TrichordError
from trichord.files import read_json, write_atomically
from trichord.space.text import check_sha256

WEIGHTS = "model.safetensors"
CONFIG = "config.json"

Config = TypeVar("Config")


class StoredModel(nn.Module, Generic[Config]):
    """A network that is kept as a folder, with all that it takes to build it again.

    Attributes:
        kind: what the folder is called in its own `config.json`, and in errors.
        config_type: the dataclass of `config`.
    """

    kind: ClassVar[str]
    config_type: ClassVar[type[Any]]

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config

    def save(self, folder: Path, dtype: torch.dtype = torch.float32) -> None:
        """Writes `model.safetensors` and `config.json` (with the weights' sha256) into a folder."""
        shape: Any = self.config
        write_model(folder, self.kind, asdict(shape), self.state_dict(), dtype)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads a saved folder, ready for use.

        Raises:
            InputError: when a file is missing, altered, or of another kind of model.
        """
        config, tensors = read_model(folder, cls.kind)
        with fitting(folder, cls.kind):
            model = cls(config_from_dict(cls.config_type, config, f"{folder / CONFIG}: "))
            model.load_state_dict(tensors, strict=True)
        return model.eval().requires_grad_(False)


def write_model(
    folder: Path,
    kind: str,
    config: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    dtype: torch.dtype = torch.float32,
) -> None:
    """Writes the two files, each whole or not at all; numbers with a point are of `dtype`."""
    from safetensors.torch import save

    folder.mkdir(parents=True, exist_ok=True)
    stored = {
        name: (value.to(dtype) if value.is_floating_point() else value).contiguous()
        for name, value in tensors.items()
    }
    content = save(stored)
    digest = hashlib.sha256(content).hexdigest()
    described = {"kind": kind, "sha256": digest, "config": dict(config)}
    write_atomically(folder / WEIGHTS, content)
    text = json.dumps(described, indent=2, default=str) + "\n"
    write_atomically(folder / CONFIG, text.encode())


def read_model(folder: Path, kind: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The configuration and the tensors of a folder, numbers with a point as float32.

    Raises:
        InputError: when a file is missing, altered, or of another kind of model.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    described = _described(folder / CONFIG, kind)
    check_sha256(folder / WEIGHTS, described["sha256"])
    try:
        tensors = load_file(folder / WEIGHTS)
    except SafetensorError as error:
        raise InputError(f"{folder / WEIGHTS}: no weights ({error}); restore the file") from None
    return described["config"], {
        name: value.float() if value.is_floating_point() else value
        for name, value in tensors.items()
    }


def _described(file: Path, kind: str) -> dict[str, Any]:
    described = read_json(file, f"give the folder of a saved {kind}")
    if described.get("kind") != kind:
        raise InputError(f"{file}: not a {kind}; give the folder of a saved {kind}")
    for name, type_ in (("sha256", str), ("config", dict)):
        if not isinstance(described.get(name), type_):
            raise InputError(f"{file}: lacks {name}; restore the file")
    return described


@contextlib.contextmanager
def fitting(folder: Path, kind: str) -> Generator[None]:
    """Around the building of a model from what `read_model` read: one line where it cannot be.

    Raises:
        InputError: configuration and weights are not of one model.
    """
    try:
        yield
    except TrichordError:
        raise
    except (TypeError, ValueError, AttributeError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"{folder}: {CONFIG} and {WEIGHTS} make no {kind} ({reason}); copy both from one folder"
        ) from error


def config_from_dict(kind: type[Config], values: Mapping[str, Any], path: str = "") -> Config:
    """Rebuilds a (nested) dataclass from JSON; an unknown field is an InputError that names it."""
    known = {f.name: f for f in fields(kind)}  # pyright: ignore[reportArgumentType]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise InputError(f"{path}{unknown[0]}: unknown field; known are {', '.join(known)}")
    built: dict[str, Any] = {}
    for name, value in values.items():
        inner = known[name].default_factory
        if isinstance(inner, type) and is_dataclass(inner):
            built[name] = config_from_dict(inner, value, f"{path}{name}.")
        else:
            built[name] = _tuples(value)
    return kind(**built)


def _tuples(value: Any) -> Any:
    """JSON knows lists only; the frozen dataclasses hold tuples."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
