"""Codes of many rows in shards that are read by memory map: rows of any length, no padding.

A shard is a safetensors file with `codes` uint16 [frames of all its rows, K], one row after the
other, beside the other columns. Nothing is read before it is asked for, however large the folder.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from trichord.errors import InputError

_TYPES = {
    "U8": torch.uint8,
    "U16": torch.uint16,
    "I32": torch.int32,
    "I64": torch.int64,
    "F16": torch.float16,
    "F32": torch.float32,
}


@dataclass(frozen=True)
class PackedCodes:
    """Codes of N rows in several shards."""

    shards: tuple[Tensor, ...]
    """uint16 [T, K] each, mapped from its file."""
    shard: Tensor
    """Which shard holds a row, int64 [N]."""
    first: Tensor
    """Where in it the row begins, int64 [N]."""
    lengths: Tensor
    """Frames of the row, int64 [N]."""

    @classmethod
    def of(cls, shards: Sequence[Tensor], lengths: Sequence[Tensor]) -> PackedCodes:
        """Of shards and the lengths of the rows in each."""
        counts = [part.long() for part in lengths]
        return cls(
            tuple(shards),
            torch.arange(len(counts)).repeat_interleave(torch.tensor([len(c) for c in counts])),
            torch.cat([part.cumsum(0) - part for part in counts]),
            torch.cat(counts),
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """N, K and the frames of the longest row."""
        return len(self.lengths), self.shards[0].shape[1], int(self.lengths.max())

    def __len__(self) -> int:
        return len(self.lengths)

    def read(self, rows: Tensor) -> Tensor:
        """Codes of some rows, int32 [b, K, frames of the longest of them], 0 past their ends."""
        lengths = self.lengths[rows]
        place = torch.arange(int(lengths.max()))
        real = place < lengths[:, None]
        index = torch.where(real, self.first[rows][:, None] + place, 0)  # [b, F]
        codes = torch.zeros(*index.shape, self.shape[1], dtype=torch.int32)
        for number in self.shard[rows].unique().tolist():
            own = self.shard[rows] == number
            # Hardly anything works on uint16 tensors: index the same bits as int16.
            codes[own] = self.shards[number].view(torch.int16)[index[own]].int() & 0xFFFF
        return (codes * real[:, :, None]).transpose(1, 2)


def pack(codes: Tensor, lengths: Tensor) -> Tensor:
    """Padded codes int32 [N, K, F] and lengths [N] → uint16 [Σ lengths, K]."""
    real = torch.arange(codes.shape[2]) < lengths[:, None]
    return codes.transpose(1, 2)[real].to(torch.uint16).contiguous()


def map_file(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file as views of a memory map; nothing is read yet.

    Safetensors' own reader copies each tensor into memory; the format is a length, a JSON header
    and the bytes (https://huggingface.co/docs/safetensors/index, "Format").

    Raises:
        InputError: the file is cut short, or no safetensors file of columns.
    """
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(length, size)))
        header.pop("__metadata__", None)
        start = 8 + length
        whole = max((entry["data_offsets"][1] for entry in header.values()), default=0)
        if size < start + whole:
            raise InputError(
                f"{path} is cut short: {size} bytes of {start + whole}; write the tokens anew"
            )
        data = torch.from_file(str(path), shared=False, size=size, dtype=torch.uint8)
        return {name: _view(data[start:], entry) for name, entry in header.items()}
    except (UnicodeDecodeError, json.JSONDecodeError, KeyError, AttributeError) as error:
        raise InputError(f"{path} cannot be read as tokens: {error}; write them anew") from error


def _view(data: Tensor, entry: dict[str, list[int]]) -> Tensor:
    first, last = entry["data_offsets"]
    # safetensors aligns the bytes of every tensor to its own width.
    return data[first:last].view(_TYPES[str(entry["dtype"])]).view(entry["shape"])
