"""What the code tower learns from, in memory: programs as read, and pictures of their sound."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trichord.audio.bands import GRID
from trichord.data.clips.reading import Clips
from trichord.data.executor import LocalExecutor
from trichord.errors import InputError
from trichord.livecode.reader import Reading, read
from trichord.livecode.reader.store import load_readings, save_readings
from trichord.train.align_data import load_table
from trichord.train.align_pictures import PictureOptions, Watch, build_pictures, plan_clips

STEPS = 3
"""Levels are kept in steps of a third of a dB."""

_AT_ONCE = 400
"""Programs read by one worker before its readings are collected."""


@dataclass(frozen=True)
class Choice:
    """Which clips of a corpus are learned from."""

    of_template: int = 60
    """Clips of one template at most, taken evenly."""
    single: int = 5000
    """Clips at most of templates that have one clip only, such as composed programs."""
    shards: int = 0
    """Files of the corpus, from the first, at most; 0: all."""


@dataclass(frozen=True)
class CodeTable:
    """Programs and their sound, in the order of their corpora.

    Attributes:
        readings: one for each program.
        pictures: uint8 [N, 108, 194], thirds of a dB above silence.
        vectors: float32 [N, D], of the pictures; where no space is given, nothing: [N, 0].
        family: int64 [N], equal for programs of one template, or edits of one program.
        sound: int64 [N], equal where two sound the same.
        split: "train", "valid" or "test" of each.
    """

    readings: list[Reading]
    pictures: Tensor
    vectors: Tensor
    family: Tensor
    sound: Tensor
    split: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.readings)

    def members(self, split: str) -> Tensor:
        """Rows of a split, int64."""
        return torch.tensor([i for i, name in enumerate(self.split) if name == split])

    def families(self, split: str) -> list[Tensor]:
        """Rows of a split, family by family, int64."""
        found: dict[int, list[int]] = defaultdict(list)
        for row in self.members(split).tolist():
            found[int(self.family[row])].append(row)
        return [torch.tensor(rows) for rows in found.values()]


def levels(pictures: Tensor) -> Tensor:
    """Kept pictures in dB, float32."""
    return pictures.float() / STEPS


def kept(pictures: Tensor) -> Tensor:
    """Pictures in dB as they are kept, uint8."""
    return (pictures.float() * STEPS).round().clamp(0, 255).to(torch.uint8)


def clip_table(
    corpus: Path, cache: Path, choice: Choice, workers: int, watch: Watch | None = None
) -> CodeTable:
    """The clips of a corpus: pictures of their renders, and their programs.

    Args:
        corpus: a folder of `clips-*.parquet`.
        cache: folder in which pictures and readings are kept.
        choice: which of the clips.
        workers: processes that compute what is missing.
        watch: is told of progress.
    """
    options = PictureOptions(of_template=choice.of_template, single=choice.single)
    planned = plan_clips(corpus, cache / "pictures", options, GRID)
    shards = build_pictures(planned[: choice.shards or None], workers, watch)
    table = load_table(shards, name="clip_id", family="template_id", sound="render_hash")
    codes = _codes(corpus)
    readings = cached_readings([codes[name] for name in table.names], cache, workers, watch)
    return CodeTable(
        readings,
        torch.cat([kept(some) for some in table.pictures.split(512)]),
        torch.empty(len(readings), 0),
        table.family,
        table.sound,
        table.split,
    )


def _codes(corpus: Path) -> dict[str, str]:
    clips = Clips(corpus, tuple(sorted(corpus.glob("clips-*.parquet"))))
    return {row["clip_id"]: row["code"] for row in clips.rows(["clip_id", "code"])}


def held_out(corpus: Path) -> list[str]:
    """The composed programs of a corpus that are not for training."""
    clips = Clips(corpus, tuple(sorted(corpus.glob("clips-*.parquet"))))
    rows = clips.rows(["code", "kind", "split"])
    return [r["code"] for r in rows if r["kind"] == "generated" and r["split"] != "train"]


def cached_readings(
    codes: Sequence[str], cache: Path, workers: int, watch: Watch | None = None
) -> list[Reading]:
    """Programs as read; those that were read before by the same reader come from the cache."""
    digest = hashlib.sha256(_reader_version().encode())
    for code in codes:
        digest.update(code.encode() + b"\0")
    path = cache / f"readings-{digest.hexdigest()[:16]}.npz"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        save_readings(path, _read_all(codes, workers, watch))
    return load_readings(path)


def _reader_version() -> str:
    """A digest of the reader's own text: another reader reads otherwise."""
    import trichord.livecode.reader as reader

    folder = Path(reader.__file__).parent
    texts = [file.read_bytes() for file in sorted(folder.glob("*.py"))]
    return hashlib.sha256(b"\0".join([*texts, (folder / "facts.json").read_bytes()])).hexdigest()


def _read_all(codes: Sequence[str], workers: int, watch: Watch | None) -> list[Reading]:
    parts = [tuple(codes[at : at + _AT_ONCE]) for at in range(0, len(codes), _AT_ONCE)]
    found: list[list[Reading]] = [[] for _ in parts]
    done = 0
    for index, readings in LocalExecutor(workers).run(_read_some, parts):
        found[index] = readings
        done += len(readings)
        if watch is not None:
            watch("reading programs", done, len(codes))
    return [reading for part in found for reading in part]


def _read_some(codes: tuple[str, ...]) -> list[Reading]:
    return [read(code) for code in codes]


def join(tables: Sequence[CodeTable]) -> CodeTable:
    """Several tables as one; families and sounds of different tables stay apart.

    Raises:
        InputError: there is none.
    """
    if not tables:
        raise InputError("no programs: name a corpus of clips or a folder of sketches")
    families, sounds, past = list[Tensor](), list[Tensor](), 0
    for table in tables:
        families.append(table.family + past)
        sounds.append(table.sound + past)
        past += 1 + int(max(table.family.max(), table.sound.max()))
    return CodeTable(
        [reading for table in tables for reading in table.readings],
        torch.cat([table.pictures for table in tables]),
        torch.cat([table.vectors for table in tables]),
        torch.cat(families),
        torch.cat(sounds),
        tuple(name for table in tables for name in table.split),
    )


def only(table: CodeTable, rows: Tensor) -> CodeTable:
    """Some rows of a table."""
    at: list[int] = np.asarray(rows).tolist()
    return CodeTable(
        [table.readings[row] for row in at],
        table.pictures[rows],
        table.vectors[rows],
        table.family[rows],
        table.sound[rows],
        tuple(table.split[row] for row in at),
    )
