"""Pre-tokenised notes: what the language model is trained on.

A folder of shards (`tokens-00000.safetensors`, …: the columns of `TokenSet`, codes packed without
padding, read by memory map) and `meta.json` (where they come from, the numbers that shape a model:
`num_codebooks`, `cardinality`, and how many shards there are). Older folders hold one file,
`tokens.safetensors`, with padded codes.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.errors import InputError
from trichord.files import write_json, write_tensors
from trichord.train.packed import PackedCodes, map_file, pack

TRAIN, VALID = 0, 1


@dataclass(frozen=True)
class TokenSet:
    """N notes as codes, with what is known of each."""

    codes: Tensor | PackedCodes
    """uint16 [N, K, F], or the same packed."""
    lengths: Tensor
    """Frames that count, int32 [N]."""
    pitch: Tensor
    """MIDI keys, uint8 [N]."""
    velocity: Tensor
    """MIDI velocities, uint8 [N]."""
    family: Tensor
    """Index into the families, uint8 [N]."""
    source: Tensor
    """Index into the sources, uint8 [N]."""
    instrument: Tensor
    """Which instrument, int32 [N]."""
    split: Tensor
    """0 train, 1 valid, 2 test, uint8 [N]."""
    joint: Tensor
    """The audio vector of each note, unit, float16 [N, D]."""
    meta: dict[str, Any]
    """`num_codebooks`, `cardinality`, and where the notes come from."""
    code: Tensor | None = None
    """The vector of the program that a clip was made by, unit, float16 [N, E]; None for notes."""

    def __post_init__(self) -> None:
        """Refuses columns that do not belong together."""
        counts = {name: len(column) for name, column in self.columns().items()}
        counts["codes"] = len(self.codes)
        if len(set(counts.values())) != 1:
            raise InputError(f"the columns of the tokens differ in length: {counts}")
        for name in ("num_codebooks", "cardinality"):
            if name not in self.meta:
                raise InputError(f"meta.json of the tokens lacks {name}; write it with the codec's")
        shape = self.codes.shape
        if len(shape) != 3 or shape[1] != self.meta["num_codebooks"]:
            raise InputError(
                f"codes are {list(shape)}; expected [N, {self.meta['num_codebooks']}, F]"
            )
        if isinstance(self.codes, Tensor) and len(self.codes):
            self._check_range(self.codes)

    def _check_range(self, codes: Tensor) -> None:
        largest = int(codes.int().max())
        if largest >= self.meta["cardinality"]:
            raise InputError(f"codes reach {largest}; cardinality is {self.meta['cardinality']}")

    def columns(self) -> dict[str, Tensor]:
        """All tensors by name; without codes that are packed."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, Tensor)}

    def frames(self, rows: Tensor) -> Tensor:
        """Codes of some rows, int32 [b, K, F]; packed ones to the longest of the rows."""
        if isinstance(self.codes, PackedCodes):
            codes = self.codes.read(rows)
            self._check_range(codes)
            return codes
        # Hardly anything works on uint16 tensors: index the same bits as int16.
        return self.codes.view(torch.int16)[rows].int() & 0xFFFF

    def write(self, folder: Path, rows_per_shard: int = 16384) -> None:
        """Writes the folder; meta.json comes last and tells that all is there."""
        folder.mkdir(parents=True, exist_ok=True)
        parts = torch.arange(len(self.codes)).split(rows_per_shard)
        for number, rows in enumerate(parts):
            columns = {name: column[rows].contiguous() for name, column in self._others().items()}
            columns["codes"] = pack(self.frames(rows), self.lengths[rows])
            write_tensors(shard_path(folder, number), columns)
        write_json(folder / "meta.json", self.meta | {"shards": len(parts)})

    def _others(self) -> dict[str, Tensor]:
        return {name: column for name, column in self.columns().items() if name != "codes"}

    @classmethod
    def read(cls, folder: Path) -> TokenSet:
        """Reads what `write` wrote, or a folder of one file; codes are mapped, not read.

        Raises:
            InputError: a file is missing, cut short or no token file.
        """
        path = folder / "meta.json"
        if not path.is_file():
            raise InputError(f"{path} is missing; {folder} holds no tokens")
        try:
            meta = json.loads(path.read_text(encoding="utf-8"))
            single = folder / "tokens.safetensors"
            paths = [shard_path(folder, i) for i in range(meta.get("shards", 0))] or [single]
            for file in paths:
                if not file.is_file():
                    raise InputError(f"{file} is missing; write the tokens anew")
            shards = [map_file(file) for file in paths]
            if paths == [single]:
                return cls(**shards[0], meta=meta)
            columns = {
                name: torch.cat([shard[name] for shard in shards])
                for name in shards[0]
                if name != "codes"
            }
            codes = PackedCodes.of(
                [shard["codes"] for shard in shards], [shard["lengths"] for shard in shards]
            )
            return cls(codes=codes, **columns, meta=meta)
        except (TypeError, KeyError, json.JSONDecodeError) as error:
            raise InputError(f"{folder} cannot be read as tokens: {error}") from error


