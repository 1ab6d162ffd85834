"""The cached pictures in memory: clips with their sketches, notes, and the captions of both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.files import write_tensors
from trichord.progress import Progress
from trichord.space.base import Encoder


@dataclass(frozen=True)
class PictureTable:
    """Pictures of clips or of notes, in corpus order.

    Attributes:
        pictures: float16 [N, bands, F], dB above silence.
        family: int64 [N], equal for clips of one template or notes of one instrument.
        sound: int64 [N], equal where two are the same sound.
        split: "train", "valid" or "test" of each.
    """

    names: tuple[str, ...]
    pictures: Tensor
    family: Tensor
    sound: Tensor
    captions: tuple[tuple[str, ...], ...]
    split: tuple[str, ...]

    def members(self, split: str) -> Tensor:
        """Rows of a split, int64."""
        rows = [i for i, name in enumerate(self.split) if name == split]
        return torch.tensor(rows, dtype=torch.long)


def load_table(shards: Sequence[Path], *, name: str, family: str, sound: str) -> PictureTable:
    """Reads cached shards into memory (42 kB a clip).

    Args:
        shards: what `align_pictures` wrote.
        name: the column that names a row.
        family: the column whose equal values make a family.
        sound: the column whose equal values are one sound.

    Raises:
        InputError: when there is no shard.
    """
    if not shards:
        raise InputError("no pictures: the corpus holds no clip without fault")
    tensors, rows = zip(*(_read(shard) for shard in shards), strict=True)
    told = [row for some in rows for row in some]
    return PictureTable(
        tuple(row[name] for row in told),
        torch.cat(tensors),
        _numbers([row[family] for row in told]),
        _numbers([row[sound] for row in told]),
        tuple(tuple(row["captions"]) for row in told),
        tuple(row["split"] for row in told),
    )


def load_pictures(shards: Sequence[Path]) -> Tensor:
    """The pictures alone, float16 [N, bands, F]."""
    return torch.cat([_read(shard)[0] for shard in shards])


def _read(shard: Path) -> tuple[Tensor, list[dict[str, Any]]]:
    from safetensors import safe_open

    with safe_open(shard, framework="pt") as opened:
        return opened.get_tensor("pictures"), json.loads(opened.metadata()["rows"])


def _numbers(values: Sequence[object]) -> Tensor:
    """Equal values get equal numbers, counted from 0 in the order of their first appearance."""
    seen: dict[object, int] = {}
    return torch.tensor([seen.setdefault(value, len(seen)) for value in values])


@dataclass(frozen=True)
class CaptionTable:
    """Frozen sentence vectors of captions.

    Attributes:
        vectors: float32 [C, W].
        rows: for each clip or note, the rows of its captions.
    """

    vectors: Tensor
    rows: tuple[tuple[int, ...], ...]


def caption_table(
    captions: Sequence[Sequence[str]], encoder: Encoder[str], cache: Path, most: int
) -> CaptionTable:
    """Embeds every different caption once; what the cache holds is not embedded again.

    Args:
        captions: of each clip or note.
        encoder: the frozen sentence encoder.
        cache: a .safetensors file that is read, completed and written again.
        most: captions of one clip or note at most, its first ones.
    """
    kept = [tuple(texts[:most]) for texts in captions]
    wanted = sorted({text for texts in kept for text in texts})
    known = _known(cache)
    missing = [text for text in wanted if text not in known]
    if missing:
        known |= dict(zip(missing, _embed(missing, encoder), strict=True))
        _write(cache, known)
    place = {text: i for i, text in enumerate(wanted)}
    vectors = torch.stack([known[text] for text in wanted]).float()
    return CaptionTable(vectors, tuple(tuple(place[text] for text in texts) for texts in kept))


def _embed(texts: Sequence[str], encoder: Encoder[str]) -> list[Tensor]:
    vectors: list[Tensor] = []
    with Progress() as progress:
        task = progress.task("captions", len(texts))
        for start in range(0, len(texts), 512):
            some = encoder.embed(texts[start : start + 512])
            vectors += some.half().unbind()
            task.advance(len(some))
    return vectors


def _known(cache: Path) -> dict[str, Tensor]:
    from safetensors import safe_open

    if not cache.is_file():
        return {}
    with safe_open(cache, framework="pt") as opened:
        texts: list[str] = json.loads(opened.metadata()["texts"])
        return dict(zip(texts, opened.get_tensor("vectors").unbind(), strict=True))


def _write(cache: Path, known: dict[str, Tensor]) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    told = {"texts": json.dumps(list(known))}
    write_tensors(cache, {"vectors": torch.stack(list(known.values()))}, told)
