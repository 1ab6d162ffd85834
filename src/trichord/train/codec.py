"""The recipe of the note codec: blocks of features through network and quantiser and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from trichord.codec.note.codec import NoteCodec, NoteCodecConfig
from trichord.codec.note.network import normalise, to_decibels
from trichord.codec.note.objective import reconstruction_loss
from trichord.data.schema import SPLITS
from trichord.errors import InputError
from trichord.train.codec_data import NoteBlocks, load_blocks
from trichord.train.loop import LoopConfig, Task, fit, generator_for


@dataclass(frozen=True)
class CodecTrainConfig:
    """Everything that `trichord train codec` does."""

    kind: Literal["note", "general"] = "note"
    """Which codec: `note` for notes of known pitch; `general` for clips has options of its own."""
    corpus: Path = Path("build/notes")
    """Folder of notes that `trichord data` wrote."""
    cache: Path = Path("build/blocks")
    """Where the analysed notes are kept between runs."""
    out: Path = Path("build/codec")
    """Folder of the run: checkpoints, metrics and the exported model."""
    resume: bool = False
    """Go on from the last checkpoint in `out`."""
    workers: int = 2
    """Processes that analyse notes."""
    plain_steps: int = 150
    """First steps without the quantiser, so that k-means starts on vectors that mean something."""
    commitment: float = 1.0
    """Weight of the distance between a vector and its entry."""
    feature_weight: float = 0.3
    """Weight of the features' error beside that of the bands, per dB."""
    cents_weight: float = 0.1
    """Weight of the pitch deviation's error, per cent."""
    quantiser_dropout: float = 0.5
    """Share of notes that use only their first few codebooks."""
    valid_notes: int = 1024
    """Held-out notes of each validation."""
    model: NoteCodecConfig = field(default_factory=NoteCodecConfig)
    """The codec."""
    loop: LoopConfig = field(default_factory=lambda: LoopConfig(ema=0.0, weight_decay=0.01))
    """Steps, rates, precision, seed. The quantiser follows the live weights, so no average."""


@dataclass(frozen=True)
class BlockBatch:
    """What one step sees."""

    blocks: Tensor
    """`[b, F, FEATURES]` in dB and cents."""
    pitch: Tensor
    """`[b]` MIDI."""
    keep: Tensor
    """`[b]` codebooks used per note."""
    generator: torch.Generator
    """Draws what the quantiser draws."""


class CodecObjective(nn.Module):
    """A codec and the loss that it is trained on."""

    seen: Tensor

    def __init__(self, config: CodecTrainConfig) -> None:
        super().__init__()
        self.config = config
        self.codec = NoteCodec(config.model)
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))

    def loss(self, batch: BlockBatch) -> dict[str, Tensor]:
        """Errors by name, `total` among them."""
        network, quantiser = self.codec.network, self.codec.quantiser
        latent = network.encoder(normalise(batch.blocks), batch.pitch).float()
        commitment = latent.new_zeros(())
        vectors = latent
        if int(self.seen) >= self.config.plain_steps:
            keep = batch.keep.repeat_interleave(latent.shape[1])
            with torch.autocast(latent.device.type, enabled=False):
                quantised = quantiser(latent.flatten(0, 1), batch.generator, keep)
            vectors = quantised.vectors.unflatten(0, latent.shape[:2])
            commitment = quantised.commitment
        self.seen += 1
        estimate = to_decibels(network.decoder(vectors, batch.pitch).float())
        with torch.autocast(latent.device.type, enabled=False):
            errors = reconstruction_loss(estimate, batch.blocks, batch.pitch)
        total = (
            errors["bands"]
            + self.config.feature_weight * errors["features"]
            + self.config.cents_weight * errors["cents"]
            + self.config.commitment * commitment
        )
        return {"total": total, "commitment": commitment.detach(), **errors}


class CodecTask(Task[BlockBatch]):
    """A note codec on analysed notes."""

    def __init__(self, config: CodecTrainConfig, notes: NoteBlocks) -> None:
        self.config, self.notes = config, notes
        self.rows = (notes.split == SPLITS.index("train")).nonzero()[:, 0]
        held_out = (notes.split == SPLITS.index("valid")).nonzero()[:, 0]
        if not len(held_out):
            raise InputError(f"{config.corpus} holds no notes of the valid split; add instruments")
        shuffled = torch.randperm(len(held_out), generator=generator_for(config.loop.seed, 3))
        self.valid_rows = held_out[shuffled[: config.valid_notes]]
        torch.manual_seed(config.loop.seed)
        self.model = CodecObjective(config)

    @property
    def count(self) -> int:
        """Notes in the training split."""
        return len(self.rows)

    def batch(self, rows: Tensor, generator: torch.Generator) -> BlockBatch:
        """Notes, some of which use only a few codebooks."""
        notes = self.rows[rows]
        stages = self.config.model.num_codebooks
        few = torch.randint(1, stages + 1, (len(notes),), generator=generator)
        dropped = torch.rand(len(notes), generator=generator) < self.config.quantiser_dropout
        keep = torch.where(dropped, few, torch.full_like(few, stages))
        blocks, pitch = self.notes.blocks[notes].float(), self.notes.pitch[notes].long()
        device = self.model.seen.device
        return BlockBatch(blocks.to(device), pitch.to(device), keep.to(device), generator)

    def loss(self, model: Any, batch: BlockBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Error in dB, and its parts."""
        parts = model.loss(batch)
        total = parts.pop("total")
        return total, {name: value.detach() for name, value in parts.items()}

    def validate(self, model: Any) -> dict[str, float]:
        """Errors on held-out instruments through the tokens, and how many entries are in use."""
        del model
        codec = self.model.codec
        sums: dict[str, float] = {}
        used = torch.zeros(codec.num_codebooks, codec.cardinality, dtype=torch.bool)
        for rows in self.valid_rows.split(256):
            device = self.model.seen.device
            blocks = self.notes.blocks[rows].float().to(device)
            pitch = self.notes.pitch[rows].long().to(device)
            codes = codec.encode_blocks(blocks, pitch)
            errors = reconstruction_loss(codec.decode_blocks(codes, pitch), blocks, pitch)
            for name, value in errors.items():
                sums[name] = sums.get(name, 0.0) + float(value) * len(rows)
            for stage in range(codec.num_codebooks):
                used[stage, codes[:, stage].flatten().cpu()] = True
        figures = {name: value / len(self.valid_rows) for name, value in sums.items()}
        return figures | {"entries_used": float(used.float().mean())}

    def export(self, folder: Path) -> None:
        """Writes the model folder."""
        self.model.codec.save(folder)


def train_codec(
    config: CodecTrainConfig, on_report: Callable[[dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Trains a note codec; the model lies in `config.out / "model"` from the first save on.

    Returns:
        The last line of metrics.
    """
    notes = load_blocks(config.corpus, config.cache, config.workers)
    task = CodecTask(config, notes)
    settings = dataclasses.asdict(config)
    del settings["resume"]
    return fit(
        task, config.loop, config.out, settings=settings, resume=config.resume, on_report=on_report
    )
