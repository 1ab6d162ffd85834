"""The recipe of the general codec: crops of waves through network and quantiser and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trichord.codec.general import spectra
from trichord.codec.general.codec import GeneralCodec, GeneralCodecConfig
from trichord.codec.general.objective import reconstruction
from trichord.train.crops import CropsConfig, load_crops
from trichord.train.loop import LoopConfig, fit
from trichord.train.task import Task


@dataclass(frozen=True)
class GeneralCodecTrainConfig:
    """Everything that `trichord train codec --kind general` does."""

    kind: Literal["general"] = "general"
    """Which codec: `general` for clips of any sound."""
    out: Path = Path("build/codec_general")
    """Folder of the run: checkpoints, metrics and the exported model."""
    resume: bool = False
    """Go on from the last checkpoint in `out`."""
    workers: int = 2
    """Processes that cut crops."""
    frames: int = 32
    """Token frames of one training example, of 40 ms each."""
    plain_steps: int = 200
    """First steps without the quantiser, so that k-means starts on vectors that mean something."""
    decoder_from: int = 1300
    """Step from which encoder and quantiser stand still, and the decoder alone learns.

    Tokens made from then on stay good while the sound behind them gets better. From that step on
    noise is drawn twice and the energy distance taken; before, the distance.
    """
    repulsion: float = 1.0
    """How far apart two draws are asked to be: 1 is the energy distance, 0 the distance alone."""
    commitment: float = 1.0
    """Weight of the distance between a vector and its entry."""
    quantiser_dropout: float = 0.3
    """Share of examples that use only their first few codebooks."""
    gain_db: float = 8.0
    """Examples are made louder or softer by up to this much."""
    crops: CropsConfig = field(default_factory=CropsConfig)
    """What it is trained on."""
    model: GeneralCodecConfig = field(default_factory=GeneralCodecConfig)
    """The codec."""
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(batch_size=16, ema=0.0, weight_decay=0.01)
    )
    """Steps, rates, precision, seed. The quantiser follows the live weights, so no average."""


@dataclass(frozen=True)
class WaveBatch:
    """What one step sees."""

    wave: Tensor
    """`[b, T]`, whole frames."""
    keep: Tensor
    """`[b]` codebooks used per example."""
    generator: torch.Generator
    """Draws the noise and what the quantiser draws."""


class GeneralObjective(nn.Module):
    """A codec and the loss that it is trained on."""

    seen: Tensor

    def __init__(self, config: GeneralCodecTrainConfig) -> None:
        super().__init__()
        self.config = config
        self.codec = GeneralCodec(config.model)
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))

    def loss(self, batch: WaveBatch) -> dict[str, Tensor]:
        """Errors by name, `total` among them."""
        config, step = self.config, int(self.seen)
        settled = step >= config.decoder_from
        with torch.set_grad_enabled(torch.is_grad_enabled() and not settled):
            vectors, commitment = self._vectors(batch, step, settled)
        self.seen += 1
        repulsion = config.repulsion if settled else 0.0
        errors = self._errors(batch, vectors, 2 if repulsion else 1)
        total = (
            errors["distance"] - 0.5 * repulsion * errors["apart"] + config.commitment * commitment
        )
        return {"total": total, "commitment": commitment.detach(), **errors}

    def _vectors(self, batch: WaveBatch, step: int, settled: bool) -> tuple[Tensor, Tensor]:
        """What the decoder is given, and how far the encoder's vectors lie from it."""
        with torch.autocast(batch.wave.device.type, enabled=False):
            seen = spectra.features(batch.wave)
        latent = self.codec.network.encode(seen).float()
        if step < self.config.plain_steps:
            return latent, latent.new_zeros(())
        keep = batch.keep.repeat_interleave(latent.shape[1])
        quantiser = self.codec.quantiser.train(self.training and not settled)
        with torch.autocast(latent.device.type, enabled=False):
            found = quantiser(latent.flatten(0, 1), batch.generator, keep)
        return found.vectors.unflatten(0, latent.shape[:2]), found.commitment

    def _errors(self, batch: WaveBatch, vectors: Tensor, draws: int) -> dict[str, Tensor]:
        told = self.codec.network.decode(vectors).float()
        with torch.autocast(told.device.type, enabled=False):
            made = [spectra.overlap_add(spectrum_of(told, batch.generator)) for _ in range(draws)]
            return reconstruction(batch.wave, *made)


