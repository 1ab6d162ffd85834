"""The recipe of the note codec: blocks of features through network and quantiser and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import torch
from torch import Tensor, nn

from trichord.codec.note.codec import NoteCodec, NoteCodecConfig
from trichord.codec.note.network import normalise, to_decibels
from trichord.codec.note.objective import reconstruction_loss
from trichord.data.schema import SPLITS
from trichord.errors import InputError
from trichord.train.codec_data import NoteBlocks, load_blocks
from trichord.train.loop import LoopConfig, fit, generator_for
from trichord.train.task import Task


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
    start: Path | None = None
    """A trained codec whose encoder and codebooks are kept as they are: the decoder alone learns,
    so every token stays valid. A decoder of another size begins at random."""
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
    codebooks_in_use: int = 0
    """How many the other notes use, such as a language model draws; 0 = all."""
    valid_notes: int = 1024
    """Held-out notes of each validation."""
    model: NoteCodecConfig = field(default_factory=NoteCodecConfig)
    """The codec."""
    loop: LoopConfig = field(default_factory=lambda: LoopConfig(ema=0.0, weight_decay=0.01))
    """Steps, rates, precision, seed. The quantiser follows the live weights, so no average, unless
    it stays as it is."""

    def __post_init__(self) -> None:
        """Refuses what no run can mean."""
        most = self.model.num_codebooks
        if not 0 <= self.codebooks_in_use <= most:
            raise InputError(
                f"codebooks_in_use is {self.codebooks_in_use}; the codec has {most} of them"
            )


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
        vectors, commitment = self._kept(batch) if self.config.start else self._learnt(batch)
        estimate = to_decibels(self.codec.network.decoder(vectors, batch.pitch).float())
        with torch.autocast(vectors.device.type, enabled=False):
            errors = reconstruction_loss(estimate, batch.blocks, batch.pitch)
        total = (
            errors["bands"]
            + self.config.feature_weight * errors["features"]
            + self.config.cents_weight * errors["cents"]
            + self.config.commitment * commitment
        )
        return {"total": total, "commitment": commitment.detach(), **errors}

    def train(self, mode: bool = True) -> Self:
        """Codebooks that are kept do not learn, whatever the rest does."""
        super().train(mode)
        if self.config.start is not None:
            self.codec.quantiser.eval()
        return self

    def _learnt(self, batch: BlockBatch) -> tuple[Tensor, Tensor]:
        """Vectors `[b, F, latent]` through an encoder and codebooks that learn, and their price."""
        latent = self.codec.network.encoder(normalise(batch.blocks), batch.pitch).float()
        self.seen += 1
        if int(self.seen) <= self.config.plain_steps:
            return latent, latent.new_zeros(())
        return self._quantised(latent, batch)

    @torch.no_grad()
    def _kept(self, batch: BlockBatch) -> tuple[Tensor, Tensor]:
        """The same through those that are kept, in full precision, as tokens are made in use."""
        with torch.autocast(batch.blocks.device.type, enabled=False):
            latent = self.codec.network.encoder(normalise(batch.blocks), batch.pitch)
        vectors, _ = self._quantised(latent, batch)
        return vectors, latent.new_zeros(())

    def _quantised(self, latent: Tensor, batch: BlockBatch) -> tuple[Tensor, Tensor]:
        keep = batch.keep.repeat_interleave(latent.shape[1])
        with torch.autocast(latent.device.type, enabled=False):
            quantised = self.codec.quantiser(latent.flatten(0, 1), batch.generator, keep)
        return quantised.vectors.unflatten(0, latent.shape[:2]), quantised.commitment


def keep_tokens_of(codec: NoteCodec, folder: Path) -> None:
    """Gives a codec another's encoder and codebooks, for good; its decoder too where it fits.

    Raises:
        InputError: the folder holds no note codec, or one whose tokens are not of this shape.
    """
    state, own = NoteCodec.load(folder).state_dict(), codec.state_dict()
    fixed = [name for name in own if name.startswith(("network.encoder.", "quantiser."))]
    for name in fixed:
        if name not in state or state[name].shape != own[name].shape:
            raise InputError(
                f"start: {folder} is of another shape ({name}); take its network, num_codebooks "
                "and cardinality; the decoder's size alone may differ"
            )
    fits = all(
        name in state and state[name].shape == own[name].shape
        for name in own
        if name.startswith("network.decoder.")
    )
    kept = ("network.", "quantiser.") if fits else ("network.encoder.", "quantiser.")
    taken = {name: value for name, value in state.items() if name.startswith(kept)}
    codec.load_state_dict(taken, strict=False)
    codec.network.encoder.requires_grad_(False)


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
        if config.start is not None:
            keep_tokens_of(self.model.codec, config.start)

    @property
    def count(self) -> int:
        """Notes in the training split."""
        return len(self.rows)

    def batch(self, rows: Tensor, generator: torch.Generator) -> BlockBatch:
        """Notes, some of which use only a few codebooks."""
        notes = self.rows[rows]
        stages = self.config.model.num_codebooks
        usual = self.config.codebooks_in_use or stages
        few = torch.randint(1, stages + 1, (len(notes),), generator=generator)
        dropped = torch.rand(len(notes), generator=generator) < self.config.quantiser_dropout
        keep = torch.where(dropped, few, torch.full_like(few, usual))
        blocks, pitch = self.notes.blocks[notes].float(), self.notes.pitch[notes].long()
        device = self.model.seen.device
        return BlockBatch(blocks.to(device), pitch.to(device), keep.to(device), generator)

    def loss(self, model: Any, batch: BlockBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Error in dB, and its parts."""
        parts = model.loss(batch)
        total = parts.pop("total")
        return total, {name: value.detach() for name, value in parts.items()}

    def validate(self, model: Any) -> dict[str, float]:
        """Errors on held-out instruments through the tokens, and how many entries are in use.

        Through those of `codebooks_in_use` too, where that is set.
        """
        del model
        codec, few = self.model.codec, self.config.codebooks_in_use
        sums: dict[str, float] = {}
        used = torch.zeros(codec.num_codebooks, codec.cardinality, dtype=torch.bool)
        for rows in self.valid_rows.split(256):
            device = self.model.seen.device
            blocks = self.notes.blocks[rows].float().to(device)
            pitch = self.notes.pitch[rows].long().to(device)
            codes = codec.encode_blocks(blocks, pitch)
            errors = reconstruction_loss(codec.decode_blocks(codes, pitch), blocks, pitch)
            if few:
                decoded = codec.decode_blocks(codes[:, :few], pitch)
                fewer = reconstruction_loss(decoded, blocks, pitch)
                errors |= {f"{name}_in_use": value for name, value in fewer.items()}
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
