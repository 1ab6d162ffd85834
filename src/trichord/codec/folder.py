"""A codec of our own as one folder: `model.safetensors` and `config.json`."""

from __future__ import annotations

import json
from abc import abstractmethod
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from trichord.codec.base import Codec
from trichord.errors import InputError
from trichord.files import write_atomically

WEIGHTS, CONFIG = "model.safetensors", "config.json"

Config = TypeVar("Config")


class StoredCodec(nn.Module, Codec, Generic[Config]):
    """A network behind the contract, kept with what it takes to build it again.

    Attributes:
        kind: what the folder calls itself in `config.json`.
    """

    kind: ClassVar[str]

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config

    @classmethod
    @abstractmethod
    def config_of(cls, values: dict[str, Any]) -> Config:
        """The inverse of `dataclasses.asdict`."""

    @staticmethod
    @abstractmethod
    def stored_as(name: str) -> torch.dtype:
        """Of the parameter of that name in the file; a half where it costs nothing."""

    def save(self, folder: Path) -> None:
        """Writes both files, each whole or not at all; what only training needs is left out."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {
            name: (value.to(self.stored_as(name)) if value.is_floating_point() else value)
            for name, value in self.state_dict().items()
            if not name.endswith((".sizes", ".sums"))
        }
        write_atomically(folder / WEIGHTS, save({k: v.contiguous() for k, v in tensors.items()}))
        shape: Any = self.config
        text = json.dumps({"codec": self.kind, **asdict(shape)}, indent=2)
        write_atomically(folder / CONFIG, f"{text}\n".encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads what `save` wrote, ready for use.

        Raises:
            InputError: a file is missing, cut short, or of another codec.
        """
        for name in (CONFIG, WEIGHTS):
            if not (folder / name).is_file():
                raise InputError(f"{folder / name}: missing; give the folder of a trained codec")
        try:
            codec = cls(cls.config_of(json.loads((folder / CONFIG).read_text(encoding="utf-8"))))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise InputError(f"{folder / CONFIG}: not a codec's ({error}); copy it again") from None
        try:
            codec._take(load_file(folder / WEIGHTS))
        except (SafetensorError, KeyError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise InputError(f"{folder / WEIGHTS}: not this codec ({reason})") from None
        return codec.eval()

    def _take(self, tensors: dict[str, torch.Tensor]) -> None:
        shapes = self.state_dict()
        lacking = [n for n in shapes if n not in tensors and not n.endswith((".sizes", ".sums"))]
        if lacking:
            raise KeyError(lacking[0])
        self.load_state_dict({k: v.to(shapes[k].dtype) for k, v in tensors.items()}, strict=False)