def shard_path(folder: Path, number: int) -> Path:
    """Where a shard lies."""
    return folder / f"tokens-{number:05d}.safetensors"


class Instruments:
    """Which notes belong together, and the joint vectors of the conditioning schemes."""

    def __init__(self, notes: TokenSet) -> None:
        self.joint = F.normalize(notes.joint.float(), dim=1)  # [N, D]
        _, self.group, self.size = notes.instrument.unique(return_inverse=True, return_counts=True)
        self.order = self.group.argsort(stable=True)  # notes, instrument after instrument
        self.start = self.size.cumsum(0) - self.size
        self.rank = torch.empty_like(self.order)
        self.rank[self.order] = torch.arange(len(self.order)) - self.start[self.group[self.order]]
        sums = torch.zeros(len(self.size), self.joint.shape[1]).index_add(0, self.group, self.joint)
        self.mean = F.normalize(sums, dim=1)  # [instruments, D]
        self.reference = self._references(notes)

    def _references(self, notes: TokenSet) -> Tensor:
        """For each instrument the note nearest to pitch 60, then to velocity 100."""
        far = (notes.pitch.int() - 60).abs() * 256 + (notes.velocity.int() - 100).abs()
        ranked = far[self.order].argsort(stable=True)
        ranked = ranked[self.group[self.order][ranked].argsort(stable=True)]
        return self.order[ranked][self.start]

    def vectors(
        self, scheme: str, rows: Tensor, generator: torch.Generator, several: int = 1
    ) -> Tensor:
        """Joint vectors [b, D] of notes [b] under a scheme.

        baseline: of the very note; random: of another note of its instrument; fixed: of the
        instrument's reference note; mean: the instrument's mean direction; learned: of `several`
        other notes, [b, M, D], which the model weighs itself.
        """
        group = self.group[rows]
        if scheme == "baseline":
            return self.joint[rows]
        if scheme == "random":
            return self.joint[self.others(rows, generator)]
        if scheme == "fixed":
            return self.joint[self.reference[group]]
        if scheme == "mean":
            return self.mean[group]
        if scheme == "learned":
            drawn = [self.others(rows, generator) for _ in range(max(1, several))]
            return self.joint[torch.stack(drawn, dim=1)]
        raise InputError(f"scheme is {scheme!r}; choose baseline, random, fixed, mean or learned")

    def others(self, rows: Tensor, generator: torch.Generator) -> Tensor:
        """For each note another one of its instrument; itself where it is the only one."""
        group = self.group[rows]
        size = self.size[group]
        chance = torch.rand(len(rows), generator=generator)
        shift = 1 + (chance * (size - 1)).long().clamp(max=size - 2)
        return self.order[self.start[group] + (self.rank[rows] + shift) % size]
