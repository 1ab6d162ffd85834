"""What the audio door sees of a sound: a log-mel image, its frames short at first and long later.

The attack tells a plucked string from a bowed one within milliseconds, the body changes slowly. So
the first 0.23 s stand in 40 frames of 5.8 ms, the rest in frames of 46, 93 and 186 ms: 113 frames
for ten seconds instead of 1,700, at no loss where the ear looks closest. A second channel (flux)
keeps what averaging would lose: beating, vibrato, noise. Level and outer silence are removed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from trichord.audio.resample import resample
from trichord.audio.tables import kept_table
from trichord.errors import InputError
from trichord.space.base import Sound

CHANNELS = 2


@dataclass(frozen=True)
class FeatureConfig:
    """The time and frequency grid; times are in samples at `sample_rate`."""

    sample_rate: int = 44100
    """Hz; other rates are resampled to it."""
    bands: int = 96
    """Mel bands."""
    low: float = 30.0
    """Lower edge of the first band, Hz."""
    high: float = 18000.0
    """Upper edge of the last band, Hz."""
    floor_db: float = -80.0
    """What lies further below the loudest band of the sound is cut to this."""
    flux_db: float = 12.0
    """The change per step that counts as full flux."""
    attack_frames: int = 40
    """Frames of `attack_hop` at the start."""
    attack_hop: int = 256
    attack_window: int = 1024
    body_hop: int = 1024
    body_window: int = 2048
    body: tuple[tuple[int, int], ...] = ((16, 2), (16, 4), (41, 8))
    """(frames, hops in each) after the attack."""

    @property
    def frames(self) -> int:
        """Frames of the longest sound."""
        return self.attack_frames + sum(count for count, _ in self.body)

    @property
    def samples(self) -> int:
        """Samples that the grid covers; a longer sound is cut."""
        hops = sum(count * size for count, size in self.body)
        return self.attack_frames * self.attack_hop + hops * self.body_hop


def frame_starts(config: FeatureConfig) -> NDArray[np.int64]:
    """First sample of every frame, and the end of the last one: int64 [frames + 1]."""
    sizes = [config.attack_hop] * config.attack_frames
    for count, hops in config.body:
        sizes += [hops * config.body_hop] * count
    return np.concatenate([[0], np.cumsum(sizes)])


def trim_silence(
    wave: NDArray[np.float32], threshold_db: float = -40.0, lead: int = 128
) -> NDArray[np.float32]:
    """Moves the moment at which the sound is `threshold_db` below its peak to sample `lead`."""
    level = np.abs(wave)
    onset = int(np.argmax(level >= level.max() * 10 ** (threshold_db / 20)))
    if onset < lead:
        return np.concatenate([np.zeros(lead - onset, np.float32), wave])
    return wave[onset - lead :]


def prepare(sound: Sound, config: FeatureConfig) -> NDArray[np.float32]:
    """Mono at the grid's rate, leading silence cut, peak 1: float32 [T], T at most `samples`.

    Raises:
        InputError: when the sound is empty, silent, or holds values that are no numbers.
    """
    wave = np.asarray(sound.wave, dtype=np.float32)
    if wave.ndim != 1 or not len(wave):
        raise InputError(f"sound: shape {wave.shape}; give one channel with at least one sample")
    if not np.isfinite(wave).all():
        raise InputError("sound: holds NaN or infinite values; export it again")
    peak = float(np.abs(wave).max())
    if peak < 1e-9:
        raise InputError("sound: silent; give a recording that can be heard")
    if sound.sample_rate != config.sample_rate:
        wave = resample(wave, sound.sample_rate, config.sample_rate)
        peak = max(float(np.abs(wave).max()), 1e-9)
    return trim_silence(wave / peak)[: config.samples]


@kept_table
def mel_filters(config: FeatureConfig, bins: int) -> Tensor:
    """Triangular filters [bins, bands] over 0..sample_rate/2, each at least one bin wide."""

    def mel(hz: float) -> float:
        return 2595 * math.log10(1 + hz / 700)

    mels = np.linspace(mel(config.low), mel(config.high), config.bands + 2)
    centres = 700 * (10 ** (mels / 2595) - 1)
    hz = np.linspace(0, config.sample_rate / 2, bins)
    width = hz[1]
    rise = (hz[:, None] - centres[:-2]) / np.maximum(np.diff(centres)[:-1], width)
    fall = (centres[2:] - hz[:, None]) / np.maximum(np.diff(centres)[1:], width)
    return torch.from_numpy(np.clip(np.minimum(rise, fall), 0, 1).astype(np.float32))


def _mel_power(wave: Tensor, window: int, hop: int, config: FeatureConfig) -> Tensor:
    """Mel power [frames, bands] of windows centred in the middle of every hop of `wave` [T]."""
    side = (window - hop) // 2
    frames = F.pad(wave, (side, window)).unfold(0, window, hop)[: -(-len(wave) // hop)]
    shape = torch.hann_window(window)
    spectrum = torch.fft.rfft(frames * shape, n=config.body_window)
    power = (spectrum.real.square() + spectrum.imag.square()) / shape.sum().square()
    return power @ mel_filters(config, power.shape[-1])


def _steps(wave: Tensor, config: FeatureConfig) -> tuple[Tensor, Tensor]:
    """Mel power of the attack's short steps and of the body's long ones: [A, bands], [S, bands]."""
    edge = config.attack_frames * config.attack_hop
    start = wave[: edge + config.attack_window]
    attack = _mel_power(start, config.attack_window, config.attack_hop, config)
    body = _mel_power(wave, config.body_window, config.body_hop, config)
    return attack[: config.attack_frames], body[edge // config.body_hop :]


def _pooled(values: Tensor, config: FeatureConfig) -> Tensor:
    """Averages the body's steps [S, bands] over each frame's hops: [frames, bands]."""
    parts: list[Tensor] = []
    start = 0
    for count, hops in config.body:
        piece = values[start : start + count * hops]
        whole = len(piece) // hops * hops
        parts.append(piece[:whole].view(-1, hops, piece.shape[1]).mean(1))
        if whole < len(piece):
            parts.append(piece[whole:].mean(0, keepdim=True))
        start += count * hops
    return torch.cat(parts)


def features(wave: NDArray[np.float32], config: FeatureConfig) -> Tensor:
    """The image of a prepared wave: float [2, frames, bands], level and flux, both in 0..1.

    Level 1 is the loudest band of the sound, 0 is `floor_db` below it. There are as many frames as
    the sound lasts, without those at its end in which nothing rises above the floor.
    """
    attack, body = _steps(torch.from_numpy(wave), config)
    pooled = _pooled(body, config)
    power = torch.cat([attack, pooled])
    loudest = power.max().clamp(min=1e-20)

    def level(x: Tensor) -> Tensor:
        decibels = 10 * torch.log10((x / loudest).clamp(min=1e-12))
        return (1 - decibels / config.floor_db).clamp(0, 1)

    image = level(power)
    flux = torch.cat([_change(level(attack)), _pooled(_change(level(body)), config)])
    flux = (flux * (-config.floor_db / config.flux_db)).clamp(0, 1)
    heard = torch.nonzero(image.amax(1) > 0.05)
    last = int(heard[-1]) + 1 if len(heard) else 1
    return torch.stack([image[:last], flux[:last]])


def _change(levels: Tensor) -> Tensor:
    """Absolute change of every step against the one before it; the first has none: [S, bands]."""
    if not len(levels):
        return levels
    return torch.cat([torch.zeros_like(levels[:1]), levels.diff(dim=0).abs()])


def pad_features(images: list[Tensor], config: FeatureConfig) -> tuple[Tensor, Tensor]:
    """Images of several lengths -> [N, 2, frames, bands] filled with 0, and lengths int64 [N]."""
    lengths = torch.tensor([image.shape[1] for image in images])
    batch = torch.zeros(len(images), CHANNELS, int(lengths.max()), config.bands)
    for row, image in zip(batch, images, strict=True):
        row[:, : image.shape[1]] = image
    return batch, lengths
