"""The code tower's network: from the sounds that a program names to a picture, and to a vector.

Every different sound gets, from what the program says of it, the power that it has in each band and
course of time; strokes say when. Their sum is a picture as `trichord.audio.bands` makes them of
recordings, and a small convolutional network reads that. All of it is learned from pictures.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trichord.livecode.code_strokes import COLUMNS, COURSES, courses
from trichord.livecode.reader.batch import ReadingBatch
from trichord.livecode.reader.features import (
    HASHED,
    NUMBERS,
    TURNED,
    effect_count,
    sound_count,
)
from trichord.livecode.reader.sounds import CHAIN

BANDS, LOWEST = 108, 20
"""Semitone bands of a picture, and the MIDI note of the lowest."""

_OFFSETS = 240
"""Semitones from a sound's own note to a band: from -112 up."""
_BELOW = 112

FLOOR_DB = 80.0
"""dB of full scale above a picture's floor."""


@dataclass(frozen=True)
class CodeConfig:
    """Shape of the network."""

    dim: int = 128
    """Width of the vectors."""
    names: int = 48
    """Width of what is learned of each synth and sample."""
    effects: int = 64
    """Width of what is learned of an effect with its settings."""
    hidden: int = 192
    """Width of what is known of a sound."""
    channels: tuple[int, int, int] = (24, 48, 96)
    """Of the layers that read the picture."""


class CodeNetwork(nn.Module):
    """See the module."""

    def __init__(self, config: CodeConfig) -> None:
        super().__init__()
        self.config = config
        self.effect_names = nn.Embedding(effect_count(), 24)
        self.effect = _layers(24 + len(TURNED) + 1, config.effects, config.effects)
        self.chain = nn.Linear(CHAIN * config.effects, 96)
        self.sound_names = nn.Embedding(sound_count(), config.names)
        width = config.names + len(NUMBERS) + HASHED + 96
        self.sound = _layers(width, config.hidden, config.hidden)
        self.further = _layers(config.hidden, config.hidden, config.hidden)
        self.timbre = nn.Linear(config.hidden, _OFFSETS)
        self.power = nn.Linear(config.hidden, COURSES * BANDS)
        self.together = nn.Sequential(
            nn.Conv1d(BANDS, 64, 3, padding=1), nn.GELU(), nn.Conv1d(64, BANDS, 1)
        )
        self.eye = PictureEye(config)
        self.summary = nn.Linear(config.hidden, config.dim)
        nn.init.constant_(self.power.bias, -9.0)
        nn.init.zeros_(self.together[2].weight)  # pyright: ignore[reportArgumentType]

    def forward(self, batch: ReadingBatch) -> tuple[Tensor, Tensor]:
        """Unit vectors [B, dim] and pictures [B, BANDS, COLUMNS], dB above the floor."""
        known = self.sounds(batch)
        counts = batch.counts.tolist()
        power = self.bands(batch, known).flatten(1, 2)  # [S, COURSES * BANDS]
        courses_ = courses(batch)
        levels = torch.stack(
            [
                torch.einsum("sjb,sjt->bt", p.view(-1, COURSES, BANDS), c)
                for p, c in zip(power.split(counts), courses_.split(counts), strict=True)
            ]
        )
        pictures = 10 / torch.log(torch.tensor(10.0)) * torch.log1p(10 ** (FLOOR_DB / 10) * levels)
        pictures = (pictures + 10 * self.together(pictures / 40)).clamp(min=0)
        heard = torch.stack([self._mean(part) for part in known.split(counts)])
        vectors = self.eye(pictures) + self.summary(heard)
        return F.normalize(vectors, dim=-1), pictures

    def _mean(self, known: Tensor) -> Tensor:
        return known.mean(0) if len(known) else known.new_zeros(known.shape[1])

    def sounds(self, batch: ReadingBatch) -> Tensor:
        """What is known of each sound: [S, hidden]."""
        turned = torch.cat(
            [self.effect_names(batch.effects), batch.turns, batch.moves[:, None]], dim=1
        )
        effects = F.pad(self.effect(turned), (0, 0, 1, 0))  # row 0: none
        chain = self.chain(effects[batch.chains].flatten(1))
        parts = [self.sound_names(batch.names), batch.numbers, batch.options, chain]
        known = self.sound(torch.cat(parts, dim=1))
        return known + self.further(known)

    def bands(self, batch: ReadingBatch, known: Tensor) -> Tensor:
        """Power of each sound at a stroke of amplitude 1: [S, COURSES, BANDS]."""
        own = self.power(known).view(-1, COURSES, BANDS)
        note = 60 + 12 * batch.numbers[:, 0].clamp(-6, 6)
        place = torch.arange(BANDS) + LOWEST + _BELOW - note[:, None]
        place = place.clamp(0, _OFFSETS - 1.001)
        low = place.floor().long()
        timbre = self.timbre(known)
        part = place - low
        rolled = timbre.gather(1, low) * (1 - part) + timbre.gather(1, low + 1) * part
        return torch.exp((own + rolled[:, None]).clamp(-30, 8))


class PictureEye(nn.Module):
    """Reads a picture: convolutions, then means and spreads over time of each band's channels."""

    def __init__(self, config: CodeConfig) -> None:
        super().__init__()
        one, two, three = config.channels
        self.layers = nn.Sequential(
            nn.Conv2d(1, one, 5, stride=2, padding=2), nn.GroupNorm(4, one), nn.GELU(),
            nn.Conv2d(one, two, 3, stride=2, padding=1), nn.GroupNorm(4, two), nn.GELU(),
            nn.Conv2d(two, three, 3, stride=2, padding=1), nn.GroupNorm(4, three), nn.GELU(),
        )  # fmt: skip
        height = -(-BANDS // 8)
        self.fold = nn.Conv1d(three * height, 192, 1)
        self.head = _layers(2 * 192, 256, config.dim)

    def forward(self, pictures: Tensor) -> Tensor:
        """[B, BANDS, COLUMNS] to [B, dim]."""
        seen = self.layers((pictures[:, None] - 30) / 20)
        columns = F.gelu(self.fold(seen.flatten(1, 2)))  # [B, 192, columns]
        spread = (columns.var(-1, unbiased=False) + 1e-4).sqrt()
        return self.head(torch.cat([columns.mean(-1), spread], dim=1))


def _layers(width: int, hidden: int, out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(width, hidden), nn.LayerNorm(hidden), nn.GELU(), nn.Linear(hidden, out)
    )


__all__ = ["BANDS", "COLUMNS", "CodeConfig", "CodeNetwork", "PictureEye"]