def spectrum_of(told: Tensor, generator: torch.Generator) -> Tensor:
    """The decoder's spectrum with noise from a generator, for training."""
    from trichord.codec.general.network import spectrum

    shape = (*told.shape[:2], spectra.BINS, 2)
    noise = torch.randn(shape, generator=generator).to(told.device)
    return spectrum(told, torch.view_as_complex(noise))


class GeneralCodecTask(Task[WaveBatch]):
    """A general codec on crops of clips and notes."""

    def __init__(
        self,
        config: GeneralCodecTrainConfig,
        train: NDArray[np.int16],
        valid: NDArray[np.int16],
    ) -> None:
        self.config, self.train, self.valid = config, train, valid
        torch.manual_seed(config.loop.seed)
        self.model = GeneralObjective(config)

    @property
    def count(self) -> int:
        """Crops of the training split."""
        return len(self.train)

    def batch(self, rows: Tensor, generator: torch.Generator) -> WaveBatch:
        """Stretches of crops at drawn levels, some of which use only a few codebooks."""
        config = self.config
        size = config.frames * self.model.codec.hop
        latest = max(1, self.train.shape[1] - size + 1)
        starts = torch.randint(latest, (len(rows),), generator=generator).tolist()
        places = rows.tolist()
        cut = [self.train[r, s : s + size] for r, s in zip(places, starts, strict=True)]
        gain = 10.0 ** (config.gain_db / 20 * (2 * torch.rand(len(rows), generator=generator) - 1))
        wave = torch.from_numpy(np.stack(cut).astype(np.float32) / 32767.0) * gain[:, None]
        stages = config.model.num_codebooks
        few = torch.randint(1, stages + 1, (len(rows),), generator=generator)
        dropped = torch.rand(len(rows), generator=generator) < config.quantiser_dropout
        keep = torch.where(dropped, few, torch.full_like(few, stages))
        device = self.model.seen.device
        return WaveBatch(wave.to(device), keep.to(device), generator)

    def loss(self, model: Any, batch: WaveBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Energy distance, and its parts."""
        parts = model.loss(batch)
        total = parts.pop("total")
        return total, {name: value.detach() for name, value in parts.items()}

    def validate(self, model: Any) -> dict[str, float]:
        """Errors on held-out templates through the tokens, and how many entries are in use."""
        del model
        codec, chosen = self.model.codec, self.valid
        used = torch.zeros(codec.num_codebooks, codec.cardinality, dtype=torch.bool)
        sums = {"distance": 0.0, "mel": 0.0, "level_db": 0.0}
        for start in range(0, len(chosen), 16):
            wave = torch.from_numpy(chosen[start : start + 16].astype(np.float32) / 32767.0)
            wave = wave.to(self.model.seen.device)
            codes = codec.encode(wave[:, None])
            made = codec.decode(codes)[:, 0, : wave.shape[1]]
            errors = reconstruction(wave, made)
            for name in ("distance", "mel"):
                sums[name] += float(errors[name]) * len(wave)
            sums["level_db"] += float((level_db(made) - level_db(wave)).abs().sum())
            for stage in range(codec.num_codebooks):
                used[stage, codes[:, stage].flatten().cpu()] = True
        figures = {name: value / len(chosen) for name, value in sums.items()}
        return figures | {"entries_used": float(used.float().mean())}

    def export(self, folder: Path) -> None:
        """Writes the model folder."""
        self.model.codec.save(folder)


def level_db(wave: Tensor) -> Tensor:
    """Root mean square in dBFS of waves `[B, T]`."""
    return 10.0 * (wave.square().mean(-1) + 1e-10).log10()


def train_general_codec(
    config: GeneralCodecTrainConfig, on_report: Callable[[dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Trains a general codec; the model lies in `config.out / "model"` from the first save on.

    Returns:
        The last line of metrics.
    """
    train, valid = load_crops(config.crops, spectra.SAMPLE_RATE, config.workers)
    task = GeneralCodecTask(config, train, valid)
    settings = dataclasses.asdict(config)
    del settings["resume"]
    return fit(
        task, config.loop, config.out, settings=settings, resume=config.resume, on_report=on_report
    )
