"""Notes as they come out of the note codec, beside the recordings, for the space to be trained on.

What a generator makes has been through its codec: the finest beating, the noise floor and the
phases of a recording are gone. A door that has heard recordings alone takes those for a part of
the sound, and then hardly knows an instrument again when the codec plays it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trichord.codec.note import NoteCodec
from trichord.data.executor import LocalExecutor
from trichord.errors import InputError
from trichord.files import file_sha256, key_of, write_tensors
from trichord.space.base import Sound
from trichord.space.features import CHANNELS, FeatureConfig, features, prepare
from trichord.train.codec_data import NoteBlocks, load_blocks
from trichord.train.space_data import NoteTable, note_frames
from trichord.train.tokenise import encode_notes

logger = logging.getLogger(__name__)

_SHARD = 256


@dataclass(frozen=True)
class CodedConfig:
    """Which notes are heard through the codec too."""

    codec: Path | None = None
    """Folder of a trained note codec; None: the door hears recordings alone."""
    blocks: Path = Path("build/blocks")
    """The analysed notes that `trichord train codec` keeps, of the same corpus."""
    notes: int = 12
    """Notes of each instrument, evenly spread."""
    share: float = 0.5
    """Chance that a note of a batch is heard through the codec."""
    codebooks: int = 8
    """How many codebooks are decoded."""

    def __post_init__(self) -> None:
        """Refuses what no run can mean."""
        if not 0 <= self.share <= 1:
            raise InputError(f"coded.share is {self.share}; a chance lies in 0..1")
        if self.notes < 1:
            raise InputError(f"coded.notes is {self.notes}; give 1 or more")


@dataclass(frozen=True)
class CodedNotes:
    """Images of decoded notes, and whose they are.

    Attributes:
        images: uint8 [M, 2, frames, bands], as `NoteTable.images`.
        lengths: int64 [M], frames that hold sound.
        note: int64 [M], the rows of the `NoteTable` that they were made of.
    """

    images: Tensor
    lengths: Tensor
    note: Tensor


@dataclass(frozen=True)
class _Job:
    target: Path
    codec: Path
    grid: FeatureConfig
    codes: Tensor
    pitch: Tensor


def coded_notes(
    notes: NoteTable,
    config: CodedConfig,
    corpus: Path,
    cache: Path,
    grid: FeatureConfig,
    workers: int,
) -> CodedNotes | None:
    """Decodes some notes of each training instrument; what is in the cache is not made again.

    Args:
        notes: all notes of the corpus.
        config: which of them, through which codec.
        corpus: folder of the corpus.
        cache: where the images go; another codec, corpus or grid goes to another subfolder.
        grid: of the images.
        workers: processes.

    Returns:
        The images; None where no codec is named.
    """
    from safetensors.torch import load_file

    if config.codec is None:
        return None
    chosen = spread(notes, config.notes)
    folder = cache / f"coded-{_key(config, corpus, grid)}"
    folder.mkdir(parents=True, exist_ok=True)
    places = chosen.split(_SHARD)
    targets = [folder / f"{i:04}.safetensors" for i in range(len(places))]
    if not all(target.is_file() for target in targets):
        codes = _codes(load_blocks(corpus, config.blocks, workers), chosen, config)
        jobs = [
            _Job(target, config.codec, grid, codes[first : first + _SHARD], notes.pitch[rows])
            for target, first, rows in zip(
                targets, range(0, len(chosen), _SHARD), places, strict=True
            )
        ]
        _fill([job for job in jobs if not job.target.is_file()], workers)
    parts = [load_file(target) for target in targets]
    images, lengths = (torch.cat([part[name] for part in parts]) for name in ("images", "lengths"))
    return CodedNotes(images, lengths, chosen)


def _codes(blocks: NoteBlocks, chosen: Tensor, config: CodedConfig) -> Tensor:
    """Codes int64 [M, K, F] of the chosen notes."""
    assert config.codec is not None
    return encode_notes(NoteCodec.load(config.codec), blocks.rows(chosen))[:, : config.codebooks]


def _key(config: CodedConfig, corpus: Path, grid: FeatureConfig) -> str:
    """Changes with all that the images depend on."""
    assert config.codec is not None
    weights = file_sha256(config.codec / "model.safetensors")
    shards = [(each.name, each.stat().st_size) for each in sorted(corpus.glob("notes-*.parquet"))]
    return key_of(weights, config.notes, config.codebooks, asdict(grid), shards)


def spread(notes: NoteTable, most: int) -> Tensor:
    """Rows of up to `most` notes of each training instrument, evenly spread, int64 [M]."""
    picked: list[Tensor] = []
    for i in notes.members("train"):
        own = torch.nonzero(notes.owner == i).flatten()
        picked.append(own[torch.linspace(0, len(own) - 1, min(most, len(own))).long()])
    return torch.cat(picked) if picked else torch.zeros(0, dtype=torch.int64)


def _fill(jobs: Sequence[_Job], workers: int) -> None:
    for done, (_, name) in enumerate(LocalExecutor(workers).run(_decode, jobs), start=1):
        logger.info("decoded %s (%d of %d)", name, done, len(jobs))


def _decode(job: _Job) -> str:
    """Writes the images of one shard, complete or not at all; returns its name."""
    from trichord.codec import load_codec

    torch.set_num_threads(1)
    codec = load_codec(job.codec)
    frames = note_frames(job.grid)
    images = torch.zeros(len(job.codes), CHANNELS, frames, job.grid.bands, dtype=torch.uint8)
    lengths = torch.ones(len(job.codes), dtype=torch.long)
    for row, (codes, pitch) in enumerate(zip(job.codes, job.pitch, strict=True)):
        with torch.inference_mode():
            wave = codec.decode(codes[None], pitch[None])[0, 0]
        sound = Sound(wave.float().numpy().astype(np.float32), codec.sample_rate)
        image = features(prepare(sound, job.grid), job.grid)[:, :frames]
        images[row, :, : image.shape[1]] = (image * 255).round().to(torch.uint8)
        lengths[row] = image.shape[1]
    write_tensors(job.target, {"images": images, "lengths": lengths})
    return job.target.name
