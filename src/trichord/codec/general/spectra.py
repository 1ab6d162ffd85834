"""What the general codec's encoder sees of a wave, and how its decoder's frames become one.

Frame i of a transform is centred on sample (i + 1/2) · hop, so that F · hop samples are exactly F
frames, at the ends of a clip as within it, and stretches can be cut and joined at frames.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.audio.mel import hann, mel_filterbank
from trichord.audio.tables import kept_table

SAMPLE_RATE = 32000
HOP = 320
"""Samples between frames of the transform: 10 ms."""
WINDOW = 1280
"""Samples of the decoder's transform: 40 ms, bins of 25 Hz."""
BINS = WINDOW // 2 + 1
NOISE_BANDS = 48
"""Bands in which the decoder tells how loud its noise is."""

_LONG, _LONG_BANDS, _LOW_BINS, _PHASED_BINS = 2048, 80, 96, 32
_SHORT, _SHORT_HOP, _SHORT_BANDS = 512, 160, 40
_FLOOR = 1e-5

FEATURES = _LOW_BINS + _LONG_BANDS + (HOP // _SHORT_HOP) * _SHORT_BANDS + 2 * _PHASED_BINS
"""Numbers per frame that the encoder sees."""


def transform(wave: Tensor, window: int, hop: int) -> Tensor:
    """`[B, F · hop]` -> complex `[B, F, window // 2 + 1]`; a full-scale sine has magnitude one."""
    side = (window - hop) // 2
    taper = hann(window).to(wave.device)
    frames = F.pad(wave, (side, side)).unfold(-1, window, hop) * taper
    return torch.fft.rfft(frames) / (taper.sum() / 2)


def features(wave: Tensor) -> Tensor:
    """`[B, F · HOP]` -> `[B, F, FEATURES]`, about -2 .. 2.

    Low partials each in their own bin (up to 1.5 kHz) with the phases of the lowest (a bass moves
    the wave visibly), all else in mel bands; a short window beside the long one for the attacks.
    """
    device = wave.device
    long = transform(wave, _LONG, HOP)
    level = long.abs()
    bands = level @ mel_filterbank(SAMPLE_RATE, _LONG, _LONG_BANDS).to(device).T
    low = long[..., 1 : 1 + _PHASED_BINS]
    phase = torch.view_as_real(low / low.abs().clamp_min(_FLOOR)).flatten(-2)
    short = transform(wave, _SHORT, _SHORT_HOP).abs()
    short = short @ mel_filterbank(SAMPLE_RATE, _SHORT, _SHORT_BANDS).to(device).T
    short = short.unflatten(1, (-1, HOP // _SHORT_HOP)).flatten(2)
    levels = torch.cat([level[..., :_LOW_BINS], bands, short], -1)
    return torch.cat([levels.clamp_min(_FLOOR).log10() * 0.8 + 2.0, phase], -1)


def overlap_add(spectrum: Tensor) -> Tensor:
    """Complex `[B, F, BINS]` -> waves `[B, F · HOP]`: the inverse of `transform`, by least squares.

    Griffin and Lim 1984, equation 6: windowed frames are added up and divided by the sum of the
    squared windows.
    """
    taper = hann(WINDOW).to(spectrum.device)
    frames = torch.fft.irfft(spectrum, n=WINDOW) * (taper.sum() / 2) * taper
    side, count = (WINDOW - HOP) // 2, spectrum.shape[1]
    weight = (taper.square())[None, :, None].expand(1, WINDOW, count)
    return (_fold(frames.mT) / _fold(weight).clamp_min(1e-6))[:, side : side + count * HOP]


def _fold(frames: Tensor) -> Tensor:
    """`[B, WINDOW, F]` -> `[B, (F - 1) · HOP + WINDOW]`."""
    length = (frames.shape[-1] - 1) * HOP + WINDOW
    return F.fold(frames, (1, length), kernel_size=(1, WINDOW), stride=(1, HOP))[:, 0, 0]


@kept_table
def noise_bands() -> Tensor:
    """`[NOISE_BANDS, BINS]`: spreads levels of bands over bins, each bin's weights adding to one.

    Bands lie evenly on the scale of equivalent rectangular bandwidths (Glasberg and Moore 1990).
    """
    hz = torch.arange(BINS) * (SAMPLE_RATE / WINDOW)
    erb = 21.4 * torch.log10(1 + 0.00437 * hz)
    place = erb / erb[-1] * (NOISE_BANDS - 1)
    return (1 - (place - torch.arange(NOISE_BANDS)[:, None]).abs()).clamp_min(0.0)


def frame_noise(first: int, count: int, each: int) -> Tensor:
    """Complex normal noise of token frames `first .. first + count`: `[count · each, BINS]`.

    A pure function of the place in the clip, so that a clip decoded in pieces is the same clip.
    """
    rows: list[Tensor] = []
    for frame in range(first, first + count):
        generator = torch.Generator().manual_seed(frame)
        rows.append(torch.randn(each, BINS, 2, generator=generator))
    return torch.view_as_complex(torch.cat(rows))
