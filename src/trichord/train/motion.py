"""The recipe of a note codec's motion: how much its notes move beyond what their tokens tell.

Encoder, quantiser and decoder stay as they are, and with them every token: a language model that
was trained on the codec before stays valid.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from trichord.codec.note import NoteCodec
from trichord.codec.note.motion import Motion, moved, movement, sounding
from trichord.data.schema import SPLITS
from trichord.errors import InputError
from trichord.train.codec_data import NoteBlocks, load_blocks
from trichord.train.loop import LoopConfig, fit, generator_for
from trichord.train.task import Task

_OUTLIER_DB = 20.0
"""Larger movements are attacks and ends that fall into other blocks, and count as this."""


@dataclass(frozen=True)
class MotionTrainConfig:
    """Everything that `trichord train motion` does."""

    corpus: Path = Path("build/notes")
    """Folder of notes that `trichord data` wrote."""
    cache: Path = Path("build/blocks")
    """The analysed notes that `trichord train codec` keeps."""
    codec: Path = Path("build/codec/model")
    """Folder of a trained note codec."""
    out: Path = Path("build/motion")
    """Folder of the run: checkpoints, metrics and the codec with its motion."""
    channels: int = 128
    """Width of the network."""
    resume: bool = False
    """Go on from the last checkpoint in `out`."""
    workers: int = 2
    """Processes that analyse notes."""
    valid_notes: int = 512
    """Held-out notes of each validation."""
    loop: LoopConfig = field(default_factory=LoopConfig)
    """Steps, rates, precision, seed."""

    def __post_init__(self) -> None:
        """Refuses what no run can mean."""
        if self.channels < 1:
            raise InputError(f"channels is {self.channels}; give 1 or more")


@dataclass(frozen=True)
class MotionBatch:
    """What one step sees."""

    latent: Tensor
    """Quantised vectors `[b, F, latent]`."""
    pitch: Tensor
    """`[b]` MIDI."""
    missing: Tensor
    """Movement of the levels that the decoder does not give, dB `[b, F, FEATURES - 1]`."""
    sounding: Tensor
    """Which levels count, bool, same shape."""


class MotionTask(Task[MotionBatch]):
    """A `Motion` on analysed notes and a codec that stays as it is."""

    def __init__(self, config: MotionTrainConfig, notes: NoteBlocks) -> None:
        self.notes = notes
        old = NoteCodec.load(config.codec)
        network = dataclasses.replace(old.config.network, motion=config.channels)
        torch.manual_seed(config.loop.seed)
        self.codec = NoteCodec(dataclasses.replace(old.config, network=network))
        self.codec.load_state_dict(old.state_dict(), strict=False)
        self.codec.eval()
        self.rows = (notes.split == SPLITS.index("train")).nonzero()[:, 0]
        held_out = (notes.split == SPLITS.index("valid")).nonzero()[:, 0]
        if not len(held_out):
            raise InputError(f"{config.corpus} holds no notes of the valid split; add instruments")
        shuffled = torch.randperm(len(held_out), generator=generator_for(config.loop.seed, 3))
        self.valid_rows = held_out[shuffled[: config.valid_notes]]
        assert self.codec.motion is not None
        self.model: Motion = self.codec.motion

    @property
    def count(self) -> int:
        """Notes in the training split."""
        return len(self.rows)

    def batch(self, rows: Tensor, generator: torch.Generator) -> MotionBatch:
        """Notes through the codec, and what of their movement is lost there."""
        del generator
        return self._through(self.rows[rows])[0]

    def _through(self, notes: Tensor) -> tuple[MotionBatch, Tensor, Tensor]:
        """The batch, and the features of the notes before and behind the codec."""
        blocks, pitch = self.notes.blocks[notes].float(), self.notes.pitch[notes].long()
        codes = self.codec.encode_blocks(blocks, pitch)
        decoded = self.codec.decode_blocks(codes, pitch)
        with torch.inference_mode():
            lost = movement(blocks[..., 1:]) - movement(decoded[..., 1:])
            latent = self.codec.latent(codes)
        # Tensors of inference mode take no part in a gradient; their copies do.
        batch = MotionBatch(
            latent.clone(),
            pitch,
            lost.clamp(-_OUTLIER_DB, _OUTLIER_DB).clone(),
            sounding(blocks[..., 1:]),
        )
        return batch, blocks, decoded

    def loss(self, model: Any, batch: MotionBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Negative log likelihood of the lost movement under a normal distribution, in nats."""
        log_deviation = model(batch.latent, batch.pitch).float()
        scaled = batch.missing / log_deviation.exp()
        nats = (log_deviation + 0.5 * scaled.square())[batch.sounding].mean()
        return nats, {"deviation_db": log_deviation.detach().exp().mean()}

    def validate(self, model: Any) -> dict[str, float]:
        """On held-out instruments: the loss, and the movement against the recordings' own."""
        sums = {"nats": 0.0, "real": 0.0, "decoded": 0.0, "moved": 0.0}
        for rows in self.valid_rows.split(128):
            batch, blocks, decoded = self._through(rows)
            sums["nats"] += float(self.loss(model, batch)[0]) * len(rows)
            logs = model(batch.latent, batch.pitch).float()
            generator = generator_for(0, 5)
            lively = torch.stack(
                [moved(one, log, generator) for one, log in zip(decoded, logs, strict=True)]
            )
            for name, features in (("real", blocks), ("decoded", decoded), ("moved", lively)):
                size = movement(features[..., 1:])[batch.sounding].square().mean().sqrt()
                sums[name] += float(size) * len(rows)
        mean = {name: value / len(self.valid_rows) for name, value in sums.items()}
        return {
            "nats": mean["nats"],
            "movement_decoded": mean["decoded"] / mean["real"],
            "movement": mean["moved"] / mean["real"],
        }

    def export(self, folder: Path) -> None:
        """Writes the whole codec."""
        self.codec.save(folder)


def train_motion(
    config: MotionTrainConfig, on_report: Callable[[dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Trains a codec's motion; the codec lies in `config.out / "model"` from the first save on.

    Returns:
        The last line of metrics.
    """
    task = MotionTask(config, load_blocks(config.corpus, config.cache, config.workers))
    settings = json.loads(json.dumps(dataclasses.asdict(config), default=str))
    del settings["resume"]
    return fit(
        task, config.loop, config.out, settings=settings, resume=config.resume, on_report=on_report
    )
